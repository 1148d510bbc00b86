import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { startAlertWorld } from '../../support/alert-world.ts';
import { describeInChromium, findAccessibilityViolations, startChromium } from '../../support/chromium.ts';
import { type DecisionWorld, TOKENS } from '../../support/decision-world.ts';

describeInChromium('alerts in a browser', () => {
  let browser: Browser;
  let world: DecisionWorld;
  let page: Page;
  beforeAll(async () => {
    browser = await startChromium();
    world = await startAlertWorld();
  });
  afterEach(() => page.context().close());
  afterAll(async () => {
    await browser.close();
    await world.stop();
  });

  async function open(path: string, options: BrowserContextOptions = {}): Promise<void> {
    const context = await browser.newContext(options);
    page = await context.newPage();
    page.setDefaultTimeout(5_000);
    await page.goto(world.address + path);
  }

  it.each(['light', 'dark'] as const)(
    'what fires and what was not delivered can be read by everybody (%s)',
    async (colorScheme) => {
      await open('/alerts', { colorScheme });
      await page.getByRole('heading', { name: 'shop is down' }).waitFor();
      const text = (await page.locator('main').allInnerTexts()).join().replace(/\s+/g, ' ');
      for (const words of ['down (connection-refused)', 'web03', 'On it', 'nobody', 'Not delivered', 'ECONNREFUSED']) {
        expect(text).toContain(words);
      }
      expect(await findAccessibilityViolations(page)).toEqual([]);
    },
  );

  it('fits on a telephone', async () => {
    await open('/alerts', { viewport: { width: 360, height: 700 } });
    const overflow = await page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth');
    expect(overflow).toBe(0);
  });

  it('somebody comes from the overview, says that they are on it, without a script, and hears when that is refused', async () => {
    await open('/', { javaScriptEnabled: false });
    await page.getByRole('link', { name: 'Alerts' }).click();
    await page.getByLabel('Token').fill('wrong');
    await page.getByRole('button', { name: 'I am on it' }).click();
    await page.getByRole('alert').waitFor();
    await page.getByLabel('Token').fill(TOKENS.ANNA);
    await page.getByLabel('Comment').fill('the disk is full');
    await page.getByRole('button', { name: 'I am on it' }).click();
    await page.getByText('anna, since').waitFor();
    expect(await page.getByRole('button').count()).toBe(0);
  });
});
