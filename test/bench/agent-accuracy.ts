/**
 * How far the phases that the agent reports are from the truth: error = measured − what a delaying server logged of
 * itself. Beside it Debian's blackbox_exporter, asked at the same instants. At 500/s the two take turns; at 10/s, where
 * neither disturbs anybody, they run for the whole time together. `--quick` for minutes less.
 */
import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { startBlackbox } from './rig/blackbox.ts';
import { BlackboxDriver, type Measured } from './rig/blackbox-driver.ts';
import { against, median, printTable, quantile } from './rig/figures.ts';
import { inFolder } from './rig/folder.ts';
import { hasAll } from './rig/needs.ts';
import { type OwnProgram, startAgent } from './rig/own-programs.ts';
import { freePort, type Running, sleep, startProcess } from './rig/process.ts';
import { type Sink, startSink } from './rig/sink.ts';

const EVERY_MS = 2_000;
const PHASES = ['connect', 'processing', 'transfer', 'total'] as const;
/** A run and the request that it made are no further apart on the wall clock. */
const SAME_RUN_MS = 1_000;

const isQuick = process.argv.includes('--quick');
const BUSY = { checks: 1_000, rounds: isQuick ? 1 : 5, warmUpMs: 8_000, measureMs: 10_000, goal: 0.6 };
const CALM = { checks: 20, rounds: isQuick ? 1 : 5, warmUpMs: isQuick ? 10_000 : 60_000, measureMs: 30_000, goal: 1.5 };

type Phase = (typeof PHASES)[number];
type Truth = Readonly<Record<Phase, number>> & { readonly atMs: number };
/** Errors in milliseconds of the probes of one round. */
type Errors = Readonly<Record<Phase, readonly number[]>>;

interface Window {
  readonly fromMs: number;
  readonly toMs: number;
}

interface Round extends Window {
  readonly cpuMs: number;
}

/** A prober, what it measured, and over which times it counts. */
interface Prober {
  readonly name: string;
  readonly measured: readonly Measured[];
  readonly rounds: readonly Round[];
}

if (hasAll('agent-accuracy', ['setpriv'])) {
  const hasPeer = hasAll('agent-accuracy, the row of blackbox_exporter', ['prometheus-blackbox-exporter']);
  const only = process.argv.find((arg) => arg === '500' || arg === '10');
  if (only !== '10') await inFolder((folder, cleanUp) => busy(folder, cleanUp, hasPeer));
  if (only !== '500') await inFolder((folder, cleanUp) => calm(folder, cleanUp, hasPeer));
}

type CleanUp = (ending: () => Promise<unknown>) => void;

async function busy(folder: string, cleanUp: CleanUp, hasPeer: boolean): Promise<void> {
  const server = await startServer();
  const sink = await startSink();
  cleanUp(sink.close);
  const [own, peer]: [Round[], Round[]] = [[], []];
  const peerMeasured: Measured[] = [];
  for (let round = 0; round < BUSY.rounds; round++) {
    const agent = await startOwn({ folder, sink, origin: server.origin, checks: BUSY.checks });
    await sleep(BUSY.warmUpMs);
    own.push(await observe(agent.running, BUSY.measureMs));
    await agent.running.stop();
    if (!hasPeer) continue;
    const blackbox = await startBlackbox(folder, null);
    const driver = new BlackboxDriver({
      blackbox,
      origin: server.origin,
      paths: paths('peer', BUSY.checks),
      everyMs: EVERY_MS,
    });
    await sleep(BUSY.warmUpMs);
    peer.push(await observe(blackbox.running, BUSY.measureMs));
    await driver.stop();
    await blackbox.running.stop();
    peerMeasured.push(...driver.measured);
  }
  const truths = readTruths(await server.running.stop());
  report(BUSY, truths, [
    { name: 'nines-agent', measured: measuredBy(sink), rounds: own },
    { name: 'blackbox_exporter', measured: peerMeasured, rounds: peer },
  ]);
}

async function calm(folder: string, cleanUp: CleanUp, hasPeer: boolean): Promise<void> {
  const server = await startServer();
  const sink = await startSink();
  cleanUp(sink.close);
  const agent = await startOwn({ folder, sink, origin: server.origin, checks: CALM.checks });
  const blackbox = hasPeer ? await startBlackbox(folder, null) : null;
  const driver =
    blackbox &&
    new BlackboxDriver({ blackbox, origin: server.origin, paths: paths('peer', CALM.checks), everyMs: EVERY_MS });
  await sleep(CALM.warmUpMs);
  const [own, peer]: [Round[], Round[]] = [[], []];
  for (let round = 0; round < CALM.rounds; round++) {
    const [ownRound, peerRound] = await Promise.all([
      observe(agent.running, CALM.measureMs),
      blackbox && observe(blackbox.running, CALM.measureMs),
    ]);
    own.push(ownRound);
    if (peerRound !== null) peer.push(peerRound);
  }
  await agent.running.stop();
  await driver?.stop();
  await blackbox?.running.stop();
  const truths = readTruths(await server.running.stop());
  report(CALM, truths, [
    { name: 'nines-agent', measured: measuredBy(sink), rounds: own },
    { name: 'blackbox_exporter', measured: driver?.measured ?? [], rounds: peer },
  ]);
}

function report(plan: typeof BUSY, truths: ReadonlyMap<string, readonly Truth[]>, probers: readonly Prober[]): void {
  const perSecond = (plan.checks * 1000) / EVERY_MS;
  const ran = probers.filter(({ rounds }) => rounds.length > 0);
  const errors = ran.map((prober) => prober.rounds.map((round) => errorsOf(prober.measured, truths, round)));
  const rows = ran.map(({ name, rounds }, at) => {
    const own = errors[at] ?? [];
    const of = (phase: Phase, share: number) => median(own.map((round) => quantile(round[phase], share))).toFixed(2);
    const cpuMs = median(rounds.map((round, index) => round.cpuMs / (own[index]?.total.length ?? Number.NaN)));
    const [first, second] = [of('connect', 0.5), of('connect', 0.99)];
    const probes = own.reduce((sum, { total }) => sum + total.length, 0);
    return [
      name,
      `${first} / ${second}`,
      `${of('processing', 0.5)} / ${of('processing', 0.99)} / ${of('processing', 1)}`,
      `${of('transfer', 0.5)} / ${of('transfer', 0.99)}`,
      `${of('total', 0.5)} / ${of('total', 0.99)} / ${of('total', 1)}`,
      cpuMs.toFixed(2),
      String(probes),
    ];
  });
  const heading = `${perSecond}/s, error in ms, ${plan.rounds} rounds`;
  printTable(
    [
      heading,
      'connect p50 / p99',
      'processing p50 / p99 / max',
      'transfer p50 / p99',
      'total p50 / p99 / max',
      'CPU ms',
      'probes',
    ],
    rows,
  );
  const [own, peer] = errors;
  if (own === undefined || peer === undefined) return;
  for (const phase of PHASES) {
    const p99 = (round: Errors | undefined) => quantile(round?.[phase] ?? [], 0.99);
    const ratio = median(own.map((round, at) => p99(round) / p99(peer[at])));
    console.log(
      `${perSecond}/s: p99 of ${phase} ${ratio.toFixed(2)} of blackbox_exporter's, goal ${against(ratio, '<=', plan.goal)}`,
    );
  }
}

/** Every measured probe within the time must have its request in the server's log. */
function errorsOf(
  measured: readonly Measured[],
  truths: ReadonlyMap<string, readonly Truth[]>,
  { fromMs, toMs }: Window,
): Errors {
  const errors = {
    connect: [] as number[],
    processing: [] as number[],
    transfer: [] as number[],
    total: [] as number[],
  };
  for (const probe of measured) {
    if (probe.atMs < fromMs || probe.atMs >= toMs) continue;
    const truth = truths.get(probe.path)?.find(({ atMs }) => Math.abs(atMs - probe.atMs) < SAME_RUN_MS);
    if (truth === undefined) throw new Error(`the server knows nothing of ${probe.path} at ${probe.atMs}`);
    for (const phase of PHASES) errors[phase].push((probe[phase] - truth[phase]) / 1000);
  }
  return errors;
}

/** The connection is taken to be there at once: the server cannot see how long it took. */
function readTruths(log: string): Map<string, Truth[]> {
  const truths = new Map<string, Truth[]>();
  for (const line of log.trim().split('\n')) {
    const [path, atMs, processing, transfer]: [string, number, number, number] = JSON.parse(line);
    const known = truths.get(path) ?? [];
    known.push({ atMs, connect: 0, processing, transfer, total: processing + transfer });
    truths.set(path, known);
  }
  return truths;
}

function measuredBy(sink: Sink): Measured[] {
  return sink.columns.flatMap(({ check, at_ms: instants, up, values }) =>
    instants.map((atMs, index) => {
      if (up[index] !== 1) throw new Error(`${check} was not up`);
      const value = (name: string) => values[name]?.[index] ?? Number.NaN;
      return {
        path: `/${check}`,
        atMs,
        connect: value('connect'),
        processing: value('processing'),
        transfer: value('transfer'),
        total: value('total'),
      };
    }),
  );
}

function paths(prefix: string, count: number): string[] {
  return Array.from({ length: count }, (_, index) => `/${prefix}-${index}`);
}

interface OwnOptions {
  readonly folder: string;
  readonly sink: Sink;
  readonly origin: string;
  readonly checks: number;
}

function startOwn({ folder, sink, origin, checks }: OwnOptions): Promise<OwnProgram> {
  sink.assign(
    paths('own', checks).map((path) => ({
      id: path.slice(1),
      every_ms: EVERY_MS,
      timeout_ms: EVERY_MS,
      probe: { type: 'http', url: origin + path },
    })),
  );
  return startAgent({ folder: mkdtempSync(join(folder, 'agent-')), collectorUrl: sink.url });
}

async function startServer(): Promise<{ readonly running: Running; readonly origin: string }> {
  const port = await freePort();
  const file = join(import.meta.dirname, 'rig/delaying-server.ts');
  const origin = `http://127.0.0.1:${port}`;
  const running = await startProcess({ command: [process.execPath, file, String(port)], readyUrl: `${origin}/ready` });
  return { running, origin };
}

async function observe(running: Running, forMs: number): Promise<Round> {
  const [fromMs, before] = [Date.now(), running.usage()];
  await sleep(forMs);
  return { fromMs, toMs: Date.now(), cpuMs: running.usage().cpuMs - before.cpuMs };
}
