import { writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readPage } from './blackbox.ts';
import { freePort, type Running, startProcess } from './process.ts';

const AGENT = fileURLToPath(new URL('../../../agent/bin/nines-agent.mjs', import.meta.url));
export const COLLECTOR = fileURLToPath(new URL('../../../collector/bin/nines-collector.mjs', import.meta.url));
/**
 * Flags for V8 instead of those that the agent gives itself, to try others: `NINES_BENCH_AGENT_FLAGS='--no-maglev …'`. What
 * the agent knows them by, and what it tells the allocator, is added here: without it the agent would add its own flags.
 */
const AGENT_FLAGS = process.env.NINES_BENCH_AGENT_FLAGS;
const GIVEN_FLAG = '--expose-gc';
const GIVEN_ENV = { MALLOC_ARENA_MAX: '1', MALLOC_TRIM_THRESHOLD_: '65536' };

/** The name and the token of the one agent of a benchmark. */
export const AGENT_NAME = 'bench';
export const TOKEN = 'bench-token-of-32-characters-....';

/** A check as `nines.yaml` has it. */
export interface CheckSettings {
  readonly id: string;
  readonly every: string;
  readonly timeout: string;
  readonly probe: Readonly<Record<string, unknown>>;
}

/** A program of ours that shows its metrics. */
export interface OwnProgram {
  readonly running: Running;
  readonly url: string;
  /** The samples of its `/metrics`, whatever their labels, by name; several of one name are summed. */
  metrics(): Promise<ReadonlyMap<string, number>>;
}

export interface AgentOptions {
  readonly folder: string;
  readonly collectorUrl: string;
  readonly core?: number;
  readonly caFile?: string;
  readonly concurrency?: number;
  /** The Node that runs it; this process's own when absent. */
  readonly node?: string;
}

/** The real agent, through its own first line, as it is installed; it prints only warnings. */
export async function startAgent(options: AgentOptions): Promise<OwnProgram> {
  const { folder, collectorUrl, core, caFile, concurrency, node = process.execPath } = options;
  const port = await freePort();
  const path = join(folder, 'agent.yaml');
  const token = join(folder, 'agent-token');
  writeFileSync(token, TOKEN);
  const file = {
    collector: { url: collectorUrl, token: { file: token } },
    listen: `127.0.0.1:${port}`,
    spool: { directory: join(folder, 'spool') },
    ...(caFile === undefined ? {} : { trust: { ca_file: caFile } }),
    ...(concurrency === undefined ? {} : { concurrency }),
  };
  writeFileSync(path, JSON.stringify(file));
  const flags = AGENT_FLAGS?.split(' ').filter(Boolean);
  const asGiven = flags === undefined ? [] : [node, ...flags, GIVEN_FLAG];
  const url = `http://127.0.0.1:${port}`;
  const running = await startProcess({
    command: [...asGiven, AGENT, 'run', '--config', path, '--log-level', 'warn'],
    ...(core === undefined ? {} : { core }),
    env: { PATH: `${dirname(node)}${delimiter}${process.env.PATH ?? ''}`, ...(flags === undefined ? {} : GIVEN_ENV) },
    readyUrl: `${url}/healthz`,
  });
  return { running, url, metrics: () => readMetrics(url) };
}

/**
 * The real collector with one agent and these checks, each promised in an objective of its own id. Started again on the
 * same folder it goes on with what is stored there. `settings` are added to the section `collector:`.
 */
export async function startCollector(
  folder: string,
  checks: readonly CheckSettings[],
  settings: Readonly<Record<string, unknown>> = {},
): Promise<OwnProgram> {
  const port = await freePort();
  const path = join(folder, 'nines.yaml');
  writeFileSync(join(folder, 'token'), TOKEN);
  const nines = {
    collector: { listen: `127.0.0.1:${port}`, data: join(folder, 'data'), ...settings },
    agents: [{ name: AGENT_NAME, token: { file: 'token' } }],
    checks,
    customers: [{ id: 'acme' }],
    contracts: [
      {
        id: 'hosting',
        customer: 'acme',
        objectives: checks.map(({ id }) => ({
          id,
          indicator: { kind: 'availability', checks: [id] },
          target: '99.9',
          period: 'calendar_month',
        })),
      },
    ],
  };
  writeFileSync(path, JSON.stringify(nines));
  const url = `http://127.0.0.1:${port}`;
  const running = await startProcess({
    command: [COLLECTOR, 'serve', '--config', path, '--log-level', 'warn'],
    readyUrl: `${url}/readyz`,
  });
  return { running, url, metrics: () => readMetrics(url) };
}

async function readMetrics(url: string): Promise<ReadonlyMap<string, number>> {
  const samples = readPage(await (await fetch(`${url}/metrics`)).text());
  const sums = new Map<string, number>();
  for (const [name, value] of samples) {
    const bare = name.replace(/\{.*$/, '');
    sums.set(bare, (sums.get(bare) ?? 0) + value);
  }
  return sums;
}
