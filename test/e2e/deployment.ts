import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { observationsOf } from '@nines/shared/wire.ts';
import { openStore } from '../../collector/src/store/open.ts';
import { temporaryFolder } from '../support/folders.ts';
import { freePort, type Program, type ProgramOptions, startProgram, untilReady } from '../support/programs.ts';

type Settings = Readonly<Record<string, unknown>>;

export interface CheckSettings extends Settings {
  readonly id: string;
}

export interface DeploymentOptions {
  readonly agents: readonly string[];
  readonly checks: readonly CheckSettings[];
  /** More of the section `collector:`. */
  readonly collector?: Settings;
  /** Other sections, and what is to stand in the place of one that a deployment writes itself. */
  readonly sections?: Settings;
  /** Where the collector listens; loopback when absent. */
  readonly host?: string;
  /** Folder for the collector's data, when it must not be the deployment's own. */
  readonly data?: string;
}

export interface AgentStart extends Pick<ProgramOptions, 'env' | 'prefix'> {
  /** Other lines for `agent.yaml`. */
  readonly settings?: Settings;
  /** Resolves at once, not when the agent answers. */
  readonly atOnce?: boolean;
}

/** A run as an agent says in its log that it has recorded it. */
export interface RecordedRun {
  readonly check: string;
  readonly atMs: number;
  readonly outcome: string;
  readonly reason: string | null;
}

/** An observation as it stands in the collector's journal. */
export interface StoredRun extends RecordedRun {
  readonly agent: string;
  readonly spool: string;
  readonly position: number;
}

/** A collector and its agents, each a real process, in a folder that goes with the test. */
export class Deployment {
  readonly folder = temporaryFolder();
  readonly url: string;
  readonly data: string;
  readonly ninesPath = join(this.folder, 'nines.yaml');
  readonly collectorLog = join(this.folder, 'collector.log');
  readonly #port: number;
  readonly #agentPorts = new Map<string, number>();
  #options: DeploymentOptions;

  static async create(options: DeploymentOptions): Promise<Deployment> {
    return new Deployment(options, await freePort(options.host));
  }

  private constructor(options: DeploymentOptions, port: number) {
    this.#options = options;
    this.#port = port;
    this.url = `http://${options.host ?? '127.0.0.1'}:${port}`;
    this.data = options.data ?? join(this.folder, 'data');
    mkdirSync(join(this.folder, 'tokens'));
    for (const agent of options.agents) writeFileSync(this.tokenPath(agent), tokenOf(agent));
    writeFileSync(join(this.folder, 'tokens', 'admin'), ADMIN_TOKEN);
    this.configure({});
  }

  /** Writes `nines.yaml`; what is given replaces what was there. */
  configure(changed: Partial<DeploymentOptions>): void {
    this.#options = { ...this.#options, ...changed };
    const { agents, checks, collector, sections, host = '127.0.0.1' } = this.#options;
    const nines = {
      collector: {
        listen: `${host}:${this.#port}`,
        data: this.data,
        admin_token: { file: 'tokens/admin' },
        ...collector,
      },
      agents: agents.map((name) => ({ name, token: { file: `tokens/${name}` } })),
      checks,
      customers: [{ id: 'acme' }],
      contracts: checks.length === 0 ? [] : [contractOf(checks)],
      ...sections,
    };
    // JSON is YAML.
    writeFileSync(this.ninesPath, JSON.stringify(nines, null, 1));
  }

  tokenPath(agent: string): string {
    return join(this.folder, 'tokens', agent);
  }

  agentPath(agent: string): string {
    return join(this.folder, `${agent}.yaml`);
  }

  spoolPath(agent: string): string {
    return join(this.folder, `spool-${agent}`);
  }

  logPath(agent: string): string {
    return join(this.folder, `${agent}.log`);
  }

  /** Starts the collector; with `atOnce` it is not waited for. */
  async startCollector({ atOnce = false } = {}): Promise<Program> {
    const args = ['serve', '--config', this.ninesPath];
    const collector = startProgram({ program: 'collector', args, logPath: this.collectorLog });
    if (!atOnce) await untilReady(collector, `${this.url}/readyz`, this.collectorLog);
    return collector;
  }

  async startAgent(
    name: string,
    { settings = {}, atOnce = false, env = {}, prefix = [] }: AgentStart = {},
  ): Promise<Program> {
    const port = this.#agentPorts.get(name) ?? (await freePort());
    this.#agentPorts.set(name, port);
    const file = {
      collector: { url: this.url, token: { file: `tokens/${name}` } },
      name,
      listen: `127.0.0.1:${port}`,
      spool: { directory: `spool-${name}` },
      batch_interval: '200ms',
      isolation: 'off',
      ...settings,
    };
    writeFileSync(this.agentPath(name), JSON.stringify(file, null, 1));
    const args = ['run', '--config', this.agentPath(name), '--log-level', 'debug'];
    const agent = startProgram({ program: 'agent', args, logPath: this.logPath(name), env, prefix });
    // An agent in another network cannot be asked from here.
    if (!atOnce && prefix.length === 0) await untilReady(agent, `http://127.0.0.1:${port}/healthz`, this.logPath(name));
    return agent;
  }

  /** The log of a program by line; what the death of the process tore is left out. */
  logged(path: string): Settings[] {
    if (!existsSync(path)) return [];
    return readFileSync(path, 'utf8')
      .split('\n')
      .map(readLine)
      .filter((line) => line !== null);
  }

  /** Every run that the agent says it has recorded, in its order. */
  recorded(agent: string): RecordedRun[] {
    return this.logged(this.logPath(agent))
      .filter(({ msg }) => msg === 'run')
      .map((line) => ({
        check: String(line.check),
        atMs: Number(line.atMs),
        outcome: String(line.outcome),
        reason: typeof line.reason === 'string' ? line.reason : null,
      }));
  }

  /** Every observation in the journal, whatever else uses it at the moment. */
  async stored(): Promise<StoredRun[]> {
    const store = await openStore({ directory: this.data, readOnly: true });
    const runs: StoredRun[] = [];
    for await (const { batch, position } of store.tail(0)) {
      const { agent, spool } = batch;
      for (const { check, atMs, outcome, reason } of observationsOf(batch)) {
        runs.push({ agent, spool, position, check, atMs, outcome, reason });
      }
    }
    await store.close();
    return runs;
  }

  /** Value of a sample of the collector's `/metrics` by its name and labels as they are written; `null` when absent. */
  async metric(sample: string): Promise<number | null> {
    return sampleIn(await this.text('/metrics'), sample);
  }

  /** What an agent's own `/metrics` says of the agent itself, by name. */
  async agentMetric(agent: string, name: string): Promise<number | null> {
    const response = await fetch(`http://127.0.0.1:${this.#agentPorts.get(agent)}/metrics`);
    return sampleIn(await response.text(), `${name}{agent="${agent}"}`);
  }

  /** Whether the agent answers and nothing waits in its spool but the batch that is being filled. */
  async hasDelivered(agent: string): Promise<boolean> {
    const answer = this.agentMetric(agent, 'nines_agent_spool_batches');
    return (await answer.catch(() => null)) === 0;
  }

  async text(path: string): Promise<string> {
    const response = await fetch(this.url + path);
    return await response.text();
  }

  /** Attainment of a check's own objective between two instants: ms of good, bad and unknown time. */
  async attainment(
    check: string,
    fromMs: number,
    toMs: number,
  ): Promise<{ good: number; bad: number; unknown: number }> {
    const query = `contract=hosting&objective=${check}&from=${fromMs}&to=${toMs}`;
    const answer: { attainments: { good: number; bad: number; unknown: number }[] } = JSON.parse(
      await this.text(`/api/v1/attainment?${query}`),
    );
    const [only] = answer.attainments;
    if (only === undefined) throw new Error(`no attainment of ${check}`);
    return { good: only.good, bad: only.bad, unknown: only.unknown };
  }
}

/** What `collector.admin_token` holds. */
export const ADMIN_TOKEN = 'the-token-of-the-administrator';

/** The token that an agent is given in the configuration. */
export function tokenOf(agent: string): string {
  return `the-token-of-${agent}`;
}

/** One objective for each check, of the check's own name. */
function contractOf(checks: readonly CheckSettings[]): Settings {
  const objectives = checks.map(({ id }) => ({
    id,
    indicator: { kind: 'availability', checks: [id] },
    target: '99.9',
    period: 'calendar_month',
  }));
  // Tests change their checks as they go: what is in use could not change.
  return { id: 'hosting', draft: true, customer: 'acme', objectives };
}

function readLine(line: string): Settings | null {
  if (!line.startsWith('{')) return null;
  try {
    return JSON.parse(line);
  } catch {
    return null;
  }
}

function sampleIn(page: string, sample: string): number | null {
  const line = page.split('\n').find((text) => text.startsWith(`${sample} `));
  return line === undefined ? null : Number(line.slice(sample.length + 1));
}
