import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ConfigError } from '@nines/shared/errors.ts';
import { WIRE_VERSION } from '@nines/shared/wire-version.ts';
import { pino } from 'pino';
import { runProgram } from '../../collector/src/cli/program.ts';
import { Collector } from '../../collector/src/collector.ts';
import { loadNines } from '../../collector/src/config/nines.ts';
import { openStore } from '../../collector/src/store/open.ts';
import type { Store } from '../../collector/src/store/store.ts';
import { ManualClock } from './manual-clock.ts';

/** 2026-10-01T00:00:00Z. */
export const OCTOBER_MS = Date.parse('2026-10-01T00:00:00Z');

export const DECISION_YAML = `
collector: { listen: 127.0.0.1:0, data: data }
agents: [{ name: web03, token: { env: AGENT } }]
people:
  - { name: anna, roles: [operator, provider], token: { env: ANNA } }
  - { name: paul, roles: [provider], token: { env: PAUL } }
  - { name: bea, roles: [customer], customer: acme, token: { env: BEA } }
  - { name: otto, roles: [customer], customer: other, token: { env: OTTO } }
checks: [{ id: shop, every: 1h, probe: { type: tcp, host: 127.0.0.1, port: 9 } }]
customers: [{ id: acme, name: ACME GmbH }, { id: other }]
contracts:
  - id: hosting
    customer: acme
    effective: { from: 2026-01-01 }
    maintenance: { notice: 48h, cap: 4h per month }
    approvals: [{ role: provider }, { role: customer }]
    claim_window: 30d
    fee: { amount: "499.00", currency: EUR, per: month }
    credits: [{ objective: uptime, schedule: tiers_below, tiers: [{ below: "99.9", credit: "10" }, { below: "99.0", credit: "25" }] }]
    objectives:
      - { id: uptime, indicator: { kind: availability, checks: [shop] }, target: "99.9", period: calendar_month }
`;

export const TOKENS = { AGENT: 'agent', ANNA: 'anna-1', PAUL: 'paul-1', BEA: 'bea-1', OTTO: 'otto-1', DESK: 'desk-1' };

/** A running collector with people, a contract and a clock that the test moves; asked over HTTP and by commands. */
export class DecisionWorld {
  readonly folder = mkdtempSync(join(tmpdir(), 'nines-decisions-'));
  readonly config = join(this.folder, 'nines.yaml');
  readonly clock = new ManualClock(OCTOBER_MS);
  #collector: Collector | null = null;
  #store: Store | null = null;

  readonly #env: Readonly<Record<string, string>>;

  /** `env` are other secrets that the configuration names. */
  constructor(yaml = DECISION_YAML, env: Readonly<Record<string, string>> = {}) {
    writeFileSync(this.config, yaml);
    this.#env = { ...TOKENS, ...env };
  }

  async start(): Promise<this> {
    const load = () => loadNines(this.config, this.#env);
    const nines = load();
    this.#store = await openStore({ directory: nines.dataDirectory });
    const log = pino({ level: 'silent' });
    this.#collector = await Collector.start({ nines, store: this.#store, clock: this.clock, log, load });
    await this.#collector.readJournal();
    return this;
  }

  /** Another configuration; resolves with what is wrong in it, `null` when it is taken over. */
  async reload(yaml: string): Promise<string | null> {
    writeFileSync(this.config, yaml);
    try {
      await this.#collector?.reload();
    } catch (error) {
      if (error instanceof ConfigError) return error.mistakes.map(({ message }) => message).join('\n');
      throw error;
    }
    return null;
  }

  async stop(): Promise<void> {
    await this.#collector?.stop();
    this.#collector = null;
  }

  get address(): string {
    if (this.#collector === null) throw new Error('start it first');
    return this.#collector.address;
  }

  async get(path: string) {
    const response = await fetch(`${this.address}${path}`);
    return { status: response.status, answer: JSON.parse(await response.text()) };
  }

  async post(path: string, token: string | null, body: unknown) {
    const authorization = token === null ? {} : { authorization: `Bearer ${token}` };
    const response = await fetch(`${this.address}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...authorization },
      body: JSON.stringify(body),
    });
    return { status: response.status, answer: JSON.parse(await response.text()) };
  }

  /** Observations of the check, one an hour, as the agent delivers them. */
  deliver(sequence: number, observed: readonly { readonly atMs: number; readonly isUp: boolean }[]) {
    const down = observed.flatMap(({ isUp }, index) => (isUp ? [] : [[index, 'connection-refused']]));
    const columns = {
      check: 'shop',
      every_ms: 3_600_000,
      at_ms: observed.map(({ atMs }) => atMs),
      up: observed.map(({ isUp }) => (isUp ? 1 : 0)),
      reasons: Object.fromEntries(down),
      values: {},
    };
    const batch = { version: WIRE_VERSION, agent: 'web03', spool: 'spool-0001', sequence, checks: [columns] };
    return this.post('/api/v1/batches', TOKENS.AGENT, batch);
  }

  /** Lets so much time pass that a minute of it is worked through: whatever was due is done. */
  async goTo(atMs: number): Promise<void> {
    this.clock.jumpWall(atMs - 60_000 - this.clock.nowMs());
    await this.clock.advance(60_000);
  }

  async page(path: string) {
    const response = await fetch(`${this.address}${path}`);
    return { status: response.status, text: await response.text() };
  }

  async call(...args: string[]) {
    const said = { out: '', err: '' };
    const code = await runProgram(args, {
      env: this.#env,
      out: (text) => {
        said.out += text;
      },
      err: (text) => {
        said.err += text;
      },
    });
    return { code, ...said };
  }

  /** A command that asks the running collector as somebody. */
  ask(who: string, ...args: string[]) {
    return this.call(...args, '--as', who, '--config', this.config, '--url', this.address);
  }
}
