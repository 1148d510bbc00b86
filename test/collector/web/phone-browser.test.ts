import type { BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { expectFigures, SCHEMES, useBrowser, WIDTHS, widthOf } from '../../support/browser-suite.ts';
import { describeInChromium, findAccessibilityViolations } from '../../support/chromium.ts';
import { type PageServer, startPageServer } from './page-server.ts';
import { watchPage } from './watch-page.ts';

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
  const newPage = useBrowser();
  let server: PageServer;
  let page: Page;
  let problems: readonly string[];
  beforeAll(async () => {
    server = await startPageServer();
  });
  afterAll(() => server.close());

  async function open(options: BrowserContextOptions = {}): Promise<void> {
    page = await newPage(options);
    problems = await watchPage(page, server);
    await page.goto(`${server.url}/phone`);
  }

  it('shows every figure, also without JavaScript, and is reached from the overview', async () => {
    await open({ javaScriptEnabled: false });
    await expectFigures(page, FIGURES);
    await page.goto(server.url);
    await page.getByRole('link', { name: 'Telephone' }).click();
    await expectFigures(page, FIGURES);
    expect(problems).toEqual([]);
  });

  it('is kept fresh by its own fragment', async () => {
    await open();
    const answered = page.waitForEvent('requestfinished', (request) => request.url().endsWith('/phone/fragment'));
    await page.clock.runFor(5_000);
    await answered;
    await expectFigures(page, FIGURES);
    expect(problems).toEqual([]);
  });

  it.each(SCHEMES)('has no accessibility violation in the %s scheme', async (colorScheme) => {
    await open({ colorScheme, reducedMotion: 'reduce' });
    expect(await findAccessibilityViolations(page)).toEqual([]);
  });

  it.each(WIDTHS)('does not scroll sideways at %d px', async (width) => {
    await open({ viewport: { width, height: 800 } });
    expect(await widthOf(page)).toBe(width);
  });
});
