/**
 * What looking at alerts costs: 10,000 checks and 2,000 objectives every 15 seconds, while all is well, while everything
 * goes down at once, and for as long as it stays so. Goal: 15 % of a core, one notice for each receiver, no growth.
 */
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { toColumns } from '@nines/shared/wire.ts';
import { pino } from 'pino';
import { createAlerting } from '../../collector/src/alerts/create-alerting.ts';
import { assignedPairs, planOf } from '../../collector/src/config/plan.ts';
import { Figures } from '../../collector/src/evaluate/figures.ts';
import { Head } from '../../collector/src/evaluate/head.ts';
import { RecentEvents } from '../../collector/src/evaluate/recent-events.ts';
import { Heartbeats } from '../../collector/src/heartbeat/heartbeats.ts';
import { Ledger } from '../../collector/src/ledger/ledger.ts';
import { createProgramMetrics } from '../../collector/src/metrics/program.ts';
import { listen } from '../support/listener.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { MemoryStore } from '../support/memory-store.ts';
import { loadYaml } from '../support/nines-file.ts';
import { against, mebibytes, median, printTable } from './rig/figures.ts';

const isQuick = process.argv.includes('--quick');
const CHECKS = isQuick ? 1_000 : 10_000;
const OBJECTIVES = CHECKS / 5;
const LOOK_MS = 15_000;
const EVERY_MS = 60_000;
/** 2026-11-10T12:00:00Z, with six hours of history. */
const NOW_MS = Date.UTC(2026, 10, 10, 12);
const HISTORY_MS = 6 * 3_600_000;

const hook = await listen();
const page = await listen();
const indexes = [...Array(CHECKS).keys()];
const nines = loadYaml(
  // JSON is YAML.
  JSON.stringify({
    agents: [{ name: 'fra-1', location: 'fra' }],
    checks: indexes.map((id) => ({ id: `c${id}`, every: '1m', probe: { type: 'tcp', host: 'a', port: 80 } })),
    customers: [{ id: 'acme' }],
    contracts: indexes.slice(0, OBJECTIVES).map((id) => ({
      id: `k${id}`,
      customer: 'acme',
      objectives: [
        {
          id: 'uptime',
          indicator: { kind: 'availability', checks: [`c${id}`, `c${id + OBJECTIVES}`] },
          target: '99.9',
          period: 'calendar_month',
        },
      ],
    })),
    alerts: {
      webhooks: [hook, page].map(({ url }, index) => ({ name: `hook-${index}`, url, group_by: ['alertname'] })),
    },
  }),
);

const store = new MemoryStore();
const clock = new ManualClock(NOW_MS - HISTORY_MS);
const head = new Head({ journal: store });
const pairs = assignedPairs(nines);
const plan = planOf(
  nines,
  pairs.map((pair) => ({ ...pair, fromMs: 0, toMs: null })),
);
const ledger = new Ledger(store, clock);
const figures = new Figures({
  head,
  recentEvents: new RecentEvents(store),
  clock,
  nines: () => nines,
  plan: () => plan,
  register: () => ledger.register,
  requireWhole: () => {},
});
const heartbeats = new Heartbeats({ put: (received) => store.putEvents(received), hash: () => new Uint8Array() });
const log = pino({ level: 'silent' });
const metrics = createProgramMetrics();
const alerting = createAlerting({ store, clock, log, metrics, nines: () => nines, figures, heartbeats, ledger });

let position = 0;
/** A run of every check in `[from, to)` at this instant. */
function observe(atMs: number, [from, to]: readonly [number, number], outcome: 'up' | 'down'): void {
  const reason = outcome === 'up' ? null : 'timeout';
  const runs = indexes.slice(from, to).map((id) => {
    return { check: `c${id}`, atMs, everyMs: EVERY_MS, outcome, reason, values: { total: 20_000 } };
  });
  const batch = {
    version: 1,
    agent: 'fra-1',
    spool: 'bench-spool',
    sequence: ++position,
    checks: toColumns(runs),
  } as const;
  head.apply({ position, batch, receivedAtMs: atMs, skewMs: 0 });
}

let ticks = 0;
/** A quarter of the checks runs, and then it is looked; milliseconds of a core for the look. */
async function look(outcome: 'up' | 'down'): Promise<number> {
  clock.jumpWall(LOOK_MS);
  const quarter = CHECKS / 4;
  const first = (ticks++ % 4) * quarter;
  observe(clock.nowMs(), [first, first + quarter], outcome);
  const began = process.cpuUsage();
  await alerting.look();
  const { user, system } = process.cpuUsage(began);
  await new Promise((resolve) => setTimeout(resolve, 20));
  return (user + system) / 1_000;
}

for (let atMs = NOW_MS - HISTORY_MS; atMs < NOW_MS; atMs += EVERY_MS) observe(atMs, [0, CHECKS], 'up');
clock.jumpWall(HISTORY_MS);

const memory = () => {
  globalThis.gc?.();
  return process.memoryUsage().heapUsed;
};
const rows: string[][] = [];
async function stretch(name: string, looks: number, outcome: 'up' | 'down'): Promise<void> {
  const before = memory();
  const told = [hook.heard.length, page.heard.length];
  const costs: number[] = [];
  const delays = monitorEventLoopDelay({ resolution: 1 });
  delays.enable();
  for (let index = 0; index < looks; index++) costs.push(await look(outcome));
  const share = (100 * median(costs)) / LOOK_MS;
  rows.push([
    name,
    `${median(costs).toFixed(0)} (${Math.max(...costs).toFixed(0)})`,
    `${share.toFixed(1)} % ${against(share, '<=', 15)}`,
    [hook.heard.length - (told[0] ?? 0), page.heard.length - (told[1] ?? 0)].join(' and '),
    (delays.max / 1e6).toFixed(0),
    mebibytes(memory() - before),
  ]);
}

await stretch('all is well', 12, 'up');
await stretch('everything goes down', 20, 'down');
await stretch('it stays down', 60, 'down');
await stretch('it comes back', 30, 'up');
console.log(`${CHECKS} checks, ${OBJECTIVES} objectives, looked at every ${LOOK_MS / 1_000} s; two receivers`);
printTable(['', 'ms of a core a look (most)', 'of a core', 'messages', 'longest block ms', 'heap grew by MiB'], rows);
console.log(
  `down now: ${alerting.firing().length}; the largest message: ${Math.max(...hook.heard.map(({ body }) => body.length))} bytes`,
);
await hook.close();
await page.close();
