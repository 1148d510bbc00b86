import { createHash } from 'node:crypto';
import { canonicalJson } from '@nines/shared/config/canonical-json.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DECISION_YAML, DecisionWorld, OCTOBER_MS, TOKENS } from '../support/decision-world.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const NOVEMBER_MS = OCTOBER_MS + 31 * DAY;
const STATEMENT = '/api/v1/contracts/hosting/statements/2026-10';

const world = new DecisionWorld();

beforeAll(async () => {
  await world.start();
});

afterAll(() => world.stop());

/** October by the hour: down from hour 100 to 102, and nothing said from hour 200 to 210, which follows late. */
const hour = (index: number) => ({ atMs: OCTOBER_MS + index * HOUR, isUp: index < 100 || index >= 102 });
const isLate = (index: number) => index >= 200 && index < 210;
const october = Array.from({ length: 31 * 24 + 1 }, (_, index) => index);

const revisions = async () => (await world.get('/api/v1/contracts/hosting/statements')).answer.statements;
const newest = async () => (await world.get(STATEMENT)).answer;

/** Work that the clock set off goes on in threads of the store: waits until the statement is there. */
async function untilRevision(count: number): Promise<void> {
  while ((await revisions()).length < count) await new Promise((resolve) => setTimeout(resolve, 5));
}

function digestOf({ digest: _, ...rest }: { digest: string }): string {
  return createHash('sha256').update(canonicalJson(rest)).digest('hex');
}

describe('the end of a month', () => {
  it('nothing is frozen before the grace has passed', async () => {
    await world.goTo(NOVEMBER_MS + 23 * HOUR);
    const early = october.filter((index) => !isLate(index)).map(hour);
    expect(await world.deliver(1, early)).toMatchObject({ status: 200 });
    expect((await world.get(STATEMENT)).status).toBe(404);
    const page = await world.page('/contracts/hosting/statements/2026-10');
    expect([page.status, page.text.includes('Nothing here')]).toEqual([404, true]);
    expect((await world.page('/contracts/hosting')).text).toContain('None yet');
    expect(await revisions()).toEqual([]);
  });

  it('then all figures are frozen, with digests that anybody can compute again', async () => {
    await world.goTo(NOVEMBER_MS + 24 * HOUR + 60_000);
    await untilRevision(1);
    const { statement, state, digest, revision } = await newest();
    expect({ state, revision }).toEqual({ state: 'submitted', revision: 1 });
    expect(digestOf(statement)).toBe(digest);
    expect(createHash('sha256').update(canonicalJson(statement.figures)).digest('hex')).toBe(statement.figures_digest);
    expect(statement).toMatchObject({
      contract: { id: 'hosting', version: 1, customer: 'acme' },
      period: { name: '2026-10', from: '2026-10-01T00:00:00+00:00', to_ms: NOVEMBER_MS },
      claim_until_ms: NOVEMBER_MS + 30 * DAY,
      why: [],
      changes: [],
    });
    // Down for 2 h. An observation speaks for two intervals: silent from 200 h to 210 h, the hour at 199 speaks to 201 h.
    const [uptime] = statement.figures.objectives;
    expect(uptime).toMatchObject({ bad: 2 * HOUR, unknown: 9 * HOUR, excluded: 0, verdict: 'breached' });
    expect(statement.figures.settlements[0]).toMatchObject({ currency: 'EUR' });
  });

  it('freezing it again by hand while nothing changed computes the same, and makes no revision', async () => {
    const before = await newest();
    const { code, out } = await world.ask('anna', 'statement', 'freeze', 'hosting', '2026-10');
    expect(code).toBe(0);
    expect(out).toContain(`revision 1 submitted`);
    expect(await newest()).toEqual(before);
  });

  it('is signed by the roles of the contract in their order, by its digest', async () => {
    expect((await world.ask('bea', 'approve', 'hosting', '--period', '2026-10')).err).toContain('provider has to sign');
    expect((await world.ask('paul', 'approve', 'hosting', '--period', '2026-10')).out).toContain('approved, SHA-256');
    const wrong = ['--digest', 'a'.repeat(64)];
    expect((await world.ask('bea', 'approve', 'hosting', '--period', '2026-10', ...wrong)).code).toBe(1);
    expect((await world.ask('otto', 'approve', 'hosting', '--period', '2026-10')).err).toContain('speaks for other');
    const signed = await world.ask('bea', 'approve', 'hosting', '--period', '2026-10', '--comment', 'seen');
    expect(signed.out).toContain('acknowledged');
    expect(await newest()).toMatchObject({ state: 'acknowledged', signatures: [{ by: 'paul' }, { by: 'bea' }] });
  });

  it('late observations make a revision that says what changed and why; the signed one stays as it was', async () => {
    const signed = await newest();
    await world.deliver(2, october.filter(isLate).map(hour));
    await world.clock.advance(60_000);
    await untilRevision(2);
    const revised = await newest();
    expect(revised).toMatchObject({ revision: 2, state: 'submitted', signatures: [] });
    expect(revised.statement.why).toEqual(['observations of web03 that came late']);
    expect(revised.statement.previous_digest).toBe(signed.digest);
    expect(revised.statement.changes).toContainEqual({
      field: 'objectives[0].unknown',
      before: 9 * HOUR,
      after: 0,
    });
    const first = (await world.get(`${STATEMENT}?revision=1`)).answer;
    expect(first.statement).toEqual(signed.statement);
    expect(first.signatures).toHaveLength(2);
  });

  it('an approved exclusion makes a revision in which the time is excluded, with its evidence', async () => {
    const stretch = ['--from', String(OCTOBER_MS + 100 * HOUR), '--to', String(OCTOBER_MS + 102 * HOUR)];
    const about = ['--contract', 'hosting', '--reason', 'flood', '--evidence', 'report 7'];
    const { out } = await world.ask('paul', 'exclusion', 'request', ...about, ...stretch);
    await world.clock.advance(60_000);
    expect(await revisions()).toHaveLength(2);
    await world.ask('bea', 'exclusion', 'approve', out.split(' ')[0] ?? '');
    await world.clock.advance(60_000);
    await untilRevision(3);
    const { statement } = await newest();
    expect(statement.why).toEqual(['a decision about what counts']);
    const [uptime] = statement.figures.objectives;
    expect(uptime).toMatchObject({ bad: 0, excluded: 2 * HOUR, verdict: 'met' });
    expect(uptime.exclusions.applied).toMatchObject([{ kind: 'approved', reason: 'flood' }]);
    expect(uptime.exclusions.applied[0].evidence).toMatch(/approved by bea \(customer\) at .*; report 7$/);
  });

  it('the page of the contract leads to it', async () => {
    const { text } = await world.page('/contracts/hosting');
    expect(text).toContain('<a href="/contracts/hosting/statements/2026-10">2026-10</a>');
  });

  it('the page for people has the figures, the changes and the digest', async () => {
    const { status, text } = await world.page('/contracts/hosting/statements/2026-10');
    expect(status).toBe(200);
    expect(text).toContain((await newest()).digest);
    for (const words of ['a decision about what counts', 'flood', 'To be signed by provider, then customer']) {
      expect(text).toContain(words);
    }
  });

  it('a collector that is started again has the same statements and revises none', async () => {
    const before = await revisions();
    await world.stop();
    await world.start();
    await world.clock.advance(120_000);
    expect(await revisions()).toEqual(before);
  });

  it('a dispute stands until the customer signs; after the claim window nobody disputes or claims any more', async () => {
    const about = ['hosting', '--period', '2026-10'];
    expect((await world.ask('bea', 'approve', ...about, '--dispute', '--comment', 'no')).out).toContain('disputed');
    await world.ask('paul', 'approve', ...about);
    expect((await newest()).state).toBe('disputed');
    expect((await world.ask('bea', 'approve', ...about)).out).toContain('acknowledged');
    await world.goTo(NOVEMBER_MS + 30 * DAY);
    expect((await newest()).state).toBe('final');
    expect((await world.ask('bea', 'approve', ...about, '--claim')).err).toContain('could be claimed until 2026-12-01');
  });

  it('the contract version itself is signed by its digest', async () => {
    expect((await world.ask('paul', 'approve', 'hosting')).out).toContain('contract/hosting/1 approved');
    expect((await world.ask('bea', 'approve', 'hosting')).out).toContain('contract/hosting/1 final');
    const shown = await world.ask('bea', 'approve', 'hosting', '--contract-version', '1', '--show');
    expect(shown.out).toContain('approved by paul (provider)');
    const { answer } = await world.get('/api/v1/approvals?contract=hosting&version=1');
    expect(answer).toMatchObject({ state: 'final', roles: ['provider', 'customer'] });
  });

  it('a period that is not over, or is none, is not frozen; a customer freezes nothing', async () => {
    const freeze = (token: string, period: string) =>
      world.post('/api/v1/statements', token, { contract: 'hosting', period });
    expect((await freeze(TOKENS.ANNA, '2026-12')).status).toBe(409);
    expect((await freeze(TOKENS.ANNA, '2026-13')).status).toBe(404);
    expect((await freeze(TOKENS.BEA, '2026-10')).status).toBe(403);
  });

  it('a new version does not begin in a month that is stated: it would judge anew what was signed', async () => {
    const next = (from: string) =>
      `${DECISION_YAML}  - ${DECISION_YAML.slice(DECISION_YAML.indexOf('id: hosting')).replace(
        'effective: { from: 2026-01-01 }',
        `version: 2\n    effective: { from: ${from} }`,
      )}`;
    expect(await world.reload(next('2026-10-15'))).toBe(
      'version 2 of "hosting" begins in 2026-10, whose statement is frozen by version 1: expected a beginning from 2026-11-01T00:00:00.000Z on',
    );
    expect(await world.reload(next('2027-01-01'))).toBe(null);
  });

  it('everything is in the audit log, and the chain holds', async () => {
    const { out } = await world.call('audit', '--subject', 'statement/hosting/2026-10', '--config', world.config);
    const actions = out
      .trim()
      .split('\n')
      .map((line) => line.split(' ')[3]);
    expect(actions).toEqual([
      'statement.frozen',
      'statement.approved',
      'statement.approved',
      'statement.revised',
      'statement.revised',
      'statement.disputed',
      'statement.approved',
      'statement.approved',
    ]);
    expect((await world.call('verify', '--config', world.config)).code).toBe(0);
  });
});
