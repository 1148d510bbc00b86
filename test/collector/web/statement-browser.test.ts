import type { BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { expectFigures, SCHEMES, textOf, useBrowser, WIDTHS, widthOf } from '../../support/browser-suite.ts';
import { describeInChromium, findAccessibilityViolations } from '../../support/chromium.ts';
import { type PageServer, startPageServer } from './page-server.ts';

const CONTRACT = '/contracts/acme-hosting';
const STATEMENT = `${CONTRACT}/statements/2026-10`;
/** A4 less its margins, in CSS pixels: 210 mm − 2 × 16 mm at 96 dpi. */
const PAPER_WIDTH = 672;

describeInChromium('contracts and statements in a browser', () => {
  const newPage = useBrowser();
  let server: PageServer;
  let page: Page;
  beforeAll(async () => {
    server = await startPageServer();
  });
  afterAll(() => server.close());

  async function open(path: string, options: BrowserContextOptions = {}): Promise<void> {
    page = await newPage(options);
    await page.goto(server.url + path);
  }

  it('a person gets from all objectives to the contract, to its statement and back', async () => {
    await open('/');
    await page.getByRole('link', { name: 'acme-hosting' }).click();
    const row = await textOf(page, '#statements tbody tr');
    expect(row).toBe('2026-10 1 breached 1 met EUR 49.90 approved revision 2');
    await page.getByRole('link', { name: '2026-10' }).click();
    await page.getByRole('heading', { name: 'Statement of acme-hosting for 2026-10' }).waitFor();
    await page.getByRole('link', { name: 'acme-hosting, version' }).click();
    await page.getByRole('heading', { name: 'How it stands' }).waitFor();
  });

  it.each(['screen', 'print'] as const)(
    'on %s every figure, its evidence and every digest are there',
    async (media) => {
      await open(STATEMENT);
      await page.emulateMedia({ media });
      await expectFigures(page, {
        main: [
          '99.8313953 %',
          'possible 99.8310012 % to 99.8313953 %',
          '1h 15m 22s used of 44m 42s',
          '2026-10-11 16:03:22 +02:00 1h 15m 22s shop-home, shop-api connect-refused, http-status',
          'announced: kernel update',
          'the cap of 4 h a month is used up',
          '10 % of EUR 499.00 = EUR 49.90',
          'approved anna (provider) 2026-11-02T09:00:00Z checked',
          'objectives[0].unknown 32400000 0',
          ...['2', '3', '4', '5'].map((digit) => digit.repeat(64)),
        ],
      });
    },
  );

  it('is printed without what leads elsewhere, and fits on A4', async () => {
    await open(STATEMENT, { viewport: { width: PAPER_WIDTH, height: 900 }, colorScheme: 'dark' });
    await page.emulateMedia({ media: 'print' });
    expect(await page.locator('nav').isVisible()).toBe(false);
    expect(await widthOf(page)).toBe(PAPER_WIDTH);
    expect(await page.evaluate('getComputedStyle(document.body).backgroundColor')).toBe('rgb(255, 255, 255)');
  });

  it.each(SCHEMES)('has no accessibility violation in the %s scheme', async (colorScheme) => {
    await open(STATEMENT, { colorScheme });
    expect(await findAccessibilityViolations(page)).toEqual([]);
    await page.goto(server.url + CONTRACT);
    expect(await findAccessibilityViolations(page)).toEqual([]);
  });

  it.each(WIDTHS)('does not scroll sideways at %d px', async (width) => {
    await open(STATEMENT, { viewport: { width, height: 800 } });
    expect(await widthOf(page)).toBe(width);
    await page.goto(server.url + CONTRACT);
    expect(await widthOf(page)).toBe(width);
  });
});
