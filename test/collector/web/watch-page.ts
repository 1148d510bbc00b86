import type { Page } from 'playwright-core';
import { NOW_MS } from './example-model.ts';

/** Sets a page's clock to the example's. What it returns fills with the errors of the page, and with its calls elsewhere. */
export async function watchPage(page: Page, server: { readonly url: string }): Promise<readonly string[]> {
  const problems: string[] = [];
  page.on('pageerror', (error) => problems.push(error.message));
  page.on('console', (message) => message.type() === 'error' && problems.push(message.text()));
  page.on('request', (request) => request.url().startsWith(`${server.url}/`) || problems.push(request.url()));
  await page.clock.install({ time: NOW_MS });
  return problems;
}
