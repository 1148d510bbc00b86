/**
 * What the agent costs a host: 1,000 http checks every 30 s, stored by a real collector; beside it, at the same time
 * and on the same nginx, Debian's blackbox_exporter and the Prometheus that drives and stores it. Each has been asked for
 * its page once; what is resident is as after a boot (see `asAfterBoot`). `--quick` for minutes less.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { asAfterBoot } from './rig/as-after-boot.ts';
import { type Blackbox, startBlackbox } from './rig/blackbox.ts';
import { against, mebibytes, median, printTable } from './rig/figures.ts';
import { inFolder } from './rig/folder.ts';
import { hasAll, requireProgram } from './rig/needs.ts';
import { startNginx } from './rig/nginx.ts';
import { type OwnProgram, startAgent, startCollector } from './rig/own-programs.ts';
import { freePort, type ProcessUsage, type Running, sleep, startProcess } from './rig/process.ts';

const CHECKS = 1_000;
const EVERY_S = 30;
const SAMPLE_MS = 5_000;
const GOAL_RSS_MIB = 90;
const STRETCH_RSS_MIB = 75;
const GOAL_CPU_MS = 1.0;

const isQuick = process.argv.includes('--quick');
const WARM_UP_MS = isQuick ? 60_000 : 180_000;
const MEASURE_MS = isQuick ? 60_000 : 180_000;

/** One program over the time that counts. */
interface Cost {
  readonly rssBytes: number;
  readonly anonymousBytes: number;
  readonly hugeFileBytes: number;
  readonly cpuMs: number;
}

interface Prometheus {
  readonly running: Running;
  /** Probes stored so far. */
  stored(): Promise<number>;
}

if (hasAll('agent-footprint', ['cp', 'dd', 'nginx', 'openssl', 'setpriv'])) await inFolder(measure);

async function measure(folder: string, cleanUp: (ending: () => Promise<unknown>) => void): Promise<void> {
  const keep = <Started extends { readonly running: Running }>(started: Started): Started => {
    cleanUp(started.running.stop);
    return started;
  };
  const target = keep(await startNginx(folder));
  const urls = Array.from({ length: CHECKS }, (_, index) => `${target.httpUrl}/site-${index}`);
  const checks = urls.map((url, index) => ({
    id: `site-${index}`,
    every: `${EVERY_S}s`,
    timeout: '10s',
    probe: { type: 'http', url },
  }));
  const collector = keep(await startCollector(folder, checks));
  const node = asAfterBoot(process.execPath, folder);
  const agent = keep(await startAgent({ folder, collectorUrl: collector.url, node }));
  const hasPeer = hasAll('agent-footprint, the row of blackbox_exporter', [
    'prometheus-blackbox-exporter',
    'prometheus',
  ]);
  const blackbox = hasPeer ? keep(await startBlackbox(folder, null, { isAsAfterBoot: true })) : null;
  const prometheus = blackbox === null ? null : keep(await startPrometheus(folder, blackbox, urls));
  console.log(`warm-up ${WARM_UP_MS / 1000} s, measured ${MEASURE_MS / 1000} s`);
  await sleep(WARM_UP_MS);
  const storedBefore = await storedBy(collector);
  const peerStoredBefore = (await prometheus?.stored()) ?? 0;
  const processes = [agent.running, collector.running];
  if (blackbox !== null && prometheus !== null) processes.push(blackbox.running, prometheus.running);
  const costs = await watch(processes);
  const stored = (await storedBy(collector)) - storedBefore;
  const peerStored = ((await prometheus?.stored()) ?? 0) - peerStoredBefore;
  report(costs, stored, peerStored);
}

function report(costs: readonly Cost[], stored: number, peerStored: number): void {
  const [agent, collector, blackbox, prometheus] = costs;
  if (agent === undefined || collector === undefined) return;
  const own = { ...agent, cpuMs: agent.cpuMs + collector.cpuMs };
  const rows = [row('nines-agent', agent, stored), row('nines-agent, with the CPU of its collector', own, stored)];
  if (blackbox !== undefined && prometheus !== undefined) {
    rows.push(row('blackbox_exporter', blackbox, peerStored), row('Prometheus', prometheus, peerStored));
    rows.push(row('blackbox_exporter + Prometheus', sum(blackbox, prometheus), peerStored));
  }
  printTable(['process', 'RSS MiB', 'anonymous MiB', 'huge file MiB', 'CPU ms a stored check', 'stored'], rows);
  const rss = agent.rssBytes / 2 ** 20;
  console.log(`agent RSS MiB ${against(rss, '<=', GOAL_RSS_MIB)}, then ${against(rss, '<=', STRETCH_RSS_MIB)}`);
  console.log(`agent CPU ms a stored check ${against(agent.cpuMs / stored, '<=', GOAL_CPU_MS)}`);
  if (blackbox === undefined || prometheus === undefined) return;
  const peer = sum(blackbox, prometheus);
  console.log(
    `less than blackbox_exporter + Prometheus: RSS ${(peer.rssBytes / agent.rssBytes).toFixed(1)}×, CPU of the agent ` +
      `${(peer.cpuMs / peerStored / (agent.cpuMs / stored)).toFixed(1)}×, CPU of agent and collector ` +
      `${(peer.cpuMs / peerStored / (own.cpuMs / stored)).toFixed(1)}×`,
  );
}

function row(name: string, { rssBytes, anonymousBytes, hugeFileBytes, cpuMs }: Cost, stored: number): string[] {
  const sizes = [rssBytes, anonymousBytes, hugeFileBytes].map(mebibytes);
  return [name, ...sizes, (cpuMs / stored).toFixed(3), String(stored)];
}

function sum(a: Cost, b: Cost): Cost {
  return {
    rssBytes: a.rssBytes + b.rssBytes,
    anonymousBytes: a.anonymousBytes + b.anonymousBytes,
    hugeFileBytes: a.hugeFileBytes + b.hugeFileBytes,
    cpuMs: a.cpuMs + b.cpuMs,
  };
}

/** Memory is the median over the time, CPU its difference. */
async function watch(processes: readonly Running[]): Promise<Cost[]> {
  const samples: ProcessUsage[][] = [];
  const sample = () => samples.push(processes.map((running) => running.usage()));
  sample();
  for (let elapsedMs = 0; elapsedMs < MEASURE_MS; elapsedMs += SAMPLE_MS) {
    await sleep(SAMPLE_MS);
    sample();
  }
  return processes.map((_, at) => {
    const own = samples.flatMap((all) => all[at] ?? []);
    return {
      rssBytes: median(own.map(({ rssBytes }) => rssBytes)),
      anonymousBytes: median(own.map(({ anonymousBytes }) => anonymousBytes)),
      hugeFileBytes: median(own.map(({ hugeFileBytes }) => hugeFileBytes)),
      cpuMs: (own.at(-1)?.cpuMs ?? 0) - (own[0]?.cpuMs ?? 0),
    };
  });
}

async function storedBy(collector: OwnProgram): Promise<number> {
  return (await collector.metrics()).get('nines_ingest_observations_total') ?? 0;
}

async function startPrometheus(folder: string, blackbox: Blackbox, urls: readonly string[]): Promise<Prometheus> {
  const config = join(folder, 'prometheus.yml');
  const address = `127.0.0.1:${await freePort()}`;
  const job = {
    job_name: 'blackbox',
    metrics_path: '/probe',
    params: { module: ['http'] },
    static_configs: [{ targets: urls }],
    relabel_configs: [
      { source_labels: ['__address__'], target_label: '__param_target' },
      { source_labels: ['__param_target'], target_label: 'instance' },
      { target_label: '__address__', replacement: blackbox.address },
    ],
  };
  writeFileSync(config, JSON.stringify({ global: { scrape_interval: `${EVERY_S}s` }, scrape_configs: [job] }));
  const running = await startProcess({
    command: [
      asAfterBoot(requireProgram('prometheus'), folder),
      `--config.file=${config}`,
      `--storage.tsdb.path=${join(folder, 'prometheus')}`,
      `--web.listen-address=${address}`,
      '--log.level=error',
    ],
    readyUrl: `http://${address}/-/ready`,
  });
  return {
    running,
    async stored() {
      const query = 'sum(count_over_time(probe_success[1h]))';
      const response = await fetch(`http://${address}/api/v1/query?${new URLSearchParams({ query })}`);
      const answer: { data: { result: { value: [number, string] }[] } } = JSON.parse(await response.text());
      return Number(answer.data.result[0]?.value[1] ?? 0);
    },
  };
}
