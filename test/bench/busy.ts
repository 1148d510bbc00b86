/**
 * Whether the collector answers while it is busy: full ingest on 16 connections, everything sealed as it comes, and
 * questions over a year one after another, while `/metrics` is scraped and batches are posted at fixed instants. Latency
 * counts from the instant at which a request should have begun (open loop), so that a stall is not left out. `--quick`.
 */
import { fork } from 'node:child_process';
import { request as send } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { benchArguments } from './rig/arguments.ts';
import { against, printTable, quantile } from './rig/figures.ts';
import { inFolder } from './rig/folder.ts';
import { freshBatch, postBatch } from './rig/fresh-batches.ts';
import { type OwnProgram, startCollector } from './rig/own-programs.ts';
import { SealedHistory } from './rig/sealed-history.ts';
import { Truth } from './rig/truth.ts';
import { checkId, observationsOf, type Workload, workload } from './rig/workload.ts';

const DAY_MS = 86_400_000;
const LOADER = fileURLToPath(new URL('./rig/fresh-batches.ts', import.meta.url));
const CONNECTIONS = 16;
const METRICS_EVERY_MS = 250;
const INGEST_EVERY_MS = 50;
const GOAL_METRICS_P99_MS = 100;
const GOAL_INGEST_P99_MS = 250;

const { isQuick, ...chosen } = benchArguments({ checks: 10, days: 365, runs: 60 }, { checks: 10, days: 365, runs: 15 });
/** Of the checks whose history is made by chance; the others have theirs again. */
const DISTINCT = 3;
/** `--runs` are seconds of measuring. */
const SECONDS = chosen.runs;

await inFolder(async (folder, cleanUp) => {
  const set = workload({ ...chosen, distinct: DISTINCT, variant: 'independent' });
  await new SealedHistory(folder, set).growTo(set.toMs, new Truth(set, set.toMs - DAY_MS));
  console.log(`${observationsOf(set).toLocaleString('en')} observations of ${set.days} days sealed (not judged)`);
  const checks = Array.from({ length: set.checks }, (_, index) => ({
    id: checkId(index),
    every: '30s',
    timeout: '10s',
    probe: { type: 'http', url: 'http://127.0.0.1:9/' },
  }));
  const collector = await startCollector(folder, checks);
  cleanUp(() => collector.running.stop());
  const quiet = await measure(collector, { seconds: Math.min(10, SECONDS), load: null });
  const busy = await measure(collector, { seconds: SECONDS, load: set });
  report({ quiet, busy });
});

interface Measured {
  readonly metricsMs: readonly number[];
  readonly ingestMs: readonly number[];
  readonly yearMs: readonly number[];
  readonly storedPerSecond: number;
  readonly sealedPerSecond: number;
  readonly failed: number;
}

async function measure(
  collector: OwnProgram,
  { seconds, load }: { readonly seconds: number; readonly load: Workload | null },
): Promise<Measured> {
  const { url } = collector;
  const loader = load === null ? null : fork(LOADER, [url, String(CONNECTIONS)]);
  // Until the first hours are being sealed.
  if (loader !== null) await sleep(6_000);
  const before = await collector.metrics();
  const untilMs = performance.now() + seconds * 1_000;
  let failed = 0;
  const note = (isGood: boolean) => {
    if (!isGood) failed++;
  };
  let sequence = 0;
  const [metricsMs, ingestMs, yearMs] = await Promise.all([
    openLoop(METRICS_EVERY_MS, untilMs, async () => note(await get(`${url}/metrics`))),
    openLoop(INGEST_EVERY_MS, untilMs, async () => note(await postBatch(url, freshBatch('bench-probing', sequence++)))),
    load === null ? [] : oneByOne(untilMs, (signal) => get(yearOf(url, load), signal)),
  ]);
  const after = await collector.metrics();
  loader?.kill();
  const grown = (name: string) => ((after.get(name) ?? 0) - (before.get(name) ?? 0)) / seconds;
  return {
    metricsMs,
    ingestMs,
    yearMs,
    storedPerSecond: grown('nines_ingest_observations_total'),
    sealedPerSecond: grown('nines_store_sealed_observations_total'),
    failed,
  };
}

function yearOf(url: string, { fromMs, toMs }: Workload): string {
  return `${url}/api/v1/checks/${checkId(0)}/observations?from=${fromMs}&to=${toMs}&resolution=day`;
}

/** Begins a request at each instant, whether or not those before are answered; how long each took from its instant. */
async function openLoop(everyMs: number, untilMs: number, ask: () => Promise<void>): Promise<number[]> {
  const took: number[] = [];
  const asked: Promise<void>[] = [];
  for (let dueMs = performance.now(); dueMs < untilMs; dueMs += everyMs) {
    await sleep(Math.max(0, dueMs - performance.now()));
    asked.push(ask().then(() => void took.push(performance.now() - dueMs)));
  }
  await Promise.all(asked);
  return took;
}

/** How long each took; the one that is under way at the end is broken off, and told by how long it had taken. */
async function oneByOne(untilMs: number, ask: (signal: AbortSignal) => Promise<boolean>): Promise<number[]> {
  const took: number[] = [];
  const signal = AbortSignal.timeout(Math.max(0, Math.ceil(untilMs - performance.now())));
  while (!signal.aborted) {
    const beganMs = performance.now();
    await ask(signal);
    took.push(performance.now() - beganMs);
  }
  return took;
}

function get(address: string, signal?: AbortSignal): Promise<boolean> {
  return new Promise((resolve) => {
    const request = send(address, { ...(signal && { signal }) }, (response) => {
      response.resume();
      response.on('close', () => resolve(response.statusCode === 200 && response.complete));
      response.on('error', () => resolve(false));
    });
    request.on('error', () => resolve(false));
    request.end();
  });
}

function report(measured: Readonly<Record<string, Measured>>): void {
  const ms = (values: readonly number[], share: number) => quantile(values, share).toFixed(1);
  const rows = Object.entries(measured).flatMap(([name, one]) => {
    const isJudged = name === 'busy';
    const row = (what: string, values: readonly number[], goal: number | null) => [
      name,
      what,
      String(values.length),
      ms(values, 0.5),
      ms(values, 0.99),
      ms(values, 1),
      isJudged && goal !== null ? against(quantile(values, 0.99), '<=', goal) : '',
    ];
    return [
      row('/metrics', one.metricsMs, GOAL_METRICS_P99_MS),
      row('POST /batches, 100 each', one.ingestMs, GOAL_INGEST_P99_MS),
      ...(one.yearMs.length > 0 ? [row('a year by day', one.yearMs, null)] : []),
    ];
  });
  printTable(['state', 'request', 'number', 'p50 ms', 'p99 ms', 'most ms', 'p99 against the goal'], rows);
  for (const [name, { storedPerSecond, sealedPerSecond, failed }] of Object.entries(measured)) {
    const rate = (value: number) => Math.round(value).toLocaleString('en');
    console.log(
      `${name}: ${rate(storedPerSecond)} observations/s stored, ${rate(sealedPerSecond)} sealed, ${failed} requests failed`,
    );
  }
}
