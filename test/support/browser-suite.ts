import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import { startChromium } from './chromium.ts';

/** What a page has to be readable in. */
export const SCHEMES = ['light', 'dark'] as const;
/** From a small telephone to a screen. */
export const WIDTHS = [360, 390, 768, 1280] as const;

/** A browser for the suite that calls it. The function that it returns opens a page, which is closed after its test. */
export function useBrowser(): (options?: BrowserContextOptions) => Promise<Page> {
  let browser: Browser;
  const pages: Page[] = [];
  beforeAll(async () => {
    browser = await startChromium();
  });
  afterEach(async () => {
    for (const page of pages.splice(0)) await page.context().close();
  });
  afterAll(() => browser.close());
  return async (options) => {
    const page = await (await browser.newContext(options)).newPage();
    pages.push(page);
    page.setDefaultTimeout(5_000);
    return page;
  };
}

/** The text of some places of a page, each space a single one. */
export async function textOf(page: Page, place: string): Promise<string> {
  return (await page.locator(place).allInnerTexts()).join().replace(/\s+/g, ' ');
}

/** Expects each place of a page to say these words. */
export async function expectFigures(page: Page, figures: Readonly<Record<string, readonly string[]>>): Promise<void> {
  for (const [place, words] of Object.entries(figures)) {
    const text = await textOf(page, place);
    for (const one of words) expect(text, place).toContain(one);
  }
}

/** The width of a page's content: more than the window's when it scrolls sideways. */
export function widthOf(page: Page): Promise<unknown> {
  return page.evaluate('document.documentElement.scrollWidth');
}
