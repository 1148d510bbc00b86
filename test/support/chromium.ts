import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { type Browser, chromium, type Page } from 'playwright-core';
import { findProgram, systemProgram } from './system-program.ts';

/** A suite that needs a real browser. */
export const describeInChromium = systemProgram({ program: 'chromium', debianPackage: 'chromium' });

/** Without the services that a browser calls by itself: a test must not depend on hosts it does not name. */
const FLAGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** Starts the system's Chromium; the caller closes it. */
export function startChromium(): Promise<Browser> {
  const executablePath = findProgram('chromium');
  if (executablePath === null) throw new Error('chromium is not installed');
  return chromium.launch({ executablePath, args: FLAGS });
}

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** What axe-core finds wrong in the page, one line each: rule, element, what to do. */
export async function findAccessibilityViolations(page: Page): Promise<readonly string[]> {
  await page.evaluate(axe);
  return page.evaluate(async () => {
    const { violations } = await axeOf(globalThis).run();
    return violations.flatMap(({ id, nodes }) =>
      nodes.map(({ target, failureSummary }) => `${id}: ${target.join(' ')}: ${failureSummary}`),
    );
    // Safe: axe was put into the page by the call before, under this name.
    function axeOf(scope: object): { run(): Promise<AxeResults> } {
      return (scope as { axe: { run(): Promise<AxeResults> } }).axe;
    }
  });
}

interface AxeResults {
  readonly violations: readonly {
    readonly id: string;
    readonly nodes: readonly { readonly target: readonly string[]; readonly failureSummary: string }[];
  }[];
}
