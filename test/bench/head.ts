/** How fast the head takes observations in, in order, and what a series of a month costs in memory. */
import type { CheckColumns } from '@nines/shared/wire.ts';
import { Head } from '../../collector/src/evaluate/head.ts';
import type { JournalEntry } from '../../collector/src/store/store.ts';
import { EMPTY_JOURNAL } from './rig/made-up-runs.ts';

const CHECKS = 50;
const EVERY_MS = 30_000;
const START_MS = Date.UTC(2026, 9, 1);
const VALUES = ['resolve', 'connect', 'tls', 'processing', 'transfer', 'total'];

function newHead(): Head {
  const head = new Head({ journal: EMPTY_JOURNAL });
  const thresholds = Array.from({ length: CHECKS }, (_, check) => ({
    check: `check-${check}`,
    value: 'total',
    withinMicros: 200_000,
  }));
  head.setThresholds(thresholds);
  return head;
}

/** Runs `[first, first + count)` of a check: every thousandth is down for ten runs. */
function columns(check: number, first: number, count: number): CheckColumns {
  const runs = Array.from({ length: count }, (_, index) => first + index);
  const isUp = (run: number) => run % 1000 >= 10;
  return {
    check: `check-${check}`,
    every_ms: EVERY_MS,
    at_ms: runs.map((run) => START_MS + check * 600 + run * EVERY_MS),
    up: runs.map((run) => (isUp(run) ? 1 : 0)),
    reasons: Object.fromEntries(runs.flatMap((run, index) => (isUp(run) ? [] : [[index, 'connection-refused']]))),
    values: Object.fromEntries(VALUES.map((name, at) => [name, runs.map((run) => 20_000 * at + (run % 977) * 131)])),
  };
}

function entries(runsPerCheck: number, perBatch: number): JournalEntry[] {
  const made: JournalEntry[] = [];
  for (let first = 0; first < runsPerCheck; first += perBatch) {
    const checks = Array.from({ length: CHECKS }, (_, check) => columns(check, first, perBatch));
    const batch = { version: 1, agent: 'fra-1', spool: 'bench-spool', sequence: made.length, checks } as const;
    const receivedAtMs = START_MS + (first + perBatch) * EVERY_MS + 40_000;
    made.push({ position: made.length + 1, batch, receivedAtMs, skewMs: 3 });
  }
  return made;
}

function median(numbers: readonly number[]): number {
  return [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? 0;
}

for (const perBatch of [1, 20, 100]) {
  const work = entries(2_000, perBatch);
  const micros = Array.from({ length: 7 }, () => {
    const head = newHead();
    const startedMs = performance.now();
    for (const entry of work) head.apply(entry);
    return ((performance.now() - startedMs) * 1000) / (CHECKS * 2_000);
  });
  const each = median(micros);
  const rate = Math.round(1e6 / each).toLocaleString('en');
  console.log(
    `apply, ${perBatch} per column: ${each.toFixed(3)} µs an observation, ${rate} observations/s on one core`,
  );
}

const month = newHead();
for (const entry of entries(31 * 2_880, 120)) month.apply(entry);
const total = { edges: 0, hours: 0, recent: 0 };
for (const { bytes } of month.series()) {
  total.edges += bytes.edges;
  total.hours += bytes.hours;
  total.recent += bytes.recent;
}
const kib = (bytes: number) => `${(bytes / CHECKS / 1024).toFixed(1)} KiB`;
console.log(
  `a series of 31 days at 30 s: edges ${kib(total.edges)}, hours ${kib(total.hours)}, last day run by run ${kib(total.recent)}`,
);
