/**
 * Checks a second on one core: the whole agent (scheduler, probe, spool, delivery) with more checks than it can run,
 * beside Debian's blackbox_exporter with wrk in front. Both are pinned to core 0 and take turns of two seconds, one
 * frozen while the other works, so that a change of the machine's speed hits both; nginx, wrk and the sink are on core 1.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Blackbox, startBlackbox } from './rig/blackbox.ts';
import { against, median, printTable, spread } from './rig/figures.ts';
import { inFolder } from './rig/folder.ts';
import { hasAll, requireProgram } from './rig/needs.ts';
import { startNginx, type Target } from './rig/nginx.ts';
import { type OwnProgram, startAgent } from './rig/own-programs.ts';
import { sleep } from './rig/process.ts';
import { type Sink, startSink } from './rig/sink.ts';

const PROBER_CORE = 0;
const OTHERS_CORE = 1;
const IN_FLIGHT = 32;
const CHECKS = 1_000;
const TURN_S = 2;
/** After a turn of the other one, until it works as before. */
const RESUME_MS = 300;
/** More than can be run, but not so much more that leaving runs out becomes the work. */
const OFFERED = 1.4;
const CALIBRATION_PER_SECOND = 20_000;

const isQuick = process.argv.includes('--quick');
/** Each with new processes: what a compiler makes of the same code differs from start to start. */
const GENERATIONS = isQuick ? 1 : 3;
const TURNS = isQuick ? 3 : 6;
/** Until compilers have done their work: an agent runs for months. */
const WARM_UP_MS = isQuick ? 12_000 : 25_000;

interface Scheme {
  readonly name: string;
  readonly goal: number;
  readonly url: (target: Target) => string;
}

const SCHEMES: readonly Scheme[] = [
  { name: 'http', goal: 4, url: ({ httpUrl }) => httpUrl },
  { name: 'https', goal: 1.3, url: ({ httpsUrl }) => httpsUrl },
  { name: 'https12', goal: 1.3, url: ({ https12Url }) => https12Url },
];

interface Turn {
  readonly perSecond: number;
  readonly cpuMs: number;
  readonly rssBytes: number;
}

interface Rig {
  readonly folder: string;
  readonly target: Target;
  readonly sink: Sink;
  readonly scheme: Scheme;
}

if (hasAll('agent-rate', ['nginx', 'openssl', 'setpriv', 'taskset'])) {
  // The sink is in this process: it shall not run on the prober's core.
  execFileSync(requireProgram('taskset'), ['-acp', String(OTHERS_CORE), String(process.pid)]);
  await inFolder(async (folder, cleanUp) => {
    const target = await startNginx(folder, OTHERS_CORE);
    cleanUp(target.running.stop);
    const sink = await startSink();
    cleanUp(sink.close);
    const only = SCHEMES.find(({ name }) => process.argv.includes(name));
    for (const scheme of only === undefined ? SCHEMES : [only]) await compare({ folder, target, sink, scheme });
  });
}

async function compare(rig: Rig): Promise<void> {
  const hasPeer = hasAll('agent-rate, the row of blackbox_exporter', ['prometheus-blackbox-exporter', 'wrk']);
  const [own, peer]: [Turn[], Turn[]] = [[], []];
  const possible = await calibrate(rig);
  for (let generation = 0; generation < GENERATIONS; generation++) {
    const agent = await startOwn(rig, possible * OFFERED);
    await sleep(WARM_UP_MS);
    const blackbox = hasPeer ? await startPeer(rig) : null;
    for (let turn = 0; turn < TURNS; turn++) {
      own.push(await ownTurn(agent, rig.sink));
      if (blackbox === null) continue;
      process.kill(agent.running.pid, 'SIGSTOP');
      peer.push(peerTurn(blackbox, rig, TURN_S));
      process.kill(agent.running.pid, 'SIGCONT');
    }
    await blackbox?.running.stop();
    await agent.running.stop();
  }
  report(rig.scheme, own, peer);
}

function report({ name, goal }: Scheme, own: readonly Turn[], peer: readonly Turn[]): void {
  const rows = [row('nines-agent', own)];
  if (peer.length > 0) rows.push(row('blackbox_exporter', peer));
  printTable([`${name}, ${own.length} turns`, 'probes/s a core', 'CPU ms a probe', 'RSS MiB'], rows);
  if (peer.length === 0) return;
  const rates = own.map(({ perSecond }, at) => perSecond / (peer[at]?.perSecond ?? Number.NaN));
  // Other work on the machine takes rate from whoever has the turn, but hardly CPU time.
  const costs = own.map(({ cpuMs }, at) => (peer[at]?.cpuMs ?? Number.NaN) / cpuMs);
  console.log(`${name}: ${spread(rates, 2)}× blackbox_exporter, goal ${against(median(rates), '>=', goal)}`);
  console.log(`${name}: ${spread(costs, 2)}× by CPU time`);
}

function row(name: string, turns: readonly Turn[]): string[] {
  const of = (pick: (turn: Turn) => number, digits: number) => spread(turns.map(pick), digits);
  return [name, of((turn) => turn.perSecond, 0), of((turn) => turn.cpuMs, 3), of((turn) => turn.rssBytes / 2 ** 20, 0)];
}

/** Probes a second that the agent can run at about the present speed of the machine. */
async function calibrate(rig: Rig): Promise<number> {
  const agent = await startOwn(rig, CALIBRATION_PER_SECOND);
  await sleep(WARM_UP_MS);
  const { perSecond } = await ownTurn(agent, rig.sink);
  await agent.running.stop();
  return perSecond;
}

function startOwn({ folder, target, sink, scheme }: Rig, perSecond: number): Promise<OwnProgram> {
  sink.columns.length = 0;
  sink.assign(
    Array.from({ length: CHECKS }, (_, index) => ({
      id: `site-${index}`,
      every_ms: Math.floor((CHECKS * 1000) / perSecond),
      timeout_ms: 10_000,
      probe: { type: 'http', url: `${scheme.url(target)}/` },
    })),
  );
  return startAgent({
    folder: mkdtempSync(join(folder, 'agent-')),
    collectorUrl: sink.url,
    core: PROBER_CORE,
    caFile: target.caFile,
    concurrency: IN_FLIGHT,
  });
}

/** What the sink stores with an instant within the turn is what counts; it comes within the interval of batches. */
async function ownTurn(agent: OwnProgram, sink: Sink): Promise<Turn> {
  await sleep(RESUME_MS);
  const skippedBefore = await skippedBy(agent);
  const [fromMs, before] = [Date.now(), agent.running.usage()];
  await sleep(TURN_S * 1000);
  const [toMs, after] = [Date.now(), agent.running.usage()];
  if ((await skippedBy(agent)) === skippedBefore)
    console.log('this turn did not saturate the agent: its rate is too low');
  const hasArrived = () => sink.columns.some(({ at_ms: instants }) => instants.some((atMs) => atMs >= toMs));
  while (!hasArrived()) await sleep(200);
  const count = countUp(sink, fromMs, toMs);
  return {
    perSecond: (count * 1000) / (toMs - fromMs),
    cpuMs: (after.cpuMs - before.cpuMs) / count,
    rssBytes: after.rssBytes,
  };
}

function countUp(sink: Sink, fromMs: number, toMs: number): number {
  let count = 0;
  for (const { check, at_ms: instants, up, reasons } of sink.columns) {
    if (up.some((outcome) => outcome !== 1)) throw new Error(`${check} was not up: ${JSON.stringify(reasons)}`);
    for (const atMs of instants) if (atMs >= fromMs && atMs < toMs) count++;
  }
  return count;
}

async function skippedBy(agent: OwnProgram): Promise<number> {
  return (await agent.metrics()).get('nines_agent_skipped_runs_total') ?? 0;
}

async function startPeer(rig: Rig): Promise<Blackbox> {
  const blackbox = await startBlackbox(rig.folder, rig.target.caFile, { core: PROBER_CORE });
  const page = await (await fetch(probeUrl(blackbox, rig))).text();
  if (!page.includes('\nprobe_success 1')) throw new Error(`blackbox_exporter finds the target down:\n${page}`);
  return blackbox;
}

function peerTurn(blackbox: Blackbox, rig: Rig, seconds: number): Turn {
  const before = blackbox.running.usage();
  const requests = runWrk(probeUrl(blackbox, rig), seconds, rig.folder);
  const after = blackbox.running.usage();
  return { ...requests, cpuMs: (after.cpuMs - before.cpuMs) / requests.count, rssBytes: after.rssBytes };
}

function probeUrl(blackbox: Blackbox, { scheme, target }: Rig): string {
  return `http://${blackbox.address}${blackbox.probePath(`${scheme.url(target)}/`)}`;
}

/** By itself wrk tells its counts only in words. */
function runWrk(url: string, seconds: number, folder: string): { readonly count: number; readonly perSecond: number } {
  const script = join(folder, 'counts.lua');
  writeFileSync(
    script,
    `function done(summary)
  local e = summary.errors
  io.write(string.format('RESULT {"count":%d,"seconds":%f,"failed":%d}\\n', summary.requests, summary.duration / 1e6,
    e.connect + e.read + e.write + e.status + e.timeout))
end
`,
  );
  const text = execFileSync(
    requireProgram('taskset'),
    ['-c', String(OTHERS_CORE), requireProgram('wrk'), '-t1', `-c${IN_FLIGHT}`, `-d${seconds}s`, '-s', script, url],
    { encoding: 'utf8' },
  );
  const result: { count: number; seconds: number; failed: number } = JSON.parse(
    /^RESULT (.*)$/m.exec(text)?.[1] ?? '{}',
  );
  if (result.failed !== 0) throw new Error(`wrk: ${result.failed} requests failed`);
  return { count: result.count, perSecond: result.count / result.seconds };
}
