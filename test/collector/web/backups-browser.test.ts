import type { BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { expectFigures, SCHEMES, useBrowser, WIDTHS, widthOf } from '../../support/browser-suite.ts';
import { describeInChromium, findAccessibilityViolations } from '../../support/chromium.ts';
import { type PageServer, startPageServer } from './page-server.ts';

describeInChromium('the page of backups in a browser', () => {
  const newPage = useBrowser();
  let server: PageServer;
  let page: Page;
  beforeAll(async () => {
    server = await startPageServer();
  });
  afterAll(() => server.close());

  async function open(options: BrowserContextOptions = {}): Promise<void> {
    page = await newPage({ javaScriptEnabled: false, ...options });
    await page.goto(server.url);
    await page.getByRole('link', { name: 'Backups' }).click();
    await page.getByRole('heading', { name: 'Repositories' }).waitFor();
  }

  it('says of every repository how old its last good backup is, what was missed, and how it was tried', async () => {
    await open();
    await expectFigures(page, {
      '#repository-0': [
        '/backup/web03',
        'web03-restic, web03-verify, web03-restore on fra-web03',
        'test failed',
        // 2026-10-20 02:00 was 12 h 3 min 22 s ago.
        '12h 3m 22s ago',
        'at most 1d 2h promised',
        '13 backups',
        '1000.0 MiB',
        'Verified failed 2d ago repository-damaged last good 9d ago',
        'Test restore good 3d ago 20 files, 12.0 MiB compared',
        'Last 14 promised windows: 13 with a good backup, 1 without',
        'Missed: 2026-10-16 01:00:00 UTC',
      ],
      '#repository-1': ['not seen'],
    });
    expect(await page.locator('#repository-0 .strip rect.down').count()).toBe(1);
  });

  it.each(SCHEMES)('has no accessibility violation in the %s scheme', async (colorScheme) => {
    await open({ colorScheme, javaScriptEnabled: true });
    expect(await findAccessibilityViolations(page)).toEqual([]);
  });

  it.each(WIDTHS)('does not scroll sideways at %d px', async (width) => {
    await open({ viewport: { width, height: 800 }, javaScriptEnabled: true });
    expect(await widthOf(page)).toBe(width);
  });
});
