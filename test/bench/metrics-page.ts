/**
 * `/metrics` of 10,000 http checks: how long it takes to write and to pack, the longest time the event loop is blocked
 * and the memory it needs, beside prom-client with the same series in the same run.
 */
import { performance } from 'node:perf_hooks';
import { Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { probeOptions } from '@nines/shared/probes/index.ts';
import { systemClock } from '@nines/shared/time/clock.ts';
import type { CheckColumns } from '@nines/shared/wire.ts';
import { Gauge, Histogram, Registry } from 'prom-client';
import { planOf } from '../../collector/src/config/plan.ts';
import { DURATION_BUCKETS_MICROS } from '../../collector/src/evaluate/duration-histogram.ts';
import { Head } from '../../collector/src/evaluate/head.ts';
import { packed, streamOf } from '../../collector/src/http/metrics.ts';
import { createProgramMetrics } from '../../collector/src/metrics/program.ts';
import { writeScrape } from '../../collector/src/metrics/scrape.ts';
import { CallCounts } from '../../collector/src/phone/call-counts.ts';
import { against, mebibytes, printTable, spread } from './rig/figures.ts';
import { EMPTY_JOURNAL } from './rig/made-up-runs.ts';

const isQuick = process.argv.includes('--quick');
const CHECKS = isQuick ? 1_000 : 10_000;
const ROUNDS = isQuick ? 7 : 21;
const EVERY_MS = 30_000;
/** The goals are for a page of so many lines. */
const GOAL_LINES = 220_000;
const VALUES = ['resolve', 'connect', 'processing', 'transfer', 'total', 'status', 'bytes', 'redirects'] as const;
const SHOWN = 'resolve connect tls processing transfer total status'.split(' ');

function columns(check: number, run: number): CheckColumns {
  const values = VALUES.map((name, at) => [
    name,
    [name === 'status' ? 200 : 1_000 * at + ((check * 7 + run) % 977) * 131],
  ]);
  return {
    check: `customer-site-${check}`,
    every_ms: EVERY_MS,
    at_ms: [Date.now() - 1_000 + run],
    up: [1],
    reasons: {},
    values: Object.fromEntries(values),
  };
}

function loadedHead(): Head {
  const head = new Head({ journal: EMPTY_JOURNAL });
  for (let run = 0; run < 3; run++) {
    const checks = Array.from({ length: CHECKS }, (_, check) => columns(check, run));
    const batch = { version: 1, agent: 'fra-1', spool: 'bench-spool', sequence: run, checks } as const;
    head.apply({ position: run + 1, batch, receivedAtMs: Date.now(), skewMs: 0 });
  }
  return head;
}

function source(head: Head) {
  const probe = { type: 'http', url: 'https://shop.example/' };
  const agents = [{ name: 'fra-1', location: 'frankfurt', local: false, token: null, metricsAt: null }];
  const checks = Array.from({ length: CHECKS }, (_, check) => ({
    id: `customer-site-${check}`,
    everyMs: EVERY_MS,
    schedule: null,
    timeoutMs: 10_000,
    agents: ['fra-1'],
    probe: probeOptions.parse(probe),
    writtenProbe: probe,
  }));
  const plan = planOf({ checks, agents }, []);
  const recentEvents = { all: async () => [], async *events() {} };
  return {
    store: { size: async () => ({ bytes: 1, batches: 1 }) },
    disk: { freeBytes: async () => 1 },
    metrics: createProgramMetrics(),
    heartbeats: { statuses: () => [] },
    figures: {
      now: async () => ({
        head,
        plan,
        nowMs: Date.now(),
        nines: { agents },
        standings: [],
        settlements: [],
        recentEvents,
      }),
    },
    callCounts: new CallCounts(),
    clock: systemClock,
    isWhole: () => true,
  };
}

interface Taken {
  readonly ms: number;
  readonly cpuMs: number;
  readonly bytes: number;
  readonly blockMs: number;
}

/** The longest block is the greatest distance of two turns of a timer that is due each millisecond. */
async function measure(work: () => Promise<number>): Promise<Taken> {
  let blockMs = 0;
  let turnMs = performance.now();
  const timer = setInterval(() => {
    const nowMs = performance.now();
    blockMs = Math.max(blockMs, nowMs - turnMs);
    turnMs = nowMs;
  }, 1);
  await sleep(5);
  blockMs = 0;
  const cpu = process.cpuUsage();
  const began = performance.now();
  const bytes = await work();
  const ms = performance.now() - began;
  const { user, system } = process.cpuUsage(cpu);
  await sleep(5);
  clearInterval(timer);
  return { ms, cpuMs: (user + system) / 1_000, bytes, blockMs };
}

async function rounds(work: () => Promise<number>): Promise<Taken[]> {
  const taken: Taken[] = [];
  for (let round = 0; round < ROUNDS; round++) taken.push(await measure(work));
  return taken.slice(2);
}

function sink(count: (bytes: number) => void): Writable {
  return new Writable({
    write(piece, _, done) {
      count(piece.length);
      done();
    },
  });
}

function row(name: string, taken: readonly Taken[], lines: number, goalMs: number | null): string[] {
  const ms = taken.map((one) => one.ms);
  const scaled = ms.map((one) => (one * GOAL_LINES) / lines);
  return [
    name,
    String(lines),
    mebibytes(taken[0]?.bytes ?? 0),
    spread(ms, 1),
    spread(
      taken.map(({ cpuMs }) => cpuMs),
      1,
    ),
    spread(scaled, 1),
    goalMs === null
      ? ''
      : against(scaled.toSorted((a, b) => a - b)[Math.floor(scaled.length / 2)] ?? Number.NaN, '<=', goalMs),
    spread(
      taken.map(({ blockMs }) => blockMs),
      1,
    ),
  ];
}

const head = loadedHead();
const scraped = source(head);
const before = process.memoryUsage();
let text = '';
for await (const piece of await writeScrape(scraped, 'prometheus')) text += Buffer.from(piece).toString();
const lines = text.split('\n').length - 1;
text = '';
const plain = await rounds(async () => {
  let bytes = 0;
  for await (const piece of await writeScrape(scraped, 'prometheus')) bytes += piece.length;
  return bytes;
});
const packedRounds = await rounds(async () => {
  let bytes = 0;
  await pipeline(
    packed(streamOf(await writeScrape(scraped, 'prometheus'))),
    sink((more) => (bytes += more)),
  );
  return bytes;
});
const rss = process.memoryUsage().rss - before.rss;

const registry = new Registry();
const labelNames = ['check', 'agent', 'location'];
const gauges = SHOWN.map(
  (name) => new Gauge({ name: `probe_${name}_seconds`, help: name, labelNames, registers: [registry] }),
);
const histogram = new Histogram({
  name: 'nines_run_duration_seconds',
  help: 'Duration.',
  labelNames,
  buckets: DURATION_BUCKETS_MICROS.map((micros) => micros / 1e6),
  registers: [registry],
});
for (let check = 0; check < CHECKS; check++) {
  const labels = { check: `customer-site-${check}`, agent: 'fra-1', location: 'frankfurt' };
  for (const gauge of gauges) gauge.set(labels, check / 977);
  histogram.observe(labels, check / 977);
}
const peerLines = (await registry.metrics()).split('\n').length;
const peer = await rounds(async () => (await registry.metrics()).length);

printTable(
  ['page', 'lines', 'MiB', 'ms', 'CPU ms', `ms a ${GOAL_LINES} lines`, 'goal', 'longest block ms'],
  [
    row('Nines', plain, lines, 25),
    row('Nines, gzip', packedRounds, lines, 45),
    row('prom-client', peer, peerLines, null),
  ],
);
console.log(`memory for the page: ${mebibytes(rss)} MiB more than before (goal ≤ 120)`);
console.log('an update costs what the head costs (goal ≤ 0.3 µs a result): npm run bench -- head');
