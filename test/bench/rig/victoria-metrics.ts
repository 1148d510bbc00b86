import { join } from 'node:path';
import { readPage } from './blackbox.ts';
import { bytesOf } from './disk.ts';
import { type Engine, SETTLES_WITHIN_MS } from './engine.ts';
import { requireProgram } from './needs.ts';
import { freePort, type Running, sleep, startProcess, untilIdle } from './process.ts';
import { countSamples, promqlUrl, verifyPromql } from './promql.ts';
import { REMOTE_WRITE_HEADERS } from './remote-write.ts';
import type { Workload } from './workload.ts';

/** Debian's VictoriaMetrics on a folder of its own. With fewer `precisionBits` than 64 it is lossy. */
export function victoriaMetrics(folder: string, set: Workload, precisionBits = 64): Engine {
  const data = join(folder, 'victoria-metrics');
  let running: Running | null = null;
  let origin = '';
  const started = () => {
    if (running === null) throw new Error('VictoriaMetrics is not running');
    return running;
  };
  const settle = async () => {
    await fetch(`${origin}/internal/force_flush`);
    await untilIdle(started(), SETTLES_WITHIN_MS);
  };
  return {
    name: precisionBits === 64 ? 'VictoriaMetrics' : `VictoriaMetrics, precisionBits=${precisionBits}`,
    wire: 'remote-write',
    async start() {
      const address = `127.0.0.1:${await freePort()}`;
      origin = `http://${address}`;
      running = await startProcess({
        command: [
          requireProgram('victoria-metrics'),
          `-storageDataPath=${data}`,
          `-httpListenAddr=${address}`,
          '-retentionPeriod=10y',
          '-loggerLevel=ERROR',
          `-precisionBits=${precisionBits}`,
        ],
        readyUrl: `${origin}/health`,
      });
    },
    async stop() {
      await running?.stop();
      running = null;
    },
    running: started,
    target: () => ({ origin, path: '/api/v1/write', headers: () => REMOTE_WRITE_HEADERS }),
    settle,
    stored: () => countSamples(origin, set.toMs, set.days + 1),
    async bytesAtRest() {
      await fetch(`${origin}/internal/force_merge`);
      const untilMs = performance.now() + SETTLES_WITHIN_MS;
      // It begins by itself after the answer.
      for (let isMerging = true; isMerging && performance.now() < untilMs; ) {
        await sleep(500);
        const page = readPage(await (await fetch(`${origin}/metrics`)).text());
        isMerging = (page.get('vm_active_force_merges') ?? 0) > 0;
      }
      await settle();
      return bytesOf(join(data, 'data'), join(data, 'indexdb'));
    },
    urlOf: (question) => promqlUrl(origin, question),
    verify: verifyPromql,
  };
}
