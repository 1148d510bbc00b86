import { writeSync } from 'node:fs';
import type { CheckColumns } from '@nines/shared/wire.ts';
import { openStore } from '../../collector/src/store/open.ts';
import { aDelivery, START_MS } from './batches.ts';

// Stores batches and seals them as fast as it can until it is killed, and writes to its output what was acknowledged:
// a line with the sequence. Batch N has the totals N × 100, N × 100 + 1 …, spread over three weeks, in no order.
const [directory = '', first = '1'] = process.argv.slice(2);
const CHECKS = 3;
const RUNS = 20;
const STEP_MS = 60_000;
const WEEKS_MS = 21 * 86_400_000;
const LATER_MS = START_MS + 2 * WEEKS_MS;

const store = await openStore({ directory });
writeSync(1, 'ready\n');
for (let sequence = Number(first); ; sequence += 8) {
  const batches = Array.from({ length: 8 }, (_, index) => sequence + index);
  await Promise.all(
    batches.map(async (one) => {
      const checks = Array.from({ length: CHECKS }, (_, check) => columns(one, check));
      await store.append({ ...aDelivery({ sequence: one, checks }), receivedAtMs: LATER_MS, skewMs: 0 });
      writeSync(1, `${one}\n`);
    }),
  );
  if (sequence % 3 === 0) await store.upkeep(LATER_MS);
}

function columns(sequence: number, check: number): CheckColumns {
  // A step that shares no factor with the number of places: late and early, dense in the end.
  const place = (sequence * 7_919 + check) % (WEEKS_MS / STEP_MS - RUNS);
  const isUp = (run: number) => (sequence + run) % 11 !== 0;
  const runs = Array.from({ length: RUNS }, (_, run) => run);
  return {
    check: `check-${check}`,
    every_ms: STEP_MS,
    at_ms: runs.map((run) => START_MS + (place + run) * STEP_MS),
    up: runs.map((run) => (isUp(run) ? 1 : 0)),
    reasons: Object.fromEntries(runs.filter((run) => !isUp(run)).map((run) => [run, 'timeout'])),
    values: { total: runs.map((run) => sequence * 100 + run) },
  };
}
