import { Agent, request } from 'node:http';
import { pathToFileURL } from 'node:url';
import { AGENT_NAME, TOKEN } from './own-programs.ts';
import { checkId } from './workload.ts';

const CHECKS = 10;
const RUNS = 10;
/** Hours that are closed: what is posted is sealed at once. */
const BEFORE_MS = 6 * 3_600_000;

const agent = new Agent({ keepAlive: true });

/** A batch of 100 observations of a few hours ago, the next in each spool a little later than the one before. */
export function freshBatch(spool: string, sequence: number): string {
  const fromMs = Math.floor(Date.now() / 3_600_000) * 3_600_000 - BEFORE_MS + ((sequence * RUNS) % 18_000) * 1_000;
  const runs = Array.from({ length: RUNS }, (_, run) => run);
  const column = () => runs.map(() => Math.floor(500 + Math.random() ** 3 * 80_000));
  const checks = Array.from({ length: CHECKS }, (_, check) => ({
    check: checkId(check),
    every_ms: 30_000,
    at_ms: runs.map((run) => fromMs + run * 1_000 + check),
    up: runs.map(() => 1),
    reasons: {},
    values: { connect: column(), processing: column(), total: column() },
  }));
  return JSON.stringify({ version: 1, agent: AGENT_NAME, spool, sequence, checks });
}

/** Posts a batch; whether it was stored. */
export function postBatch(url: string, body: string): Promise<boolean> {
  return new Promise((resolve) => {
    const headers = { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json' };
    const sent = request(`${url}/api/v1/batches`, { method: 'POST', agent, headers }, (response) => {
      response.resume();
      response.on('end', () => resolve(response.statusCode === 200));
    });
    sent.on('error', () => resolve(false));
    sent.end(body);
  });
}

/** As a process of its own: posts as fast as it is answered, on so many connections, until it is ended. */
async function loadForEver(url: string, connections: number): Promise<void> {
  await Promise.all(
    Array.from({ length: connections }, async (_, connection) => {
      for (let sequence = 0; ; sequence++) await postBatch(url, freshBatch(`bench-load-${connection}`, sequence));
    }),
  );
}

const [, entry, url, connections] = process.argv;
if (url !== undefined && entry !== undefined && pathToFileURL(entry).href === import.meta.url) {
  // A benchmark that fails leaves nobody behind who posts on.
  process.on('disconnect', () => process.exit());
  await loadForEver(url, Number(connections));
}
