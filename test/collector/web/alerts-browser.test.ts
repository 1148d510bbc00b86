import type { BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startAlertWorld } from '../../support/alert-world.ts';
import { expectFigures, SCHEMES, useBrowser, WIDTHS, widthOf } from '../../support/browser-suite.ts';
import { describeInChromium, findAccessibilityViolations } from '../../support/chromium.ts';
import { type DecisionWorld, TOKENS } from '../../support/decision-world.ts';

describeInChromium('alerts in a browser', () => {
  const newPage = useBrowser();
  let world: DecisionWorld;
  let page: Page;
  beforeAll(async () => {
    world = await startAlertWorld();
  });
  afterAll(() => world.stop());

  async function open(path: string, options: BrowserContextOptions = {}): Promise<void> {
    page = await newPage(options);
    await page.goto(world.address + path);
  }

  it.each(SCHEMES)('what fires and what was not delivered can be read by everybody (%s)', async (colorScheme) => {
    await open('/alerts', { colorScheme });
    await page.getByRole('heading', { name: 'shop is down' }).waitFor();
    const words = ['down (connection-refused)', 'web03', 'On it', 'nobody', 'Not delivered', 'ECONNREFUSED'];
    await expectFigures(page, { main: words });
    expect(await findAccessibilityViolations(page)).toEqual([]);
  });

  it.each(WIDTHS)('does not scroll sideways at %d px', async (width) => {
    await open('/alerts', { viewport: { width, height: 700 } });
    expect(await widthOf(page)).toBe(width);
  });

  it('somebody comes from the overview, says that they are on it, without a script, and hears when that is refused', async () => {
    await open('/', { javaScriptEnabled: false });
    await page.getByRole('link', { name: 'Alerts' }).click();
    await page.getByText('On it: nobody').click();
    await page.getByLabel('Token').fill('wrong');
    await page.getByRole('button', { name: 'I am on it' }).click();
    await page.getByRole('alert').waitFor();
    await page.getByText('On it: nobody').click();
    await page.getByLabel('Token').fill(TOKENS.ANNA);
    await page.getByLabel('Comment').fill('the disk is full');
    await page.getByRole('button', { name: 'I am on it' }).click();
    await page.getByText('anna, since').waitFor();
    expect(await page.getByRole('button').count()).toBe(0);
  });
});
