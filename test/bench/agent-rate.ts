/**
 * Checks a second on one core: the whole agent (scheduler, probe, spool, delivery) with more checks than it can run,
 * beside Debian's blackbox_exporter with wrk in front, each pinned to core 0; nginx, wrk and the sink on core 1. Passes
 * take turns, so that a change of the machine's speed hits both.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startBlackbox } from './rig/blackbox.ts';
import { against, median, printTable, spread } from './rig/figures.ts';
import { inFolder } from './rig/folder.ts';
import { findProgram, hasAll, requireProgram } from './rig/needs.ts';
import { startNginx, type Target } from './rig/nginx.ts';
import { startAgent } from './rig/own-programs.ts';
import { type ProcessUsage, type Running, sleep } from './rig/process.ts';
import { type Sink, startSink } from './rig/sink.ts';

const PROBER_CORE = 0;
const OTHERS_CORE = 1;
const IN_FLIGHT = 32;
const CHECKS = 1_000;

const isQuick = process.argv.includes('--quick');
const PASSES = isQuick ? 2 : 7;
const WARM_UP_S = isQuick ? 3 : 5;
const MEASURE_S = isQuick ? 3 : 8;

/** Every check falls due so often that all of them together are more than one core can run. */
const SCHEMES = [
  { scheme: 'http', everyMs: 60, goal: 4 },
  { scheme: 'https', everyMs: 300, goal: 1.3 },
] as const;

type Scheme = (typeof SCHEMES)[number];

interface Pass {
  readonly perSecond: number;
  readonly cpuMs: number;
  readonly rssBytes: number;
}

interface Rig {
  readonly folder: string;
  readonly target: Target;
  readonly sink: Sink;
}

if (hasAll('agent-rate', ['nginx', 'openssl', 'setpriv', 'taskset'])) {
  // The sink is in this process: it shall not run on the prober's core.
  execFileSync(requireProgram('taskset'), ['-acp', String(OTHERS_CORE), String(process.pid)]);
  await inFolder(async (folder, cleanUp) => {
    const target = await startNginx(folder, OTHERS_CORE);
    cleanUp(target.running.stop);
    const sink = await startSink();
    cleanUp(sink.close);
    const only = process.argv.find((arg) => SCHEMES.some(({ scheme }) => scheme === arg));
    for (const scheme of SCHEMES) {
      if (only === undefined || only === scheme.scheme) await compare(scheme, { folder, target, sink });
    }
  });
}

async function compare(scheme: Scheme, rig: Rig): Promise<void> {
  const hasPeer = hasAll('agent-rate, the row of blackbox_exporter', ['prometheus-blackbox-exporter', 'wrk']);
  const [own, peer]: [Pass[], Pass[]] = [[], []];
  for (let pass = 0; pass < PASSES; pass++) {
    own.push(await agentPass(scheme, rig));
    if (hasPeer) peer.push(await blackboxPass(scheme, rig));
  }
  const rows = [row('nines-agent', own)];
  if (hasPeer) rows.push(row('blackbox_exporter', peer));
  printTable([`${scheme.scheme}, ${PASSES} passes`, 'probes/s a core', 'CPU ms a probe', 'RSS MiB'], rows);
  if (!hasPeer) return;
  const ratios = own.map(({ perSecond }, at) => perSecond / (peer[at]?.perSecond ?? Number.NaN));
  console.log(
    `${scheme.scheme}: ${spread(ratios, 2)}× blackbox_exporter, goal ${against(median(ratios), '>=', scheme.goal)}`,
  );
}

function row(name: string, passes: readonly Pass[]): string[] {
  return [
    name,
    spread(
      passes.map(({ perSecond }) => perSecond),
      0,
    ),
    spread(
      passes.map(({ cpuMs }) => cpuMs),
      3,
    ),
    spread(
      passes.map(({ rssBytes }) => rssBytes / 2 ** 20),
      0,
    ),
  ];
}

/** What the sink has stored with an instant within the measured time is what counts. */
async function agentPass({ scheme, everyMs }: Scheme, { folder, target, sink }: Rig): Promise<Pass> {
  const url = urlOf(scheme, target);
  sink.columns.length = 0;
  sink.assign(
    Array.from({ length: CHECKS }, (_, index) => ({
      id: `site-${index}`,
      every_ms: everyMs,
      timeout_ms: 10_000,
      probe: { type: 'http', url },
    })),
  );
  const agent = await startAgent({
    folder: mkdtempSync(join(folder, 'agent-')),
    collectorUrl: sink.url,
    core: PROBER_CORE,
    caFile: target.caFile,
    concurrency: IN_FLIGHT,
  });
  await sleep(WARM_UP_S * 1000);
  const skippedBefore = (await agent.metrics()).get('nines_agent_skipped_runs_total') ?? 0;
  const fromMs = Date.now();
  const used = await over(MEASURE_S, agent.running);
  const toMs = Date.now();
  const skipped = ((await agent.metrics()).get('nines_agent_skipped_runs_total') ?? 0) - skippedBefore;
  const said = await agent.running.stop();
  if (skipped === 0) throw new Error('the agent was not saturated: nothing was skipped');
  let count = 0;
  for (const { at_ms: instants, up } of sink.columns) {
    if (up.some((outcome) => outcome !== 1)) throw new Error(`not every probe was up\n${said}`);
    for (const atMs of instants) if (atMs >= fromMs && atMs < toMs) count++;
  }
  return { perSecond: (count * 1000) / (toMs - fromMs), cpuMs: used.cpuMs / count, rssBytes: used.rssBytes };
}

async function blackboxPass({ scheme }: Scheme, { folder, target }: Rig): Promise<Pass> {
  const blackbox = await startBlackbox(folder, target.caFile, PROBER_CORE);
  const url = `http://${blackbox.address}${blackbox.probePath(urlOf(scheme, target))}`;
  const page = await (await fetch(url)).text();
  if (!page.includes('\nprobe_success 1')) throw new Error(`blackbox_exporter finds the target down:\n${page}`);
  runWrk(url, WARM_UP_S, folder);
  const before = blackbox.running.usage();
  const { perSecond, requests } = runWrk(url, MEASURE_S, folder);
  const after = blackbox.running.usage();
  await blackbox.running.stop();
  return { perSecond, cpuMs: (after.cpuMs - before.cpuMs) / requests, rssBytes: after.rssBytes };
}

function urlOf(scheme: Scheme['scheme'], target: Target): string {
  return `${scheme === 'http' ? target.httpUrl : target.httpsUrl}/`;
}

async function over(seconds: number, running: Running): Promise<ProcessUsage> {
  const before = running.usage();
  await sleep(seconds * 1000);
  const after = running.usage();
  return { ...after, cpuMs: after.cpuMs - before.cpuMs };
}

/** wrk tells what it counted by itself only in words. */
function runWrk(
  url: string,
  seconds: number,
  folder: string,
): { readonly perSecond: number; readonly requests: number } {
  const script = join(folder, 'counts.lua');
  writeFileSync(
    script,
    `function done(summary)
  io.write(string.format('RESULT {"requests":%d,"seconds":%f,"failed":%d}\\n', summary.requests, summary.duration / 1e6,
    summary.errors.connect + summary.errors.read + summary.errors.write + summary.errors.status + summary.errors.timeout))
end
`,
  );
  const wrk = findProgram('wrk') ?? 'wrk';
  const text = execFileSync(
    requireProgram('taskset'),
    ['-c', String(OTHERS_CORE), wrk, '-t1', `-c${IN_FLIGHT}`, `-d${seconds}s`, '-s', script, url],
    { encoding: 'utf8' },
  );
  const result: { requests: number; seconds: number; failed: number } = JSON.parse(
    /^RESULT (.*)$/m.exec(text)?.[1] ?? '{}',
  );
  if (result.failed !== 0) throw new Error(`wrk: ${result.failed} requests failed`);
  return { perSecond: result.requests / result.seconds, requests: result.requests };
}
