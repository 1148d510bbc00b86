import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { assignmentSchema, readAssignment } from '@nines/shared/check.ts';
import type { Observation, Outcome } from '@nines/shared/observation.ts';
import { SENT_AT_HEADER, toColumns } from '@nines/shared/wire.ts';
import { pino } from 'pino';
import { afterEach, describe, expect, it } from 'vitest';
import { Collector } from '../../collector/src/collector.ts';
import { loadNines } from '../../collector/src/config/nines.ts';
import type { AttainmentDocument } from '../../collector/src/http/attainment-document.ts';
import type { Store } from '../../collector/src/store/store.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { MemoryStore } from '../support/memory-store.ts';

/** 2026-11-10T12:00:00Z. */
const NOW_MS = Date.UTC(2026, 10, 10, 12);
const MINUTE_MS = 60_000;

const YAML = `
collector: { listen: 127.0.0.1:0, admin_token: { env: ADMIN } }
agents: [{ name: web03, location: fra, token: { env: TOKEN } }]
checks: [{ id: shop, every: 1m, probe: { type: http, url: http://127.0.0.1/, expect: { certificate_valid_for: 14d } } }]
customers: [{ id: acme }]
contracts:
  - id: hosting
    draft: true
    customer: acme
    effective: { from: 2026-11-10 }
    objectives:
      - { id: uptime, indicator: { kind: availability, checks: [shop] }, target: "99.9", period: calendar_month }
      - { id: fast, indicator: { kind: latency, checks: [shop], within: 300ms }, target: "95", period: { rolling: 1h } }
`;

const ENV = { TOKEN: 'web03-token', TOKEN2: 'ams1-token', ADMIN: 'admin-token' };

interface Running {
  readonly collector: Collector;
  readonly clock: ManualClock;
  readonly path: string;
  readonly store: Store;
  readonly get: (path: string) => Promise<Response>;
}

const running: Collector[] = [];

afterEach(async () => {
  for (const collector of running.splice(0)) await collector.stop();
});

async function start(
  store: Store = new MemoryStore(),
  { isRead = true, yaml = YAML, nowMs = NOW_MS } = {},
): Promise<Running> {
  const path = join(mkdtempSync(join(tmpdir(), 'nines-collector-')), 'nines.yaml');
  writeFileSync(path, yaml);
  const clock = new ManualClock(nowMs);
  const load = () => loadNines(path, ENV);
  const collector = await Collector.start({ nines: load(), store, clock, log: pino({ level: 'silent' }), load });
  running.push(collector);
  if (isRead) await collector.readJournal();
  return { collector, clock, path, store, get: (to) => fetch(`${collector.address}${to}`) };
}

function run(minutesAgo: number, outcome: Outcome = 'up', total = 100_000): Observation {
  const reason = outcome === 'up' ? null : outcome === 'down' ? 'connection-refused' : 'agent-isolated';
  const atMs = NOW_MS - minutesAgo * MINUTE_MS;
  return { check: 'shop', atMs, everyMs: MINUTE_MS, outcome, reason, values: { total, connect: 2_500 } };
}

interface Answer {
  readonly attainments: readonly (AttainmentDocument & Record<string, unknown>)[];
}

async function attainments({ get }: Running, query = ''): Promise<Answer['attainments']> {
  // Safe: each test compares what it reads with whole figures, so another shape fails it.
  const answer = (await (await get(`/api/v1/attainment?${query}`)).json()) as Answer;
  return answer.attainments;
}

let sequence = 0;

async function deliver({ collector }: Running, observations: readonly Observation[], sentAtMs = NOW_MS): Promise<void> {
  const batch = {
    version: 1,
    agent: 'web03',
    spool: 'spool-of-web03',
    sequence: sequence++,
    checks: toColumns(observations),
  };
  const response = await fetch(`${collector.address}/api/v1/batches`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      authorization: 'Bearer web03-token',
      [SENT_AT_HEADER]: String(sentAtMs),
    },
    body: JSON.stringify(batch),
  });
  expect(await response.json()).toEqual({ stored: observations.length, duplicate: false });
}

/** A run each minute of the last hour: down from 30 to 26 minutes ago (5 runs), slow in three others. */
const HOUR = Array.from({ length: 60 }, (_, index) => {
  const minutesAgo = 60 - index;
  return run(minutesAgo, minutesAgo <= 30 && minutesAgo > 25 ? 'down' : 'up', minutesAgo > 57 ? 300_001 : 300_000);
});

describe('the collector', () => {
  it('gives the attainment of any interval, exact to the millisecond, as text that is never rounded up', async () => {
    const nines = await start();
    await deliver(nines, HOUR);
    const query = `from=${NOW_MS - 60 * MINUTE_MS}&to=${NOW_MS}`;
    const figures = await attainments(nines, `objective=uptime&${query}`);
    // 5 of 60 minutes down: 55 / 60 = 91.666… %.
    expect(figures).toHaveLength(1);
    expect(figures[0]).toMatchObject({
      contract: 'hosting',
      objective: 'uptime',
      target: '99.9',
      verdict: 'breached',
      attainment: '91.6666666',
      low: '91.6666666',
      high: '91.6666666',
      coverage: '100.0000000',
      good: 55 * MINUTE_MS,
      bad: 5 * MINUTE_MS,
      unknown: 0,
      incidents: [
        {
          from_ms: NOW_MS - 30 * MINUTE_MS,
          to_ms: NOW_MS - 25 * MINUTE_MS,
          checks: ['shop'],
          reasons: ['connection-refused'],
        },
      ],
    });
  });

  it('judges the period that runs from the contract on, and calls time before the first run unknown', async () => {
    const nines = await start();
    await deliver(nines, HOUR);
    const [uptime, fast] = await attainments(nines);
    // The contract begins on the day itself: 11 h without a run, then the hour.
    expect(uptime).toMatchObject({ unknown: 660 * MINUTE_MS, verdict: 'inconclusive', coverage: '8.3333333' });
    expect(uptime?.period).toMatchObject({ name: '2026-11', running: true, from_ms: Date.UTC(2026, 10, 10) });
    // 55 runs were up, 3 of them over 300 ms: 52 / 55 = 94.5454… %.
    expect(fast).toMatchObject({
      unit: 'runs',
      good: 52,
      bad: 3,
      unknown: 0,
      attainment: '94.5454545',
      verdict: 'breached',
    });
  });

  it('says by which rules and sums a figure came about when it is asked to explain it', async () => {
    const nines = await start();
    await deliver(nines, HOUR);
    const [uptime] = await attainments(
      nines,
      `objective=uptime&explain=true&from=${NOW_MS - 60 * MINUTE_MS}&to=${NOW_MS}`,
    );
    expect(uptime).toMatchObject({
      shares: { attained: { good: '3300000', total: '3600000' } },
      profile: { method: { kind: 'time' }, quorum: { need: 'majority', min_reporting: null } },
      explanation: expect.arrayContaining([
        { rule: 'attained: good / (good + bad)', figure: '3,300,000 / 3,600,000 = 91.6666666 %' },
        { rule: 'budget left', figure: '3,600 − 300,000 = -296,400' },
      ]),
    });
    const [plain] = await attainments(nines, `objective=uptime&from=${NOW_MS - 60 * MINUTE_MS}&to=${NOW_MS}`);
    expect(plain).not.toHaveProperty('explanation');
    // Equal figures from equal evidence have equal digests.
    expect(plain).toHaveProperty('digest', Reflect.get(uptime ?? {}, 'digest'));
    expect((await nines.get('/api/v1/attainment?explain=perhaps')).status).toBe(400);
  });

  it('gives only the parts that are asked for, and says which objective they are of', async () => {
    const nines = await start();
    await deliver(nines, HOUR);
    const window = `from=${NOW_MS - 60 * MINUTE_MS}&to=${NOW_MS - 10 * MINUTE_MS}`;
    const [uptime] = await attainments(nines, `objective=uptime&${window}&fields=good,bad,verdict`);
    expect(uptime).toEqual({
      contract: 'hosting',
      objective: 'uptime',
      verdict: 'breached',
      good: 45 * MINUTE_MS,
      bad: 5 * MINUTE_MS,
    });
    const [paced] = await attainments(nines, 'objective=uptime&fields=burn_rates,currency');
    expect(Object.keys(paced ?? {})).toEqual(['contract', 'objective', 'burn_rates', 'currency']);
    const refused = await nines.get('/api/v1/attainment?fields=good,god');
    expect(refused.status).toBe(400);
    expect(await refused.text()).toContain('there is no \\"god\\"');
  });

  it('gives a figure of the past again until something comes late that changes it', async () => {
    const nines = await start();
    await deliver(nines, HOUR);
    const query = `objective=uptime&from=${NOW_MS - 60 * MINUTE_MS}&to=${NOW_MS - 10 * MINUTE_MS}`;
    const [first] = await attainments(nines, query);
    // It is remembered from the second time on.
    for (let again = 0; again < 3; again++) expect(await attainments(nines, query)).toEqual([first]);
    // Half a minute into a minute that was up: the rest of it is down.
    await deliver(nines, [run(40.5, 'down')]);
    const [late] = await attainments(nines, query);
    expect(late).toMatchObject({ bad: 5.5 * MINUTE_MS, good: 44.5 * MINUTE_MS });
  });

  it('refuses a period or an instant that it cannot read, and an objective that nobody promised', async () => {
    const nines = await start();
    const bad = [
      'period=2026-13',
      'from=1',
      'from=yesterday&to=today',
      'from=2&to=1',
      'periode=2026-10',
      'period=2026-10&from=1&to=2',
    ];
    for (const query of bad) expect((await nines.get(`/api/v1/attainment?${query}`)).status, query).toBe(400);
    expect((await nines.get('/api/v1/attainment?contract=other')).status).toBe(404);
  });

  it('leaves out an objective that has no period of the name that is asked for', async () => {
    const named = await attainments(await start(), 'period=2026-11');
    expect(named.map((one) => one.objective)).toEqual(['uptime']);
  });

  it('has the same figures after a restart, made from the journal alone', async () => {
    const store = new MemoryStore();
    const before = await start(store);
    await deliver(before, HOUR.slice(30));
    await deliver(before, HOUR.slice(0, 30));
    const after = await start(store);
    expect(await attainments(after)).toEqual(await attainments(before));
  });

  it('figures are the same after a restart, and whatever the configuration is then', async () => {
    const twoAgents = YAML.replace('agents: [', 'agents: [{ name: ams1, location: ams, token: { env: TOKEN2 } }, ');
    const store = new MemoryStore();
    const before = await start(store, { yaml: twoAgents, nowMs: NOW_MS - 60 * MINUTE_MS });
    await before.clock.advance(60 * MINUTE_MS);
    await deliver(before, HOUR);
    const past = `from=${NOW_MS - 60 * MINUTE_MS}&to=${NOW_MS}`;
    const figures = await attainments(before, past);
    // Two of two must see an outage, and one of them never spoke.
    expect(figures[0]).toMatchObject({ good: 55 * MINUTE_MS, bad: 0, unknown: 5 * MINUTE_MS });
    expect(figures[1]).toMatchObject({ good: 52, bad: 3, unknown: 60 });
    expect(await attainments(await start(store, { yaml: twoAgents, nowMs: NOW_MS + 1 }), past)).toEqual(figures);
    const alone = await start(store, { nowMs: NOW_MS + MINUTE_MS });
    expect(await attainments(alone, past)).toEqual(figures);
    writeFileSync(alone.path, twoAgents.replace('agents: [', 'agents: [{ name: nyc1, location: nyc }, '));
    await alone.clock.advance(MINUTE_MS);
    await alone.collector.reload();
    expect(await attainments(alone, past)).toEqual(figures);
    expect((await store.assignments()).map(({ agent, fromMs, toMs }) => [agent, fromMs, toMs])).toEqual([
      ['ams1', NOW_MS - 60 * MINUTE_MS, NOW_MS + MINUTE_MS],
      ['ams1', NOW_MS + 2 * MINUTE_MS, null],
      ['nyc1', NOW_MS + 2 * MINUTE_MS, null],
      ['web03', NOW_MS - 60 * MINUTE_MS, null],
    ]);
  });

  it('gives no figure while the journal is being read, and takes batches already', async () => {
    const nines = await start(new MemoryStore(), { isRead: false });
    await deliver(nines, HOUR);
    expect((await nines.get('/healthz')).status).toBe(200);
    for (const path of ['/readyz', '/api/v1/attainment', '/']) expect((await nines.get(path)).status, path).toBe(503);
    expect(await (await nines.get('/metrics')).text()).not.toContain('nines_objective_');
    await nines.collector.readJournal();
    expect((await nines.get('/readyz')).status).toBe(200);
    // Counted once, although it came both by delivery and from the journal.
    expect(await (await nines.get('/metrics')).text()).toContain(
      'nines_runs_total{check="shop",agent="web03",location="fra",outcome="up"} 55\n',
    );
  });

  it('hands an agent its checks as they were written, which the agent reads to the same options', async () => {
    const { collector } = await start();
    const ask = (etag = '') =>
      fetch(`${collector.address}/api/v1/agents/self/checks`, {
        headers: { authorization: 'Bearer web03-token', 'if-none-match': etag },
      });
    const response = await ask();
    const { checks, refused } = readAssignment(assignmentSchema.parse(await response.json()));
    expect(refused).toEqual([]);
    expect(checks).toEqual([
      {
        id: 'shop',
        everyMs: MINUTE_MS,
        timeoutMs: 10_000,
        probe: loadNines((await start()).path, ENV).checks[0]?.probe,
      },
    ]);
    expect((await ask(response.headers.get('etag') ?? 'none')).status).toBe(304);
    expect((await fetch(`${collector.address}/api/v1/agents/self/checks`)).status).toBe(401);
  });

  it('writes gauges of the newest run and counters of all, and nothing for what is not known', async () => {
    const nines = await start();
    await deliver(nines, [run(2), run(1, 'down', 7_000)]);
    const page = await (await nines.get('/metrics')).text();
    const labels = 'check="shop",agent="web03",location="fra"';
    expect(page).toContain(`probe_success{${labels}} 0\n`);
    expect(page).toContain(`probe_duration_seconds{${labels}} 0.007\n`);
    expect(page).toContain(`probe_http_duration_seconds{${labels},phase="connect"} 0.0025\n`);
    expect(page).toContain(`nines_run_duration_seconds_bucket{${labels},le="0.01"} 1\n`);
    expect(page).toContain(`nines_run_duration_seconds_sum{${labels}} 0.107\n`);
    expect(page).toContain(
      'nines_objective_target_ratio{customer="acme",contract="hosting",objective="uptime"} 0.999\n',
    );
    expect(page).toContain('nines_agent_clock_skew_seconds{agent="web03",location="fra"} 0\n');
    await deliver(nines, [run(0, 'unknown')]);
    expect(await (await nines.get('/metrics')).text()).not.toContain('probe_success{');
  });

  it('shows no gauge of a run that no longer holds: a silent agent is not the last thing it said', async () => {
    const nines = await start();
    await deliver(nines, [run(1)]);
    expect(await (await nines.get('/metrics')).text()).toContain('probe_success{');
    await nines.clock.advance(MINUTE_MS);
    const page = await (await nines.get('/metrics')).text();
    expect(page).not.toContain('probe_success{');
    expect(page).toContain('outcome="up"} 1\n');
  });

  it('takes observations of an agent whose clock is an hour off as unknown, and shows by how much', async () => {
    const nines = await start();
    const hourAhead = HOUR.map((observation) => ({ ...observation, atMs: observation.atMs + 60 * MINUTE_MS }));
    await deliver(nines, hourAhead, NOW_MS + 60 * MINUTE_MS);
    const page = await (await nines.get('/metrics')).text();
    expect(page).toContain('nines_agent_clock_skew_seconds{agent="web03",location="fra"} -3600\n');
    expect(page).toContain('nines_agent_disbelieved_observations_total{agent="web03",location="fra"} 60\n');
    const query = `from=${NOW_MS - 60 * MINUTE_MS}&to=${NOW_MS}`;
    const figures = await attainments(nines, `objective=uptime&${query}`);
    expect(figures[0]).toMatchObject({ good: 0, bad: 0, unknown: 60 * MINUTE_MS, attainment: null });
  });

  it('reloads for an administrator, keeps the old configuration when the new one is wrong, and says so', async () => {
    const nines = await start();
    const reload = (token: string) =>
      fetch(`${nines.collector.address}/-/reload`, { method: 'POST', headers: { authorization: `Bearer ${token}` } });
    expect((await reload('guess')).status).toBe(401);
    writeFileSync(nines.path, YAML.replace('every: 1m', 'evry: 1m'));
    const refused = await reload(ENV.ADMIN);
    expect(refused.status).toBe(400);
    expect(await refused.text()).toMatch(/nines\.yaml:4:22 checks\[0\]\.evry: unknown key, did you mean every\?"/);
    expect(await (await nines.get('/metrics')).text()).toContain('nines_config_last_reload_successful 0\n');
    writeFileSync(nines.path, YAML.replace('id: uptime', 'id: availability'));
    expect((await reload(ENV.ADMIN)).status).toBe(200);
    expect((await attainments(nines)).map((one) => one.objective)).toEqual(['availability', 'fast']);
    expect(await (await nines.get('/metrics')).text()).toContain('nines_config_last_reload_successful 1\n');
  });

  it('refuses a reload in which a contract in use says something else', async () => {
    const inUse = YAML.replace('draft: true', 'version: 1');
    const nines = await start();
    writeFileSync(nines.path, inUse);
    await nines.collector.reload();
    writeFileSync(nines.path, inUse.replace('"99.9"', '"99"'));
    await expect(nines.collector.reload()).rejects.toThrow(/version 1 of "hosting" is not what it was/);
    expect((await attainments(nines))[0]).toMatchObject({ objective: 'uptime', target: '99.9' });
  });

  it('counts a threshold that a reload brings for the past too', async () => {
    const nines = await start();
    await deliver(nines, HOUR);
    writeFileSync(nines.path, YAML.replace('within: 300ms', 'within: 301ms'));
    await nines.collector.reload();
    const figures = await attainments(nines, 'objective=fast');
    expect(figures[0]).toMatchObject({ good: 55, bad: 0, verdict: 'met' });
  });

  it('shows its figures on the page', async () => {
    const nines = await start();
    await deliver(nines, HOUR);
    const page = await (await nines.get('/')).text();
    for (const text of ['94.545', 'web03', 'shop', 'breached']) expect(page).toContain(text);
  });

  it('is not ready while its store cannot write, and is again when it can, though nobody writes', async () => {
    const store = new MemoryStore();
    const nines = await start(store);
    expect((await nines.get('/readyz')).status).toBe(200);
    store.fault = 'full';
    await expect(deliver(nines, [run(1)])).rejects.toThrow();
    const answer = await nines.get('/readyz');
    expect([answer.status, await answer.text()]).toEqual([503, 'the store cannot be written to (full); see the log\n']);
    expect((await nines.get('/healthz')).status).toBe(200);
    store.fault = null;
    await nines.clock.advance(2_000);
    // The disk is asked first, in its own time; the test's limit is how long it may take.
    while ((await nines.get('/readyz')).status !== 200);
  });
});
