import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { describeInChromium, findAccessibilityViolations, startChromium } from '../../support/chromium.ts';
import { NOW_MS } from './example-model.ts';
import { type PageServer, startPageServer } from './page-server.ts';

const FIGURES: Readonly<Record<string, readonly string[]>> = {
  '#phone-queues': ['support', '44s', '1,234', '3m 1s', 'sales & <partners>', 'no data'],
  '#phone-sources': ['support-queue', '44s', '14:03:18 UTC', 'hotline', 'never'],
  '#phone-promises': [
    'calls of support must be answered within 20 s, of all answered and abandoned calls',
    '94.000 %',
    'target 80 %',
    'Last 30 minutes 71.428 %',
    'Callers refused at join (the queue was full, or nobody was there) are not among these calls',
  ],
  '#phone-days': ['Days in Europe/Berlin', '2026-10-20', '81.234 %', '2026-10-19'],
};

describeInChromium('the page about telephone support in a browser', () => {
  let browser: Browser;
  let server: PageServer;
  let page: Page;
  let problems: string[];
  beforeAll(async () => {
    browser = await startChromium();
  });
  afterAll(() => browser.close());
  beforeEach(async () => {
    server = await startPageServer();
    problems = [];
  });
  afterEach(async () => {
    await page.context().close();
    await server.close();
  });

  async function open(options: BrowserContextOptions = {}): Promise<void> {
    page = await (await browser.newContext(options)).newPage();
    page.on('pageerror', (error) => problems.push(error.message));
    page.on('console', (message) => message.type() === 'error' && problems.push(message.text()));
    page.on('request', (request) => request.url().startsWith(`${server.url}/`) || problems.push(request.url()));
    await page.clock.install({ time: NOW_MS });
    await page.goto(`${server.url}/phone`);
    page.setDefaultTimeout(5_000);
  }

  async function expectFigures(): Promise<void> {
    for (const [place, figures] of Object.entries(FIGURES)) {
      const text = (await page.locator(place).allInnerTexts()).join().replace(/\s+/g, ' ');
      for (const figure of figures) expect(text, place).toContain(figure);
    }
  }

  it('shows every figure, also without JavaScript, and is reached from the overview', async () => {
    await open({ javaScriptEnabled: false });
    await expectFigures();
    await page.goto(server.url);
    await page.getByRole('link', { name: 'Telephone' }).click();
    await expectFigures();
    expect(problems).toEqual([]);
  });

  it('is kept fresh by its own fragment', async () => {
    await open();
    const answered = page.waitForEvent('requestfinished', (request) => request.url().endsWith('/phone/fragment'));
    await page.clock.runFor(5_000);
    await answered;
    await expectFigures();
    expect(problems).toEqual([]);
  });

  it.each(['light', 'dark'] as const)('has no accessibility violation in the %s scheme', async (colorScheme) => {
    await open({ colorScheme, reducedMotion: 'reduce' });
    expect(await findAccessibilityViolations(page)).toEqual([]);
  });

  it.each([360, 390, 768, 1280])('does not scroll sideways at %d px', async (width) => {
    await open({ viewport: { width, height: 800 } });
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(width);
  });
});
