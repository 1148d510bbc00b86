import { PAGE_HEADERS, registerPages } from '../../../collector/src/http/pages.ts';
import { createServer } from '../../../collector/src/http/server.ts';
import { loadAssets } from '../../../collector/src/web/assets.ts';
import { html } from '../../../collector/src/web/html.ts';
import type { PageModel } from '../../../collector/src/web/page-model.ts';
import { renderBackups } from '../../../collector/src/web/render-backups.ts';
import { renderPhone } from '../../../collector/src/web/render-phone.ts';
import { renderStatement } from '../../../collector/src/web/render-statement.ts';
import type { SectionView } from '../../../collector/src/web/section.ts';
import { exampleReports } from '../backups/example-reports.ts';
import { EXAMPLE_CONTRACT } from './example-contract.ts';
import { exampleLatency, exampleModel } from './example-model.ts';
import { EXAMPLE_PHONE } from './example-phone.ts';
import { EXAMPLE_STATEMENT } from './example-statement.ts';

/** The pages on a real loopback server; `model` may be changed while it runs. */
export interface PageServer {
  model: PageModel;
  readonly url: string;
  readonly port: number;
  close(): Promise<void>;
}

const NO_SECTION: SectionView = { title: 'Nothing', nowMs: 0, news: '', body: html`` };

/** An example for each page about one part of the house. */
const EXAMPLE_SECTIONS: Readonly<Record<string, (nowMs: number) => SectionView>> = {
  '/phone': () => renderPhone(EXAMPLE_PHONE),
  '/backups': (nowMs) => renderBackups({ nowMs, reports: exampleReports(nowMs) }),
};

/** Serves the example model; every check of it has a latency series. `port` 0 takes a free one. */
export async function startPageServer(port = 0): Promise<PageServer> {
  const server = createServer({ log: { error: () => {} } });
  const pages = { model: exampleModel(), port: 0, url: '', close: () => server.close() };
  registerPages(server, {
    model: async () => pages.model,
    section: async (section) => EXAMPLE_SECTIONS[section.path]?.(pages.model.nowMs) ?? NO_SECTION,
    contract: async (id) =>
      id === EXAMPLE_CONTRACT.id ? { ...EXAMPLE_CONTRACT, objectives: pages.model.objectives } : null,
    series: async (id) => (pages.model.checks.some((check) => check.id === id) ? exampleLatency(120) : null),
  });
  const assets = loadAssets();
  server.get('/contracts/:id/statements/:period', (_, reply) =>
    reply
      .type('text/html; charset=utf-8')
      .headers(PAGE_HEADERS)
      .send(renderStatement({ ...EXAMPLE_STATEMENT, customerName: EXAMPLE_CONTRACT.customerName }, assets)),
  );
  pages.url = await server.listen({ host: '127.0.0.1', port });
  pages.port = Number(new URL(pages.url).port);
  return pages;
}
