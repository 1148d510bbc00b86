import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readPage } from './blackbox.ts';
import { bytesOf } from './disk.ts';
import { type Engine, SETTLES_WITHIN_MS } from './engine.ts';
import { requireProgram } from './needs.ts';
import { freePort, type Running, sleep, startProcess, untilIdle } from './process.ts';
import { countSamples, promqlUrl, verifyPromql } from './promql.ts';
import { REMOTE_WRITE_HEADERS } from './remote-write.ts';
import type { Workload } from './workload.ts';

/** A head that spans more than one and a half blocks of two hours is about to be compacted. */
const HEAD_SPAN_S = 3 * 3_600;
const LOOKED_EVERY_MS = 1_000;

/** Debian's Prometheus on a folder of its own, without anything to scrape. */
export function prometheus(folder: string, set: Workload): Engine {
  const data = join(folder, 'prometheus');
  const config = join(folder, 'prometheus.yml');
  let running: Running | null = null;
  let origin = '';
  const started = () => {
    if (running === null) throw new Error('Prometheus is not running');
    return running;
  };
  return {
    name: 'Prometheus',
    wire: 'remote-write',
    async start() {
      const address = `127.0.0.1:${await freePort()}`;
      origin = `http://${address}`;
      writeFileSync(config, '{}');
      running = await startProcess({
        command: [
          requireProgram('prometheus'),
          `--config.file=${config}`,
          `--storage.tsdb.path=${data}`,
          '--storage.tsdb.retention.time=10y',
          `--web.listen-address=${address}`,
          '--web.enable-remote-write-receiver',
          '--web.enable-admin-api',
          '--log.level=error',
        ],
        readyUrl: `${origin}/-/ready`,
      });
    },
    async stop() {
      await running?.stop();
      running = null;
    },
    running: started,
    target: () => ({ origin, path: '/api/v1/write', headers: () => REMOTE_WRITE_HEADERS }),
    async settle() {
      const untilMs = performance.now() + SETTLES_WITHIN_MS;
      // It looks for work once a minute only: idle does not mean done.
      while (performance.now() < untilMs && (await headSpanS(origin)) > HEAD_SPAN_S) await sleep(LOOKED_EVERY_MS);
      await untilIdle(started(), SETTLES_WITHIN_MS);
    },
    stored: () => countSamples(origin, set.toMs, set.days + 1),
    async bytesAtRest() {
      const response = await fetch(`${origin}/api/v1/admin/tsdb/snapshot`, { method: 'POST' });
      const answer: { data: { name: string } } = JSON.parse(await response.text());
      return bytesOf(join(data, 'snapshots', answer.data.name));
    },
    urlOf: (question) => promqlUrl(origin, question),
    verify: verifyPromql,
  };
}

async function headSpanS(origin: string): Promise<number> {
  const page = readPage(await (await fetch(`${origin}/metrics`)).text());
  const read = (name: string) => page.get(name) ?? Number.NaN;
  return read('prometheus_tsdb_head_max_time_seconds') - read('prometheus_tsdb_head_min_time_seconds');
}
