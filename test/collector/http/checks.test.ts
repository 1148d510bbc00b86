import type { Observation } from '@nines/shared/observation.ts';
import { afterEach, describe, expect, it } from 'vitest';
import { Head } from '../../../collector/src/evaluate/head.ts';
import { registerChecks } from '../../../collector/src/http/checks.ts';
import { createServer } from '../../../collector/src/http/server.ts';
import { planOf } from '../evaluate/plan-of.ts';
import { SealedInMemory } from '../store/sqlite/sealed-in-memory.ts';

/** 2026-11-10T12:00:00Z. */
const NOW_MS = Date.UTC(2026, 10, 10, 12);
const MINUTE_MS = 60_000;

const servers: { close(): Promise<unknown> }[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) await server.close();
});

/** A run a minute from 06:00 to 11:59: 100, 200 … 36,000 µs; every tenth down. What is closed is sealed. */
const RUNS = Array.from({ length: 360 }, (_, index): Observation => {
  const isDown = index % 10 === 9;
  return {
    check: 'shop',
    atMs: NOW_MS - (360 - index) * MINUTE_MS,
    everyMs: MINUTE_MS,
    outcome: isDown ? 'down' : 'up',
    reason: isDown ? 'timeout' : null,
    values: isDown ? {} : { total: 100 * (index + 1) },
  };
});

async function serve() {
  const store = new SealedInMemory();
  const head = new Head({ journal: store });
  for (let first = 0; first < RUNS.length; first += 30) {
    head.apply(store.append('fra', RUNS.slice(first, first + 30)));
  }
  store.seal(NOW_MS);
  const server = createServer({ log: { error: () => {} } });
  servers.push(server);
  const plan = planOf({ shop: ['fra', 'ams'], quiet: ['fra'] });
  const evaluation = () => ({ head, plan, nowMs: NOW_MS });
  const nines = () => ({ checks: [{ id: 'shop' }, { id: 'quiet' }], precision: 'exact' }) as const;
  registerChecks(server, { nines, archive: store, evaluation });
  const url = await server.listen({ host: '127.0.0.1', port: 0 });
  return { store, get: (query: string) => fetch(`${url}/api/v1/checks?${query}`) };
}

describe('GET /api/v1/checks', () => {
  it('gives runs by outcome and a quantile with its error for every check and agent, those that never ran included', async () => {
    const { get, store } = await serve();
    // The hour from 11:00 is not sealed yet: two batches of half an hour are still in the journal.
    expect(store.batches).toBe(2);
    const answer: unknown = await (await get('quantile=0.5')).json();
    const nothing = { up: 0, down: 0, unknown: 0, measured: 0, quantile_us: null };
    expect(answer).toMatchObject({
      from_ms: NOW_MS - 24 * 60 * MINUTE_MS,
      to_ms: NOW_MS,
      quantile: 0.5,
      relative_error: 0.01,
      checks: [
        {
          id: 'shop',
          agents: [
            { agent: 'ams', ...nothing },
            { agent: 'fra', up: 324, down: 36, unknown: 0, measured: 324 },
          ],
        },
        { id: 'quiet', agents: [{ agent: 'fra', ...nothing }] },
      ],
    });
    // Half of 324 is the 162nd that was up: 18 tens of nine, so run 179 (of every ten the tenth is down): 17,900 µs.
    expect(Math.abs(quantileOf(answer) - 17_900)).toBeLessThanOrEqual(179);
  });

  it('holds for any bounds: hours that are cut are counted run by run', async () => {
    const { get } = await serve();
    const [fromMs, toMs] = [NOW_MS - 299.5 * MINUTE_MS, NOW_MS - 29.5 * MINUTE_MS];
    const answer: unknown = await (await get(`from=${fromMs}&to=${toMs}&quantile=1`)).json();
    // From index 61 to 330: 270 runs, every tenth down; the greatest that was up is index 330, 33,100 µs.
    expect(answer).toMatchObject({ checks: [{ agents: [{}, { up: 243, down: 27, measured: 243 }] }, {}] });
    expect(Math.abs(quantileOf(answer) - 33_100)).toBeLessThanOrEqual(331);
  });

  it('gives a quantile that occurred when it is asked for the exact one', async () => {
    const { get } = await serve();
    const answer: unknown = await (await get('quantile=0.5&method=exact')).json();
    expect(answer).toMatchObject({
      method: 'exact',
      relative_error: 0,
      checks: [{ agents: [{}, { measured: 324 }] }, {}],
    });
    // The 162nd of 324, as above.
    expect(quantileOf(answer)).toBe(17_900);
  });

  it('gives the 95th percentile unless told otherwise, and refuses what it does not understand', async () => {
    const { get } = await serve();
    expect(await (await get('')).json()).toMatchObject({ quantile: 0.95 });
    for (const query of [
      'quantile=95',
      'quantile=1.1',
      'quantile=',
      'quantile=-1',
      'method=guess',
      'from=1',
      'from=2&to=1',
      'check=shop',
    ]) {
      const response = await get(query);
      expect(response.status, query).toBe(400);
      expect(await response.json()).toMatchObject({ error: { code: 'bad-request' } });
    }
  });
});

/** The quantile of the first check's second agent. */
function quantileOf(answer: unknown): number {
  // Safe: a number or NaN, whatever was answered.
  return Number((answer as { checks: { agents: { quantile_us: number }[] }[] }).checks[0]?.agents[1]?.quantile_us);
}
