import { createServer } from 'node:http';
import { zstdDecompressSync } from 'node:zlib';
import type { Assignment } from '@nines/shared/check.ts';
import { type CheckColumns, parseBatch } from '@nines/shared/wire.ts';
import { AGENT_NAME } from './own-programs.ts';

/** The least that an agent can take for its collector: hands out checks, acknowledges batches and keeps them. */
export interface Sink {
  readonly url: string;
  /** Everything that has come, batch by batch. */
  readonly columns: CheckColumns[];
  /** Replaces the checks; an agent that starts afterwards gets these. */
  assign(checks: Assignment['checks']): void;
  close(): Promise<void>;
}

export async function startSink(): Promise<Sink> {
  let assignment: Assignment = { version: 1, agent: AGENT_NAME, checks: [] };
  let revision = 0;
  const columns: CheckColumns[] = [];
  const server = createServer(async (request, response) => {
    if (request.method === 'GET') {
      const etag = `"${revision}"`;
      response.setHeader('etag', etag);
      // As the collector does: what has not changed is not read a second time.
      if (request.headers['if-none-match'] === etag) response.writeHead(304).end();
      else response.end(JSON.stringify(assignment));
      return;
    }
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const batch = parseBatch(zstdDecompressSync(Buffer.concat(chunks)).toString());
    let stored = 0;
    for (const check of batch.checks) {
      columns.push(check);
      stored += check.at_ms.length;
    }
    response.end(JSON.stringify({ stored, duplicate: false }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}`,
    columns,
    assign(checks) {
      revision++;
      assignment = { ...assignment, checks };
    },
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}
