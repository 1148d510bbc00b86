/**
 * Whether sealing keeps up: 250,000 observations a second, all of closed hours, posted at fixed instants for ten minutes
 * (`--minutes 2` for less, `--quick` for half of one). What waits in the journal must not grow, and acknowledgements must
 * not become slow. Latency counts from the instant at which a request should have begun.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import Sqlite from 'better-sqlite3';
import { benchArguments } from './rig/arguments.ts';
import { bytesOf } from './rig/disk.ts';
import { against, mebibytes, quantile } from './rig/figures.ts';
import { inFolder } from './rig/folder.ts';
import { hasAll } from './rig/needs.ts';
import { type OwnProgram, startCollector } from './rig/own-programs.ts';
import type { Pace, Paced } from './rig/paced-batches.ts';
import { checkId } from './rig/workload.ts';

const LOADER = fileURLToPath(new URL('./rig/paced-batches.ts', import.meta.url));
const DAY_MS = 86_400_000;
const PER_SECOND = 250_000;
const LOOKED_EVERY_MS = 5_000;
/** Two steps of sealing: what waits while one is under way is no backlog. */
const GOAL_WAITING = 2_400_000;
const GOAL_P99_MS = 250;

const { checks, minutes } = benchArguments(
  { checks: 1_000, days: 0, runs: 1, minutes: 10 },
  { checks: 1_000, days: 0, runs: 1, minutes: 0.5 },
);

if (hasAll('sustained', ['setpriv'])) {
  await inFolder(async (folder, cleanUp) => {
    const collector = await startCollector(
      folder,
      Array.from({ length: checks }, (_, index) => ({
        id: checkId(index),
        every: '30s',
        timeout: '10s',
        probe: { type: 'http', url: 'http://127.0.0.1:9/' },
      })),
    );
    cleanUp(() => collector.running.stop());
    await measure(collector, join(folder, 'data'));
  });
}

async function measure({ url, running }: OwnProgram, data: string): Promise<void> {
  const seconds = minutes * 60;
  // A second of posting is two hours of every check: all of it has been over for a day.
  const fromMs = Math.floor((Date.now() - DAY_MS) / DAY_MS) * DAY_MS - Math.ceil(seconds / 12 + 1) * DAY_MS;
  const pace: Pace = { url, checks, fromMs, perSecond: PER_SECOND, seconds };
  const before = running.usage().cpuMs;
  const loader = fork(LOADER, [JSON.stringify(pace)]);
  const answer = once(loader, 'message');
  const database = new Sqlite(join(data, 'nines.db'), { readonly: true });
  const inJournal = database.prepare('SELECT coalesce(sum(observations), 0) FROM journal').pluck();
  const waiting: number[] = [];
  const isOver = answer.then(() => true);
  while (!(await Promise.race([isOver, sleep(LOOKED_EVERY_MS, false)]))) waiting.push(Number(inJournal.get()));
  const endsWith = Number(inJournal.get());
  const beganMs = performance.now();
  while (Number(inJournal.get()) > 0) await sleep(250);
  const drainedMs = performance.now() - beganMs;
  // Safe: the loader sends this and nothing else.
  const [{ stored, failed, latenciesMs, tookMs }] = (await answer) as [Paced];
  const sealed = Number(database.prepare('SELECT sum(observations) FROM chunks').pluck().get());
  database.close();
  const usage = running.usage();
  if (sealed !== stored) throw new Error(`${sealed} of ${stored} stored observations are sealed`);
  const p99 = quantile(latenciesMs, 0.99);
  console.log(
    `${minutes} min, ${stored} observations stored (${Math.round(stored / (tookMs / 1_000))}/s of ${PER_SECOND}), ${failed} posts failed`,
  );
  console.log(
    `  waiting in the journal, every 5 s, in thousands: ${waiting.map((rows) => Math.round(rows / 1_000)).join(' ')}`,
  );
  console.log(
    `  waiting at the end: ${endsWith}; ${against(endsWith, '<=', GOAL_WAITING)}; sealed ${drainedMs.toFixed(0)} ms later`,
  );
  console.log(
    `  acknowledged: p50 ${quantile(latenciesMs, 0.5).toFixed(1)} ms, p99 ${p99.toFixed(1)} ms; ${against(p99, '<=', GOAL_P99_MS)}`,
  );
  console.log(
    `  ${((usage.cpuMs - before) / (seconds * 1_000)).toFixed(2)} cores, peak RSS ${mebibytes(usage.peakRssBytes)} MiB, ${(bytesOf(data).occupied / stored).toFixed(2)} B/result on disk with the log`,
  );
}
