import { afterAll, beforeAll, expect, it } from 'vitest';
import { DecisionWorld, OCTOBER_MS, TOKENS } from '../support/decision-world.ts';

const DAY = 86_400_000;
const NOVEMBER_MS = OCTOBER_MS + 31 * DAY;
const STATEMENT = '/api/v1/contracts/support/statements/2026-10';

const world = new DecisionWorld(`
collector: { listen: 127.0.0.1:0, data: data, retention: { events: 90d } }
agents: [{ name: web03, token: { env: AGENT } }]
importers: [{ name: desk, token: { env: DESK }, streams: [work] }]
people: [{ name: anna, roles: [operator, provider], token: { env: ANNA } }]
checks: [{ id: shop, every: 1h, probe: { type: tcp, host: 127.0.0.1, port: 9 } }]
customers: [{ id: acme }]
contracts:
  - id: support
    customer: acme
    effective: { from: 2026-01-01 }
    objectives:
      - id: done
        indicator: { kind: event_ratio, stream: work, good: { outcome: good } }
        target: "80"
        period: calendar_month
`);

beforeAll(async () => {
  await world.start();
});

afterAll(() => world.stop());

async function send(id: string, outcome: string): Promise<void> {
  const event = {
    stream: 'work',
    id,
    revision: 1,
    at_ms: OCTOBER_MS + DAY,
    ended_at_ms: OCTOBER_MS + DAY + 1,
    outcome,
    labels: {},
    values: {},
  };
  const { status, answer } = await world.post('/api/v1/events', TOKENS.DESK, {
    version: 1,
    events: [event],
  });
  expect({ status, answer }).toMatchObject({ status: 200, answer: { stored: 1 } });
}

/** Work that the clock set off goes on in threads of the store: waits until the revision is there. */
async function revision(wanted: number) {
  for (;;) {
    const { status, answer } = await world.get(STATEMENT);
    if (status === 200 && answer.revision >= wanted) return answer.statement;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

it('an event that comes late makes a revision, and another digest of what the figures were computed from', async () => {
  await world.goTo(NOVEMBER_MS);
  for (const id of ['a', 'b', 'c', 'd']) await send(id, 'good');
  await world.goTo(NOVEMBER_MS + DAY + 60_000);
  const first = await revision(1);
  expect(first.figures.objectives[0]).toMatchObject({ good: 4, bad: 0, verdict: 'met' });

  // 4 of 6 are 66.6 %.
  await send('e', 'failed');
  await send('f', 'failed');
  await world.clock.advance(60_000);
  const second = await revision(2);
  expect(second.why).toEqual(['events of work that came late']);
  expect(second.figures.objectives[0]).toMatchObject({ good: 4, bad: 2, verdict: 'breached' });
  expect(second.inputs_digest).not.toBe(first.inputs_digest);

  const { answer } = await world.post('/api/v1/statements', TOKENS.ANNA, { contract: 'support', period: '2026-10' });
  expect(answer).toMatchObject({ revision: 2, statement: { inputs_digest: second.inputs_digest } });
});

it('what retention let go of the events takes back no statement, also when it is frozen anew', async () => {
  const before = await revision(2);
  await world.goTo(OCTOBER_MS + 150 * DAY);
  // Upkeep looks every five seconds.
  for (let isThere = true; isThere; ) {
    await world.clock.advance(5_000);
    await new Promise((resolve) => setTimeout(resolve, 5));
    const { streams } = (await world.get('/api/v1/events/streams')).answer;
    isThere = streams.some(({ events }: { events: number }) => events > 0);
  }
  const { answer } = await world.post('/api/v1/statements', TOKENS.ANNA, { contract: 'support', period: '2026-10' });
  expect(answer).toMatchObject({ revision: 2, statement: { figures_digest: before.figures_digest } });
});
