/** What a credit hangs on beside the figures: found out by people, at run time, in the audit log, and revised by. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DECISION_YAML, DecisionWorld, OCTOBER_MS, TOKENS } from '../support/decision-world.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const NOVEMBER_MS = OCTOBER_MS + 31 * DAY;
const TICKET = 'a ticket was opened within five days';
const STANDING = 'the account is in good standing';

const world = new DecisionWorld(
  DECISION_YAML.replace(
    'schedule: tiers_below,',
    `schedule: tiers_below, requires: [${TICKET}, { claim: in_time }, { text: ${STANDING}, holds: true }],`,
  ),
);

beforeAll(async () => {
  await world.start();
});

afterAll(() => world.stop());

const record = (who: string, condition: string, holds: string, ...more: string[]) =>
  world.ask(who, 'condition', 'record', 'hosting', '2026-10', '--condition', condition, '--holds', holds, ...more);
const newest = async () => (await world.get('/api/v1/contracts/hosting/statements/2026-10')).answer;
const creditOf = (answer: { statement: { figures: { settlements: { credit: unknown }[] } } }) =>
  answer.statement.figures.settlements[0]?.credit;

/** Work that the clock set off goes on in threads of the store: waits until the revision is there. */
async function revision(count: number) {
  await world.clock.advance(60_000);
  for (;;) {
    const answer = await newest();
    if (answer.revision === count) return answer;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

describe('the conditions of a credit', () => {
  it('are open until somebody finds out: nothing is owed for certain, and everything at most', async () => {
    // 8 of 744 hours down: 98.92 %, which is 25 % of 499.00.
    const october = Array.from({ length: 745 }, (_, index) => index);
    const hours = october.map((index) => ({ atMs: OCTOBER_MS + index * HOUR, isUp: index < 100 || index >= 108 }));
    await world.goTo(NOVEMBER_MS + HOUR);
    await world.deliver(1, hours);
    await world.goTo(NOVEMBER_MS + DAY + 60_000);
    const first = await revision(1);
    expect(creditOf(first)).toEqual({ low: '0.00', high: '124.75' });
    expect(first.statement.figures.settlements[0].credits[0].open).toEqual([
      TICKET,
      'the customer claims before the time for claims is over',
    ]);
    const { out } = await world.call('condition', 'list', 'hosting', '2026-10', '--url', world.address);
    expect(out).toContain(`open          ${TICKET} (uptime)`);
    expect(out).toContain(`holds         ${STANDING} (uptime)\n                the contract says so`);
  });

  it('what somebody found revises the statement, with its evidence as a step of the arithmetic', async () => {
    expect((await record('anna', TICKET, 'yes', '--evidence', 'T-4711')).code).toBe(0);
    const second = await revision(2);
    expect(second.statement.why).toEqual([`"${TICKET}" was found to hold`]);
    expect(creditOf(second)).toEqual({ low: '0.00', high: '124.75' });
    expect(second.statement.figures.settlements[0].credits[0].steps.high).toContainEqual({
      rule: `provided that ${TICKET}`,
      figure: expect.stringMatching(/^holds, found by anna at 2026-11-02T.*: T-4711$/),
    });
  });

  it('the claim that the customer records says by itself that they claimed in time', async () => {
    const claim = await world.ask('bea', 'approve', 'hosting', '--period', '2026-10', '--claim', '--comment', 'credit');
    expect(claim.code).toBe(0);
    const third = await revision(3);
    expect(third.statement.why).toEqual(['the customer claimed']);
    expect(creditOf(third)).toEqual({ low: '124.75', high: '124.75' });
  });

  it('the last word counts: what was found wrong is corrected, and nothing is owed without it', async () => {
    expect((await record('paul', TICKET, 'no', '--evidence', 'T-4711 is of October 9th')).code).toBe(0);
    const fourth = await revision(4);
    expect(creditOf(fourth)).toEqual({ low: '0.00', high: '0.00' });
    expect(fourth.statement.changes).toContainEqual({
      field: 'settlements[0].credit.high',
      before: '124.75',
      after: '0.00',
    });
    const { answer } = await world.get('/api/v1/conditions?contract=hosting&period=2026-10');
    expect(answer.conditions[0]).toMatchObject({
      condition: TICKET,
      holds: false,
      findings: [{ by: 'anna' }, { by: 'paul' }],
    });
  });

  it.each([
    ['the customer', 'bea', TICKET, 'has none of the roles'],
    ['the same again', 'anna', TICKET, 'is recorded already'],
    ['what the contract says itself', 'anna', STANDING, 'the contract itself says'],
    ['a condition that is none', 'anna', 'it rained', `there are "${TICKET}", `],
  ])('refuses %s', async (_, who, condition, message) => {
    const { code, err } = await record(who, condition, 'no', '--evidence', 'x');
    expect(code).toBe(1);
    expect(err).toContain(message);
  });

  it.each([
    ['no evidence', { evidence: [] }, 400],
    ['an answer that is none', { holds: 'yes' }, 400],
    ['a period that has not begun', { period: '2027-10' }, 409],
    ['a period that is none', { period: '2026-13' }, 404],
  ])('over HTTP refuses %s', async (_, change, status) => {
    const body = { contract: 'hosting', period: '2026-10', condition: TICKET, holds: true, evidence: ['x'], ...change };
    expect((await world.post('/api/v1/conditions', TOKENS.ANNA, body)).status).toBe(status);
  });

  it('of a period that runs are taken into its figures, and stay after a restart; all of it is in the audit log', async () => {
    const body = { contract: 'hosting', period: '2026-11', condition: TICKET, holds: true, evidence: ['T-1'] };
    expect((await world.post('/api/v1/conditions', TOKENS.ANNA, body)).status).toBe(201);
    await world.stop();
    await world.start();
    const { answer } = await world.get('/api/v1/contracts/hosting?period=2026-11');
    expect(JSON.stringify(answer)).toContain('holds, found by anna');
    const { out } = await world.call('audit', '--subject', 'condition/hosting/2026-10', '--config', world.config);
    expect(out.match(/condition\.found/g)).toHaveLength(2);
    expect((await world.call('verify', '--config', world.config)).code).toBe(0);
  });
});
