import type { BrowserContextOptions, Page } from 'playwright-core';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { expectFigures, SCHEMES, useBrowser, WIDTHS, widthOf } from '../../support/browser-suite.ts';
import { describeInChromium, findAccessibilityViolations } from '../../support/chromium.ts';
import { exampleCheck, exampleModel, NOW_MS } from './example-model.ts';
import { type PageServer, startPageServer } from './page-server.ts';
import { watchPage } from './watch-page.ts';

/** What each part of the page must say; the figures are worked out in `example-model.ts`. */
const FIGURES: Readonly<Record<string, readonly string[]>> = {
  '#objective-acme-hosting-uptime': [
    'on track',
    'shop-home and shop-api must both be up',
    '99.955 %',
    'target 99.9 %',
    'possible 99.948–99.955 %',
    '32m 8s left',
    '12m 34s used of 44m 42s',
    '99.992 %',
    '2m unknown',
    '2026-10',
    // 2026-10-31 23:00 UTC is the end of Berlin's October; now is 2026-10-20 14:03:22 UTC.
    'Europe/Berlin, ends in 11d 8h 56m',
    '2 incidents',
  ],
  '#objective-acme-hosting-speed': ['breached', '97.906 %', 'overspent by 307 runs', '1,200 runs used of 893 runs'],
  '#objective-globex-mail-mail': ['met', '99.895 %', 'target 99.85 %', '19m 48s left', 'rolling 30d', '1 incident'],
  '#objective-globex-mail-names': ['inconclusive', 'no data', '44m 42s allowed', '0.000 %', '19d 16h 3m unknown'],
  '#check-shop-api': [
    'down',
    'http-status for 4m 34s, since 13:58:48 UTC',
    'down 1.204 s from fra-web03 (fra) at 14:03:13 UTC',
    'up 850 µs from ams-edge1 (ams) at 14:03:19 UTC',
    // 83,006 s up of 84,300 s measured.
    '98.465 % of measured time up',
    'up 23h 3m 26s, down 21m 34s, unknown 35m',
    // 45 ms × 0.8 × 0.8 in the troughs and × 3 × 1.6 × 1.2 at most in the slow spell.
    'Latency 28.9 ms to 206.2 ms',
  ],
  '#check-zone': [
    'unknown',
    'no agent has reported it yet',
    'No observations in the last 24 hours',
    'Latency: no data',
  ],
  '#agent-ams-edge1': ['isolated', '42 batches, 1.5 MiB', 'cut off'],
  '#agent-nyc-edge1': ['clock wrong', '1h behind', '12,345'],
  '#agent-pbx1': ['never heard', 'never', 'no data'],
  '#summary': [
    '1 breached, 1 inconclusive, 1 on track, 1 met',
    '1 down, 1 unknown, 2 up',
    'Figures as of 14:03:22 UTC',
  ],
};

const REFRESH_MS = 5_000;

describeInChromium('the overview in a browser', () => {
  const newPage = useBrowser();
  let server: PageServer;
  let page: Page;
  let problems: readonly string[];
  beforeEach(async () => {
    server = await startPageServer();
  });
  afterEach(() => server.close());

  async function open(options: BrowserContextOptions = {}): Promise<void> {
    page = await newPage(options);
    problems = await watchPage(page, server);
    await page.goto(server.url);
  }

  /** A chart is drawn when it comes into view. */
  async function showChart(check: string): Promise<void> {
    await page.locator(`#chart-${check}`).scrollIntoViewIfNeeded();
    await page.locator(`#chart-${check} canvas`).waitFor();
  }

  /** Lets the page's own clock pass to its next refresh and waits for the answer. */
  async function refresh(): Promise<void> {
    const answered = page.waitForEvent('requestfinished', (request) => request.url().endsWith('/fragment'));
    await page.clock.runFor(REFRESH_MS);
    await answered;
  }

  it('shows every figure, calls no other host and reports no error', async () => {
    await open();
    await expectFigures(page, FIGURES);
    await showChart('mail-in');
    expect(problems).toEqual([]);
  });

  it('shows every figure without JavaScript', async () => {
    await open({ javaScriptEnabled: false });
    await expectFigures(page, FIGURES);
    await page.locator('#incidents-acme-hosting-uptime summary').click();
    await page.getByText('2026-10-11 16:03:22 +02:00').waitFor();
    await page.getByText('Without JavaScript').waitFor();
  });

  it('leads to what a contract says, version by version, without JavaScript too', async () => {
    await open({ javaScriptEnabled: false });
    await page.getByRole('link', { name: 'acme-hosting' }).click();
    await page.getByRole('heading', { name: 'Version 2 in force' }).waitFor();
    const first = page.locator('#version-1');
    expect(await first.locator('li').allInnerTexts()).toHaveLength(2);
    expect(await first.textContent()).toContain('from 2026-01-01 to 2026-06-30');
    expect(await page.locator('#objectives .objective').count()).toBeGreaterThan(0);
    expect(problems).toEqual([]);
  });

  it.each(SCHEMES)('has no accessibility violation in the %s scheme', async (colorScheme) => {
    await open({ colorScheme, reducedMotion: 'reduce' });
    await page.locator('summary').first().click();
    await showChart('shop-api');
    expect(await findAccessibilityViolations(page)).toEqual([]);
    server.model = exampleModel({ objectives: [], checks: [], agents: [] });
    await page.reload();
    expect(await findAccessibilityViolations(page)).toEqual([]);
    for (const path of ['/contracts/acme-hosting', '/assets/none/none']) {
      await page.goto(server.url + path);
      expect(await findAccessibilityViolations(page), path).toEqual([]);
    }
  });

  it.each(WIDTHS)('does not scroll sideways at %d px', async (width) => {
    await open({ viewport: { width, height: 800 } });
    for (const summary of await page.locator('summary').all()) await summary.click();
    await showChart('shop-api');
    expect(await widthOf(page)).toBe(width);
  });

  it('takes up new figures by itself and leaves focus, open details and charts as they were', async () => {
    await open();
    await showChart('shop-api');
    const canvas = await page.locator('#check-shop-api canvas').elementHandle();
    await page.locator('#incidents-globex-mail-mail summary').click();
    const [, ...others] = exampleModel().checks;
    server.model = exampleModel({
      nowMs: NOW_MS + REFRESH_MS,
      checks: [exampleCheck({ state: 'down', reason: 'tls-expired', sinceMs: NOW_MS }), ...others],
    });
    await refresh();
    await page.getByText('Figures as of 14:03:27 UTC').waitFor();
    // Down now, so it moved before the check that was the only one down.
    expect(await page.locator('.check').first().getAttribute('id')).toBe('check-shop-home');
    expect(await page.locator('#check-shop-home .subject').textContent()).toMatch(/down\s+tls-expired\s+for 5s/);
    expect(await page.locator('#announcement').textContent()).toBe('Down: shop-home, shop-api. Breached: speed.');
    expect(await page.title()).toMatch(/^1 breached · 2 down/);
    expect(await page.locator('#incidents-globex-mail-mail').getAttribute('open')).toBe('');
    expect(await page.locator('#incidents-globex-mail-mail summary:focus').count()).toBe(1);
    expect(await canvas?.evaluate((element) => element.isConnected)).toBe(true);
    expect(problems).toEqual([]);
  });

  it('says nothing to a listener while nothing changes', async () => {
    await open();
    server.model = exampleModel({ nowMs: NOW_MS + REFRESH_MS });
    await refresh();
    await page.getByText('Figures as of 14:03:27 UTC').waitFor();
    expect(await page.locator('[role=status]').allTextContents()).toEqual(['', '']);
  });

  it('drops a check that is no more, and takes up a new one', async () => {
    await open();
    server.model = exampleModel({ checks: [exampleCheck({ id: 'brand-new' }), ...exampleModel().checks.slice(2)] });
    await refresh();
    await page.locator('#check-brand-new').waitFor();
    const ids = await page.locator('.check h3').allTextContents();
    expect(ids).toEqual(['zone dns', 'brand-new http', 'mail-in tcp']);
  });

  it('says when the collector is gone, as of when its figures are, and when it is back', async () => {
    await open();
    await server.close();
    await page.clock.runFor(REFRESH_MS);
    await page.getByText('Connection lost, figures as of 14:03:22 UTC').waitFor();
    await expectFigures(page, FIGURES);
    expect(await findAccessibilityViolations(page)).toEqual([]);
    server = await startPageServer(server.port);
    server.model = exampleModel({ nowMs: NOW_MS + 60_000 });
    await refresh();
    await page.getByText('Figures as of 14:04:22 UTC').waitFor();
    expect(await page.locator('#connection').textContent()).toBe('');
  });
});
