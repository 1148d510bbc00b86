import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Observation } from '@nines/shared/observation.ts';
import { observationsOf } from '@nines/shared/wire.ts';
import { openStore } from '../../../collector/src/store/open.ts';
import { eventually } from '../programs.ts';
import { type Prometheus, startPrometheus } from '../prometheus.ts';
import { type Blackbox, startBlackbox } from './blackbox.ts';
import type { Daemon } from './daemon.ts';
import { createNinesPair, type NinesPair } from './nines-pair.ts';
import { startWorld, type World } from './world.ts';

/** Length of the run before, in and after the outage. */
const BEFORE_MS = 35_000;
const OUTAGE_MS = 20_000;
const AFTER_MS = 40_000;
/** What was seen until the end has been delivered and scraped by then. */
const SETTLE_MS = 3_000;

/** All that a run with an outage left behind. */
export interface OutageRun {
  /** The judged interval: everything was up at both ends. */
  readonly fromMs: number;
  readonly toMs: number;
  /** When nginx was told to end, and when it was started again. */
  readonly outage: { readonly stoppingMs: number; readonly startingMs: number };
  readonly checks: readonly string[];
  /** A scrape after the last run was stored. */
  readonly endMs: number;
  readonly prometheus: Prometheus;
  /** `GET /api/v1/attainment` of `[fromMs, toMs)`, by objective. */
  readonly attainments: ReadonlyMap<string, AttainmentAnswer>;
  /** `/metrics` of both programs at the end of the interval. */
  readonly pages: { readonly collector: string; readonly agent: string };
  /** Pages of blackbox_exporter probing the same, by check. */
  readonly blackboxPages: ReadonlyMap<string, string>;
  /** Every observation in the store after everything was stopped. */
  readonly stored: readonly Observation[];
  readonly exitCodes: { readonly collector: number | null; readonly agent: number | null };
}

/** The part of the API's answer that is compared. */
export interface AttainmentAnswer {
  readonly objective: string;
  readonly attainment: string | null;
  readonly coverage: string | null;
  readonly unit: string;
  readonly good: number;
  readonly bad: number;
  readonly unknown: number;
  readonly incidents: readonly {
    readonly from_ms: number;
    readonly to_ms: number | null;
    readonly reasons: string[];
  }[];
}

/** Runs everything for about two minutes; `stops` are the ways to end what was started, last first. */
export async function runWithOutage(folder: string, stops: (() => unknown)[]): Promise<OutageRun> {
  const world = await startWorld(folder);
  stops.push(() => world.stop());
  const blackbox = await startBlackbox(folder, world.caFile);
  stops.push(() => blackbox.stop());
  const pair = await createNinesPair({ folder, caFile: world.caFile, sections: sectionsOf(world) });
  const collector = await pair.startCollector();
  stops.push(() => collector.stop());
  const prometheus = await startPrometheus(folder, prometheusConfiguration({ pair, blackbox, world }));
  stops.push(() => prometheus.stop());
  // Counters are scraped before the first run, as 0: an increase from nothing is none to Prometheus.
  await seen(prometheus, 'nines_runs_total{job="nines-collector"}', 3 * world.checks.length);
  const agent = await pair.startAgent();
  stops.push(() => agent.stop());
  await seen(prometheus, 'probe_success', 2 * world.checks.length + 2);

  const fromMs = Date.now();
  await sleep(BEFORE_MS);
  const stoppingMs = Date.now();
  await world.nginx.stop();
  await sleep(OUTAGE_MS);
  const startingMs = Date.now();
  await world.nginx.start();
  await sleep(AFTER_MS);
  const toMs = fromMs + Math.floor((Date.now() - fromMs) / 1_000) * 1_000;
  await sleep(SETTLE_MS);
  return finish(
    { world, blackbox, pair, collector, agent, prometheus },
    { fromMs, toMs, outage: { stoppingMs, startingMs } },
  );
}

interface Running {
  readonly world: World;
  readonly blackbox: Blackbox;
  readonly pair: NinesPair;
  readonly collector: Daemon;
  readonly agent: Daemon;
  readonly prometheus: Prometheus;
}

async function finish(
  { world, blackbox, pair, collector, agent, prometheus }: Running,
  { fromMs, toMs, outage }: Pick<OutageRun, 'fromMs' | 'toMs' | 'outage'>,
): Promise<OutageRun> {
  const pages = { collector: await text(pair.collector, '/metrics'), agent: await text(pair.agent, '/metrics') };
  const blackboxPages = new Map<string, string>();
  for (const { id, blackboxModule, target } of world.checks) {
    if (blackboxModule !== null) blackboxPages.set(id, await blackbox.probe(blackboxModule, target));
  }
  const agentCode = await agent.stop();
  const stoppedMs = Date.now();
  await eventually('Prometheus has scraped what the agent delivered last', async () => {
    const [scraped] = (
      await prometheus.query('timestamp(nines_runs_total{job="nines-collector"})', Date.now())
    ).values();
    return (scraped ?? 0) * 1_000 > stoppedMs;
  });
  const endMs = Date.now();
  const answer = asAnswer(JSON.parse(await text(pair.collector, `/api/v1/attainment?from=${fromMs}&to=${toMs}`)));
  const collectorCode = await collector.stop();
  return {
    fromMs,
    toMs,
    outage,
    checks: world.checks.map(({ id }) => id),
    endMs,
    prometheus,
    attainments: new Map(answer.attainments.map((one) => [one.objective, one])),
    pages,
    blackboxPages,
    stored: await readStore(pair.dataDirectory),
    exitCodes: { collector: collectorCode, agent: agentCode },
  };
}

/** Waits until the selector has so many series. */
async function seen(prometheus: Prometheus, selector: string, count: number): Promise<void> {
  await eventually(`Prometheus has ${count} series of ${selector}`, async () => {
    const [found] = (await prometheus.query(`count(${selector})`, Date.now())).values();
    return found === count;
  });
}

function sectionsOf({ checks }: World): Readonly<Record<string, unknown>> {
  const availability = (check: string) => ({
    id: check,
    indicator: { kind: 'availability', checks: [check] },
    target: '99.9',
    period: 'calendar_month',
  });
  return {
    checks: checks.map(({ id, every, probe }) => ({ id, every, probe })),
    customers: [{ id: 'acme' }],
    contracts: [
      {
        id: 'hosting',
        customer: 'acme',
        time_zone: 'Europe/Berlin',
        objectives: checks.map(({ id }) => availability(id)),
      },
    ],
  };
}

const EXAMPLE = fileURLToPath(new URL('../../../config/prometheus/scrape.example.yml', import.meta.url));

/** The example that is handed to operators, with this run's ports, each second, and blackbox_exporter beside it. */
function prometheusConfiguration({ pair, blackbox, world }: Pick<Running, 'pair' | 'blackbox' | 'world'>): string {
  const example = readFileSync(EXAMPLE, 'utf8')
    .replace('scrape_interval: 15s', 'scrape_interval: 1s\n  scrape_timeout: 1s')
    .replaceAll('127.0.0.1:9640', pair.collector)
    .replace('127.0.0.1:9641', pair.agent);
  const jobs = world.checks
    .filter(({ isInOutage }) => isInOutage)
    .map(
      ({ id, blackboxModule, target }) => `
  - job_name: blackbox-${id}
    metrics_path: /probe
    params: { module: [${blackboxModule}], target: ["${target}"] }
    static_configs: [{ targets: ["${blackbox.address}"], labels: { check: ${id} } }]
`,
    );
  return example + jobs.join('');
}

async function readStore(directory: string): Promise<Observation[]> {
  const store = await openStore({ directory });
  const observations: Observation[] = [];
  for await (const { batch } of store.tail(0)) observations.push(...observationsOf(batch));
  await store.close();
  return observations;
}

async function text(address: string, path: string): Promise<string> {
  const response = await fetch(`http://${address}${path}`);
  if (!response.ok) throw new Error(`${address}${path}: ${response.status} ${await response.text()}`);
  return response.text();
}

/** Safe: the answer of the collector's API, whose form its own tests check. */
function asAnswer(value: unknown): { readonly attainments: readonly AttainmentAnswer[] } {
  return value as { readonly attainments: readonly AttainmentAnswer[] };
}
