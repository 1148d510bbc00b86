import { describe, expect, it } from 'vitest';
import { attain } from '../../../../collector/src/evaluate/attain.ts';
import { Head } from '../../../../collector/src/evaluate/head.ts';
import { periodBetween } from '../../../../collector/src/evaluate/judged-period.ts';
import { DAMAGED } from '../../../../collector/src/evaluate/series.ts';
import { KEEP_ALL } from '../../../../collector/src/store/archive.ts';
import { RetentionKeeper } from '../../../../collector/src/store/sqlite/retention-keeper.ts';
import { verify } from '../../../../collector/src/store/sqlite/verify.ts';
import { anObjective, areUp } from '../../../support/objectives.ts';
import { SealedInMemory } from './sealed-in-memory.ts';

const HOUR_MS = 3_600_000;
const WEEK_MS = 7 * 24 * HOUR_MS;
const START_MS = 2_960 * WEEK_MS;
const WEEKS = 3;
const END_MS = START_MS + WEEKS * WEEK_MS;
const EVERY_MS = 600_000;

const UPTIME = anObjective(areUp('shop'), {
  targetPpb: 999_500_000,
  period: { kind: 'rolling', lengthMs: WEEKS * WEEK_MS },
  timeZone: 'UTC',
});

const PLAN = {
  agentsOf: () => ['fra'],
  assignedTimesOf: () => new Map(),
  locationOf: (agent: string) => agent,
  everyMsOf: () => EVERY_MS,
};

/** Three weeks in which a check was always up, sealed. */
function threeWeeks(): SealedInMemory {
  const store = new SealedInMemory();
  for (let fromMs = START_MS; fromMs < END_MS; fromMs += 24 * HOUR_MS) {
    const runs = Array.from({ length: (24 * HOUR_MS) / EVERY_MS }, (_, run) => fromMs + run * EVERY_MS);
    store.append(
      'fra',
      runs.map((atMs) => ({
        check: 'shop',
        atMs,
        everyMs: EVERY_MS,
        outcome: 'up',
        reason: null,
        values: { total: 1 },
      })),
    );
  }
  store.seal(END_MS + WEEK_MS);
  return store;
}

async function uptime(head: Head, fromMs = START_MS, toMs = END_MS) {
  return attain(UPTIME, { head, plan: PLAN, nowMs: END_MS }, periodBetween(UPTIME, { fromMs, toMs }, END_MS));
}

async function headOf(store: SealedInMemory): Promise<Head> {
  const head = new Head({ journal: store });
  await head.load(store);
  head.setDamages(store.damages());
  const { edgesFromMs } = store.covered();
  if (edgesFromMs !== null) head.setCovered(edgesFromMs);
  return head;
}

describe('what a store has lost', () => {
  it('nothing: the period is met', async () => {
    expect(await uptime(await headOf(threeWeeks()))).toMatchObject({ verdict: 'met', unknown: 0 });
  });

  it('a byte of a chunk: verify names it, the period is inconclusive, other weeks are as they were', async () => {
    const store = threeWeeks();
    store.database.exec(
      `UPDATE chunks SET body = CAST(substr(body, 1, 100) || x'5a5a' || substr(body, 103) AS BLOB) WHERE from_ms = ${START_MS}`,
    );
    const [finding, ...others] = verify(store.database, { chunks: 0, observations: 0, batches: 0 });
    expect(others).toEqual([]);
    expect(finding).toMatchObject({ table: 'chunks', agent: 'fra', check: 'shop', fromMs: START_MS });
    // Whoever reads the stretch comes upon it.
    const found = await store.sealedRuns({ checks: ['shop'], fromMs: START_MS, toMs: END_MS });
    expect(found[0]?.runs.atMs[0]).toBe(START_MS + WEEK_MS);
    const head = await headOf(store);
    expect(await uptime(head)).toMatchObject({ verdict: 'inconclusive', bad: 0 });
    expect(await uptime(head, START_MS + WEEK_MS)).toMatchObject({ verdict: 'met', unknown: 0 });
    const [stretch] = head.seriesOf('shop')[0]?.timeline({ fromMs: START_MS, toMs: END_MS }, []) ?? [];
    expect(stretch).toMatchObject({ state: 'unknown', reason: DAMAGED, fromMs: START_MS });
  });

  it('a week of edges: unknown until late data make it anew from the chunks', async () => {
    const store = threeWeeks();
    store.database.exec(`UPDATE weeks SET body = x'00' WHERE week = ${START_MS / WEEK_MS}`);
    expect(await uptime(await headOf(store))).toMatchObject({ verdict: 'inconclusive', unknown: WEEK_MS });
    store.append('fra', [
      { check: 'shop', atMs: START_MS + 1_000, everyMs: EVERY_MS, outcome: 'up', reason: null, values: {} },
    ]);
    store.seal(END_MS + WEEK_MS);
    expect(await uptime(await headOf(store))).toMatchObject({ verdict: 'met', unknown: 0 });
    expect([...verify(store.database, { chunks: 0, observations: 0, batches: 0 })]).toEqual([]);
  });

  it('what retention let go: a period that reaches there is inconclusive, never met', async () => {
    const store = threeWeeks();
    const keeper = new RetentionKeeper(store.database);
    const nowMs = END_MS;
    while (keeper.step(nowMs, { ...KEEP_ALL, edgesMs: 2 * WEEK_MS }) > 0);
    const head = await headOf(store);
    expect(await uptime(head)).toMatchObject({ verdict: 'inconclusive', unknown: WEEK_MS });
    expect(await uptime(head, START_MS + WEEK_MS)).toMatchObject({ verdict: 'met', unknown: 0 });
  });

  it('counts of a week whose observations retention let go are compared with one another', () => {
    const store = threeWeeks();
    const keeper = new RetentionKeeper(store.database);
    while (keeper.step(END_MS, { ...KEEP_ALL, observationsMs: 2 * WEEK_MS }) > 0);
    const tablesOf = () =>
      [...verify(store.database, { chunks: 0, observations: 0, batches: 0 })].map(({ table }) => table);
    expect(tablesOf()).toEqual([]);
    const first = START_MS / 86_400_000;
    store.database.exec(`UPDATE days SET up = up + 1 WHERE day = ${first}`);
    store.database.exec(`UPDATE hours SET body = x'00' WHERE day = ${first + 1}`);
    expect(tablesOf()).toEqual(['days', 'hours']);
    store.database.exec(`UPDATE weeks SET body = x'00' WHERE week = ${START_MS / WEEK_MS}`);
    expect(tablesOf()).toEqual(['weeks', 'hours']);
  });

  it('late observations of a time whose observations retention let go change nothing that was told', async () => {
    const store = threeWeeks();
    const keeper = new RetentionKeeper(store.database);
    while (keeper.step(END_MS, { ...KEEP_ALL, observationsMs: 2 * WEEK_MS }) > 0);
    const late = { check: 'shop', everyMs: EVERY_MS, outcome: 'down', reason: 'timeout', values: {} } as const;
    store.append('fra', [{ ...late, atMs: START_MS + 1_000 }]);
    store.seal(END_MS + WEEK_MS);
    expect(store.batches).toBe(0);
    expect(await uptime(await headOf(store))).toMatchObject({ verdict: 'met', unknown: 0, bad: 0 });
    expect([...verify(store.database, { chunks: 0, observations: 0, batches: 0 })]).toEqual([]);
  });

  it('observations that retention let go: their figures stay', async () => {
    const store = threeWeeks();
    const keeper = new RetentionKeeper(store.database);
    while (keeper.step(END_MS, { ...KEEP_ALL, observationsMs: 2 * WEEK_MS }) > 0);
    expect(await uptime(await headOf(store))).toMatchObject({ verdict: 'met', unknown: 0 });
    const [found] = await store.sealedRuns({ checks: ['shop'], fromMs: START_MS, toMs: END_MS });
    expect(found?.runs.atMs[0]).toBe(START_MS + WEEK_MS);
    expect([...verify(store.database, { chunks: 0, observations: 0, batches: 0 })]).toEqual([]);
  });
});
