import type { Observation } from '@nines/shared/observation.ts';
import { afterEach, describe, expect, it } from 'vitest';
import { Head } from '../../../collector/src/evaluate/head.ts';
import { registerObservations } from '../../../collector/src/http/observations.ts';
import { createServer } from '../../../collector/src/http/server.ts';
import { StoreError } from '../../../collector/src/store/store.ts';
import { JournalInMemory } from '../evaluate/journal-in-memory.ts';
import { planOf } from '../evaluate/plan-of.ts';

/** 2026-11-10T12:00:00Z. */
const NOW_MS = Date.UTC(2026, 10, 10, 12);
const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

const servers: { close(): Promise<unknown> }[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) await server.close();
});

/** A server that knows what one agent saw of `shop`. */
async function serve(seen: readonly Observation[], journal = new JournalInMemory()) {
  const head = new Head({ journal });
  if (seen.length > 0) head.apply(journal.append('fra', seen));
  const server = createServer({ log: { error: () => {} } });
  servers.push(server);
  const plan = planOf({ shop: ['fra', 'ams'], quiet: ['fra'] });
  registerObservations(server, { evaluation: () => ({ head, plan, nowMs: NOW_MS }) });
  const url = await server.listen({ host: '127.0.0.1', port: 0 });
  const get = (query = '', check = 'shop') => fetch(`${url}/api/v1/checks/${check}/observations?${query}`);
  const lines = async (query = '', check = 'shop'): Promise<unknown[]> =>
    (await (await get(query, check)).text())
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
  return { get, lines };
}

function runAt(atMs: number, fields: Partial<Observation> = {}): Observation {
  const values = { total: 100_000, connect: 2_500 };
  return { check: 'shop', atMs, everyMs: MINUTE_MS, outcome: 'up', reason: null, values, ...fields };
}

/** From 11:00 to 11:04 up, at 11:02 down. */
const FEW = [0, 1, 2, 3, 4].map((minute) =>
  runAt(
    NOW_MS - HOUR_MS + minute * MINUTE_MS,
    minute === 2
      ? { outcome: 'down', reason: 'timeout', values: { total: 9_000_000 } }
      : { values: { total: 100_000 + minute } },
  ),
);

describe('GET /api/v1/checks/:id/observations', () => {
  it('gives every run with outcome, reason and values, gaps where nobody measured, and says that it is whole', async () => {
    const { get, lines } = await serve(FEW);
    const query = `agent=fra&from=${NOW_MS - HOUR_MS}&to=${NOW_MS}`;
    const response = await get(query);
    expect(response.headers.get('content-type')).toBe('application/x-ndjson; charset=utf-8');
    const [about, ...rest] = await lines(query);
    expect(about).toEqual({
      check: 'shop',
      agents: ['fra'],
      from_ms: NOW_MS - HOUR_MS,
      to_ms: NOW_MS,
      resolution: 'raw',
      bucket_ms: null,
      value: 'total',
      unit: 'microseconds',
    });
    const fields = { agent: 'fra', every_ms: MINUTE_MS };
    expect(rest).toEqual([
      ...FEW.map(({ atMs, outcome, reason, values }) => ({ ...fields, at_ms: atMs, outcome, reason, values })),
      // The last run, at 11:04, speaks for two intervals.
      { agent: 'fra', from_ms: NOW_MS - 54 * MINUTE_MS, to_ms: NOW_MS, gap: true },
      { end: true, observations: 5 },
    ]);
  });

  it('gives exact statistics of the runs that were up, by bucket, and one gap for all empty buckets', async () => {
    const { lines } = await serve(FEW);
    const rest = await lines('resolution=hour&from=2026-11-10T09:30:00Z&to=2026-11-10T12:00:00Z&agent=fra');
    const elevenMs = NOW_MS - HOUR_MS;
    expect(rest.slice(1)).toEqual([
      { agent: 'fra', from_ms: NOW_MS - 2.5 * HOUR_MS, to_ms: elevenMs, gap: true },
      {
        agent: 'fra',
        from_ms: elevenMs,
        to_ms: NOW_MS,
        ...{ up: 4, down: 1, unknown: 0, count: 4, min: 100_000 },
        // (0 + 1 + 3 + 4) / 4 = 2; nearest ranks of 4: the 2nd, the 4th, the 4th.
        ...{ mean: 100_002, max: 100_004, p50: 100_001, p95: 100_004, p99: 100_004 },
      },
      { end: true, observations: 5 },
    ]);
  });

  it('gives the last day of all agents unless told otherwise; one that saw nothing is one gap', async () => {
    const { lines } = await serve(FEW);
    const rest = await lines('resolution=day');
    expect(rest[0]).toMatchObject({ agents: ['ams', 'fra'], from_ms: NOW_MS - 24 * HOUR_MS, to_ms: NOW_MS });
    const ams = { agent: 'ams', from_ms: NOW_MS - 24 * HOUR_MS, to_ms: NOW_MS, gap: true };
    expect(rest).toContainEqual(ams);
    expect(await lines('', 'quiet')).toHaveLength(3);
  });

  it('gives one value alone when it is named', async () => {
    const { lines } = await serve([runAt(NOW_MS - MINUTE_MS)]);
    const rest = await lines(`value=connect&agent=fra&from=${NOW_MS - MINUTE_MS}&to=${NOW_MS}`);
    expect(rest[1]).toMatchObject({ values: { connect: 2_500 } });
    expect(rest[1]).not.toHaveProperty('values.total');
    const [, bucket] = await lines(`resolution=minute&value=connect&agent=fra&from=${NOW_MS - MINUTE_MS}&to=${NOW_MS}`);
    expect(bucket).toMatchObject({ count: 1, p99: 2_500 });
  });

  it('chooses buckets by itself once there are more than 2,000 runs of an agent', async () => {
    const many = Array.from({ length: 2_001 }, (_, index) => runAt(NOW_MS - (index + 1) * 30_000));
    const { lines } = await serve(many);
    const [about, ...rest] = await lines(`agent=fra&from=${NOW_MS - 2_001 * 30_000}&to=${NOW_MS}`);
    expect(about).toMatchObject({ resolution: 'minute', bucket_ms: MINUTE_MS });
    expect(rest.at(-1)).toEqual({ end: true, observations: 2_001 });
  });

  it('says nothing of the time to come, not even that it is a gap', async () => {
    const { lines } = await serve(FEW);
    expect((await lines(`from=${NOW_MS + 1}&to=${NOW_MS + HOUR_MS}`)).at(1)).toEqual({ end: true, observations: 0 });
    const [about] = await lines(`from=${NOW_MS - HOUR_MS}&to=${NOW_MS + HOUR_MS}`);
    expect(about).toMatchObject({ to_ms: NOW_MS });
  });

  it('refuses what it does not understand, and says why', async () => {
    const { get } = await serve(FEW);
    const refusals = [
      ['from=2026-11-10T09:30:00Z', 'to is missing: from and to go together'],
      ['from=5&to=5', 'from has to be before to'],
      ['from=yesterday&to=5', 'from: expected 2026-01-31T00:00:00Z or integer milliseconds'],
      ['resolution=second', 'resolution: expected auto, raw, minute, hour, day'],
      ['value=totl', 'value: no probe type reports "totl"'],
      ['form=1', 'unknown parameter form'],
      ['from=1&from=2&to=5', 'from is given more than once'],
    ] as const;
    for (const [query, message] of refusals) {
      const response = await get(query);
      expect([response.status, await response.json()], query).toEqual([
        400,
        { error: { code: 'bad-request', message } },
      ]);
    }
  });

  it('of a check or an agent that nobody ever knew are 404', async () => {
    const { get } = await serve(FEW);
    for (const response of [await get('', 'shp'), await get('agent=nyc')]) {
      expect(response.status).toBe(404);
      expect(await response.json()).toMatchObject({ error: { code: 'not-found' } });
    }
  });

  it('that cannot be read are answered as an error, not as a stream that breaks off', async () => {
    const journal = new JournalInMemory();
    journal.holdStill = async () => {
      throw new StoreError('io', 'the disk is gone');
    };
    const { get } = await serve(FEW, journal);
    expect((await get()).status).toBe(503);
  });
});
