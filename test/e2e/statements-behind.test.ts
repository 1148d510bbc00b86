import { afterEach, describe, expect, it } from 'vitest';
import { DecisionWorld, OCTOBER_MS, TOKENS } from '../support/decision-world.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const NOVEMBER_MS = OCTOBER_MS + 31 * DAY;
const KEY = 'the-key-of-the-nightly-job';

const YAML = `
collector: { listen: 127.0.0.1:0, data: data }
agents: [{ name: web03, token: { env: AGENT } }]
importers: [{ name: desk, token: { env: DESK }, streams: [work] }]
people: [{ name: anna, roles: [operator, provider], token: { env: ANNA } }]
heartbeats: [{ id: nightly, key: { env: KEY }, schedule: { every: 1d } }]
checks: [{ id: shop, every: 1h, probe: { type: tcp, host: 127.0.0.1, port: 9 } }]
customers: [{ id: acme }]
contracts:
  - id: hosting
    customer: acme
    effective: { from: 2026-01-01 }
    objectives:
      - { id: uptime, indicator: { kind: availability, checks: [shop] }, target: "99.9", period: calendar_month }
  - id: jobs
    customer: acme
    effective: { from: 2026-01-01 }
    objectives:
      - { id: nightly, indicator: { kind: event_ratio, stream: heartbeats, good: { outcome: good } }, target: "90", period: calendar_month }
  - id: desk
    customer: acme
    effective: { from: 2026-01-01 }
    objectives:
      - { id: done, indicator: { kind: event_ratio, stream: work, good: { outcome: good } }, target: "80", period: calendar_month }
`;

let world: DecisionWorld;

async function begin(): Promise<void> {
  world = new DecisionWorld(YAML, { KEY });
  await world.start();
}

afterEach(() => world.stop());

interface Listed {
  readonly period: string;
  readonly revision: number;
}

async function listed(contract: string): Promise<string[]> {
  const { answer } = await world.get(`/api/v1/contracts/${contract}/statements`);
  return answer.statements.map(({ period, revision }: Listed) => `${period} r${revision}`);
}

/** Work that the clock set off goes on in threads of the store: looks until the statements are those. */
async function untilListed(contract: string, wanted: readonly string[]): Promise<void> {
  for (let tries = 0; tries < 3_000; tries++) {
    if (JSON.stringify(await listed(contract)) === JSON.stringify(wanted)) return;
    await world.clock.advance(1_000);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  expect(await listed(contract)).toEqual(wanted);
}

const hours = (fromMs: number, count: number) =>
  Array.from({ length: count }, (_, index) => ({ atMs: fromMs + index * HOUR, isUp: true }));

async function send(id: string, atMs: number): Promise<void> {
  const course = { revision: 1, at_ms: atMs, ended_at_ms: atMs + 1, outcome: 'good', labels: {}, values: {} };
  const body = { version: 1, events: [{ stream: 'work', id, ...course }] };
  expect(await world.post('/api/v1/events', TOKENS.DESK, body)).toMatchObject({ status: 200, answer: { stored: 1 } });
}

describe('statements of periods that ended', { timeout: 60_000 }, () => {
  it('while the collector was away are frozen when it is back, all of them, the oldest first', async () => {
    await begin();
    await world.stop();
    world.clock.jumpWall(3 * 31 * DAY);
    await world.start();
    await world.clock.advance(60_000);
    await untilListed('hosting', ['2026-10 r1', '2026-11 r1', '2026-12 r1']);
    const entries = (await world.call('audit', '--config', world.config, '--json')).out;
    const frozen = [...entries.matchAll(/statement\/hosting\/(2026-\d\d)/g)].map((match) => match[1]);
    expect([...new Set(frozen)]).toEqual(['2026-10', '2026-11', '2026-12']);
  });

  it('before the contract was known are frozen as far as an import tells of them, once it is complete', async () => {
    await begin();
    await world.clock.advance(60_000);
    expect(await listed('hosting')).toEqual([]);
    const july = Date.parse('2026-07-10T00:00:00Z');
    await world.deliver(1, hours(july, 24));
    await world.clock.advance(5 * 60_000);
    await world.deliver(2, hours(july + DAY, 24));
    await world.clock.advance(9 * 60_000);
    expect(await listed('hosting')).toEqual([]);
    await world.clock.advance(2 * 60_000);
    // From the first month of which anything is known; of the next nothing is, and it says so. September is in its grace.
    await untilListed('hosting', ['2026-07 r1', '2026-08 r1']);
    const { answer } = await world.get('/api/v1/contracts/hosting/statements/2026-07');
    expect(answer.statement.figures.objectives[0]).toMatchObject({ good: 49 * HOUR, bad: 0, verdict: 'inconclusive' });
    expect(await listed('desk')).toEqual([]);

    await send('old', july);
    await world.clock.advance(11 * 60_000);
    await untilListed('desk', ['2026-07 r1', '2026-08 r1']);
  });
});

describe('a statement is revised', { timeout: 60_000 }, () => {
  it('by a job of the old month that tells its end late', async () => {
    await begin();
    await world.goTo(NOVEMBER_MS - HOUR);
    expect((await fetch(`${world.address}/ping/${KEY}/start`)).status).toBe(200);
    await world.goTo(NOVEMBER_MS + DAY + 60_000);
    await untilListed('jobs', ['2026-10 r1']);
    expect((await fetch(`${world.address}/ping/${KEY}`)).status).toBe(200);
    await world.clock.advance(60_000);
    await untilListed('jobs', ['2026-10 r1', '2026-10 r2']);
    const { answer } = await world.get('/api/v1/contracts/jobs/statements/2026-10');
    expect(answer.statement.why).toEqual(['events of heartbeats that came late']);
    expect(answer.statement.figures.objectives[0]).toMatchObject({ good: 1, unknown: 0, verdict: 'met' });
  });

  it('by an event that came late just before the program ended', async () => {
    await begin();
    await send('a', NOVEMBER_MS - DAY);
    await world.goTo(NOVEMBER_MS + DAY + 60_000);
    await untilListed('desk', ['2026-10 r1']);
    await send('b', NOVEMBER_MS - 2 * DAY);
    await world.stop();
    await world.start();
    await world.clock.advance(60_000);
    await untilListed('desk', ['2026-10 r1', '2026-10 r2']);
  });

  it('by an observation of the hour before it, which speaks into its first hours', async () => {
    await begin();
    await world.goTo(NOVEMBER_MS);
    await world.deliver(1, hours(OCTOBER_MS + 2 * HOUR, 31 * 24 - 2));
    await world.goTo(NOVEMBER_MS + DAY + 60_000);
    await untilListed('hosting', ['2026-10 r1']);
    await world.deliver(2, hours(OCTOBER_MS - HOUR, 1));
    await world.clock.advance(60_000);
    await world.clock.advance(11 * 60_000);
    await untilListed('hosting', ['2026-10 r1', '2026-10 r2', '2026-09 r1']);
  });

  it('of a period without a statement it is said whether one will come', async () => {
    await begin();
    const why = async (period: string) => {
      const { status, answer } = await world.get(`/api/v1/contracts/hosting/statements/${period}`);
      expect(status).toBe(404);
      return answer.error.message;
    };
    expect(await why('2025-12')).toBe('no version of hosting is in force in 2025-12: there is no statement of it');
    expect(await why('2026-08')).toContain('of 2026-08 nothing was known when hosting was first used');
    expect(await why('2026-10')).toBe('2026-10 of hosting is not over; it ends at 2026-11-01T00:00:00.000Z');
    expect(await why('October')).toBe('hosting has no period "October"');
    const page = await world.page('/contracts/hosting/statements/2025-12');
    expect([page.status, page.text]).toEqual([404, expect.stringContaining('no version of hosting is in force')]);
  });
});
