import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DecisionWorld, OCTOBER_MS, TOKENS } from '../../support/decision-world.ts';

const HOUR = 3_600_000;
const world = new DecisionWorld();

beforeAll(async () => {
  await world.start();
});

afterAll(() => world.stop());

const hours = (from: number, to: number) => ({ from: OCTOBER_MS + from * HOUR, to: OCTOBER_MS + to * HOUR });
const kernel = { reason: 'kernel', checks: ['shop'] };
const flood = { contract: 'hosting', reason: 'flood', evidence: ['https://news.example/flood'] };

describe('POST /api/v1/maintenance', () => {
  it('records the collector’s own instant, and says what each contract makes of the notice', async () => {
    const { status, answer } = await world.post('/api/v1/maintenance', TOKENS.ANNA, { ...kernel, ...hours(48, 50) });
    expect(status).toBe(201);
    expect(answer).toMatchObject({
      from: '2026-10-03T00:00:00.000Z',
      checks: ['shop'],
      announced: { by: 'anna', at: '2026-10-01T00:00:00.000Z' },
      cancelled: null,
      notice: [{ contract: 'hosting', standing: 'in-time', announce_by: '2026-10-01T00:00:00.000Z' }],
    });
    const late = await world.post('/api/v1/maintenance', TOKENS.PAUL, { ...kernel, ...hours(47, 49) });
    expect(late.answer.notice).toMatchObject([{ standing: 'late', announce_by: '2026-09-30T23:00:00.000Z' }]);
    const { answer: all } = await world.get('/api/v1/maintenance');
    expect(all.maintenance.map(({ id }: { id: string }) => id)).toEqual([answer.id, late.answer.id]);
  });

  it('cancels from now on, once', async () => {
    const { answer } = await world.post('/api/v1/maintenance', TOKENS.ANNA, { ...kernel, ...hours(90, 92) });
    const cancel = { cancel: answer.id, reason: 'postponed' };
    expect((await world.post('/api/v1/maintenance', TOKENS.ANNA, cancel)).answer.cancelled).toMatchObject({
      by: 'anna',
      reason: 'postponed',
    });
    expect(await world.post('/api/v1/maintenance', TOKENS.ANNA, cancel)).toMatchObject({
      status: 409,
      answer: { error: { code: 'conflict' } },
    });
  });

  it.each([
    ['nobody', null, { ...kernel, ...hours(90, 91) }, 401],
    ['an agent', TOKENS.AGENT, { ...kernel, ...hours(90, 91) }, 401],
    ['a customer', TOKENS.BEA, { ...kernel, ...hours(90, 91) }, 403],
    ['an unknown check', TOKENS.ANNA, { ...kernel, ...hours(90, 91), checks: ['shup'] }, 404],
    ['nothing named', TOKENS.ANNA, { reason: 'x', ...hours(90, 91) }, 400],
    ['a window that is over', TOKENS.ANNA, { ...kernel, ...hours(-3, -1) }, 400],
    ['an empty window', TOKENS.ANNA, { ...kernel, ...hours(91, 91) }, 400],
    ['no reason', TOKENS.ANNA, { ...kernel, ...hours(90, 91), reason: ' ' }, 400],
    ['text without a canonical form', TOKENS.ANNA, { ...kernel, ...hours(90, 91), reason: 'a\ud800' }, 400],
    ['an unknown field', TOKENS.ANNA, { ...kernel, ...hours(90, 91), notice: '48h' }, 400],
    ['an unknown id', TOKENS.ANNA, { cancel: 'm-0', reason: 'x' }, 404],
  ])('refuses %s', async (_, token, body, status) => {
    expect(await world.post('/api/v1/maintenance', token, body)).toMatchObject({
      status,
      answer: { error: { message: expect.any(String) } },
    });
  });
});

describe('POST /api/v1/exclusions', () => {
  it('is asked for by one and approved by another, in the role that the contract asks for', async () => {
    const asked = await world.post('/api/v1/exclusions', TOKENS.ANNA, { ...flood, ...hours(-4, -2) });
    expect(asked).toMatchObject({ status: 201, answer: { state: 'requested', needs: 'customer' } });
    const approve = { approve: asked.answer.id, comment: 'seen it' };
    expect((await world.post('/api/v1/exclusions', TOKENS.ANNA, approve)).status).toBe(403);
    expect((await world.post('/api/v1/exclusions', TOKENS.OTTO, approve)).status).toBe(403);
    expect(await world.post('/api/v1/exclusions', TOKENS.BEA, approve)).toMatchObject({
      status: 200,
      answer: { state: 'approved', decided: { by: 'bea', role: 'customer', comment: 'seen it' }, needs: null },
    });
    expect((await world.post('/api/v1/exclusions', TOKENS.BEA, { reject: asked.answer.id })).status).toBe(409);
  });

  it('nobody approves what they asked for themselves', async () => {
    const asked = await world.post('/api/v1/exclusions', TOKENS.BEA, { ...flood, ...hours(-8, -6) });
    const answer = await world.post('/api/v1/exclusions', TOKENS.BEA, { approve: asked.answer.id });
    expect(answer).toMatchObject({ status: 403 });
  });

  it.each([
    ['time to come', TOKENS.ANNA, { ...flood, ...hours(1, 2) }, 400],
    ['no evidence', TOKENS.ANNA, { ...flood, ...hours(-2, -1), evidence: [] }, 400],
    ['another customer', TOKENS.OTTO, { ...flood, ...hours(-2, -1) }, 403],
    ['an unknown contract', TOKENS.ANNA, { ...flood, ...hours(-2, -1), contract: 'hostin' }, 404],
    ['an unknown objective', TOKENS.ANNA, { ...flood, ...hours(-2, -1), objectives: ['up'] }, 404],
  ])('refuses %s', async (_, token, body, status) => {
    expect((await world.post('/api/v1/exclusions', token, body)).status).toBe(status);
  });
});

describe('a body that is wrong', () => {
  it.each([
    ['maintenance', { ...kernel, ...hours(90, 91), reson: 'kernel' }, 'reson: unknown key, did you mean reason?'],
    ['maintenance', { checks: ['shop'], ...hours(90, 91) }, 'reason: required, but missing'],
    ['maintenance', { ...kernel, from: true, to: '2026-10-05T00:00:00Z' }, 'from: '],
    ['maintenance', { ...kernel, ...hours(90, 91), checks: 'shop' }, 'checks: expected a list'],
    ['maintenance', { cancel: 'm-1', reason: '' }, 'reason: '],
    ['exclusions', { ...flood, ...hours(-2, -1), evidence: 'a link' }, 'evidence: expected a list'],
    ['exclusions', { ...flood, from: '2026-09-30T00:00:00Z' }, 'to: required, but missing'],
    ['exclusions', { aprove: 'x-1' }, 'aprove: unknown key, did you mean approve?'],
    ['exclusions', 'approve', 'body: '],
    ['approvals', { contract: 'hosting', digest: 'x', decision: 'aproved' }, 'decision: did you mean approved?'],
  ])('is answered with the field: %s %j', async (resource, body, message) => {
    const { status, answer } = await world.post(`/api/v1/${resource}`, TOKENS.ANNA, body);
    expect([status, answer.error.code]).toEqual([400, 'bad-request']);
    expect(answer.error.message).toContain(message);
  });
});

describe('after all of that', () => {
  it('every decision is an entry of the audit log, what was refused is none, and the chain holds', async () => {
    const { out } = await world.call('audit', '--json', '--config', world.config);
    const actions = out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line).action);
    expect(actions).toEqual([
      'maintenance.announced',
      'maintenance.announced',
      'maintenance.announced',
      'maintenance.cancelled',
      'exclusion.requested',
      'exclusion.approved',
      'exclusion.requested',
    ]);
    expect((await world.call('verify', '--config', world.config)).code).toBe(0);
  });

  it('a collector that is started again knows all of it', async () => {
    const before = [await world.get('/api/v1/maintenance'), await world.get('/api/v1/exclusions')];
    await world.stop();
    await world.start();
    expect([await world.get('/api/v1/maintenance'), await world.get('/api/v1/exclusions')]).toEqual(before);
  });
});
