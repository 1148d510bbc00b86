import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import Sqlite from 'better-sqlite3';
import { afterEach, describe, expect, it } from 'vitest';
import { KEEP_ALL } from '../../../../collector/src/store/archive.ts';
import { openStore } from '../../../../collector/src/store/open.ts';
import type { Finding } from '../../../../collector/src/store/sqlite/finding.ts';
import { verifyStore } from '../../../../collector/src/store/sqlite/verify-store.ts';
import type { Store } from '../../../../collector/src/store/store.ts';
import { anEvent } from '../../../support/arbitrary-events.ts';
import { aDelivery, collect, START_MS, upColumns } from '../../../support/batches.ts';
import { temporaryFolder } from '../../../support/folders.ts';

const HOUR_MS = 3_600_000;
const LATER_MS = START_MS + 30 * 24 * HOUR_MS;

const opened: Store[] = [];

async function open(directory: string): Promise<Store> {
  const store = await openStore({ directory });
  opened.push(store);
  return store;
}

/** Received when all of it has happened: what comes from the future is not believed. */
function delivered(given: Parameters<typeof aDelivery>[0] = {}): ReturnType<typeof aDelivery> {
  return { ...aDelivery(given), receivedAtMs: START_MS + 24 * HOUR_MS, skewMs: 0 };
}

async function sealAll(store: Store): Promise<number> {
  let sealed = 0;
  for (let hasMore = true; hasMore; ) {
    const report = await store.upkeep(LATER_MS);
    sealed += report.sealed;
    hasMore = report.hasMore;
  }
  return sealed;
}

const EVERYTHING = { checks: ['shop-home'], fromMs: START_MS, toMs: LATER_MS };

describe('upkeep of the SQLite store', () => {
  afterEach(async () => {
    for (const store of opened.splice(0)) await store.close();
  });

  it('moves closed hours out of the journal; they are there after the next start', async () => {
    const directory = temporaryFolder();
    const store = await open(directory);
    for (let sequence = 1; sequence <= 3; sequence++) {
      const checks = [upColumns('shop-home', 10, START_MS + sequence * HOUR_MS)];
      await store.append(delivered({ sequence, checks }));
    }
    expect(await sealAll(store)).toBe(30);
    expect(await collect(store.tail(0))).toEqual([]);
    expect(await store.size()).toMatchObject({ batches: 0 });
    await store.close();
    const again = await open(directory);
    const [found, ...others] = await again.sealedRuns(EVERYTHING);
    expect(others).toEqual([]);
    expect(found).toMatchObject({ agent: 'fra-web03', check: 'shop-home', runs: { length: 30 } });
    expect(await collect(again.sealed())).toHaveLength(1);
  });

  it('a batch that is sealed is a duplicate for ever, and a position is not used twice', async () => {
    const store = await open(temporaryFolder());
    const first = await store.append(delivered({ sequence: 1 }));
    await sealAll(store);
    expect(await store.append(delivered({ sequence: 1 }))).toEqual({ position: 0, duplicate: true });
    expect((await store.append(delivered({ sequence: 2 }))).position).toBeGreaterThan(first.position);
    expect(await sealAll(store)).toBe(3);
  });

  it('nothing leaves the journal while somebody holds it still', async () => {
    const store = await open(temporaryFolder());
    await store.append(delivered());
    const release = await store.holdStill();
    const upkeep = store.upkeep(LATER_MS);
    expect(await collect(store.tail(0))).toHaveLength(1);
    expect(await collect(store.tail(0))).toHaveLength(1);
    release();
    expect(await upkeep).toMatchObject({ sealed: 3 });
    expect(await collect(store.tail(0))).toEqual([]);
  });

  it('nobody who wants it still waits while a step is made ready, only while it is written', async () => {
    const store = await open(temporaryFolder());
    await store.append(delivered());
    const upkeep = store.upkeep(LATER_MS);
    // Nothing that the thread of upkeep answers is here by the next turn of the event loop.
    const release = await Promise.race([store.holdStill(), nextTurn(null)]);
    if (release === null) throw new Error('waits for more than a transaction');
    expect(await collect(store.tail(0))).toHaveLength(1);
    expect(await store.sealedRuns(EVERYTHING)).toEqual([]);
    release();
    expect(await upkeep).toMatchObject({ sealed: 3 });
    expect(await collect(store.tail(0))).toEqual([]);
  });

  it('lets events go that ended before their retention, and says from when on they are whole', async () => {
    const directory = temporaryFolder();
    const store = await open(directory);
    const ids = Array.from({ length: 450 }, (_, index) => `call-${index}`);
    await store.putEvents({ events: ids.map((id) => anEvent({ id })), receivedAtMs: START_MS });
    const open_ = anEvent({ id: 'open', endedAtMs: null, outcome: null });
    await store.putEvents({ events: [open_, anEvent({ id: 'new', atMs: LATER_MS - 1 })], receivedAtMs: START_MS });
    const retention = { ...KEEP_ALL, eventsMs: 24 * HOUR_MS };
    let removed = 0;
    for (let hasMore = true; hasMore; ) {
      const report = await store.upkeep(LATER_MS, retention);
      removed += report.removed;
      hasMore = report.hasMore;
    }
    expect(removed).toBeGreaterThanOrEqual(450);
    const left = await collect(store.events({ stream: 'calls', fromMs: 0, toMs: 1e13 }));
    expect(left.map(({ id }) => id)).toEqual(['open', 'new']);
    const limitMs = Math.floor((LATER_MS - 24 * HOUR_MS) / (24 * HOUR_MS)) * 24 * HOUR_MS;
    expect(await store.covered()).toMatchObject({ eventsFromMs: limitMs, edgesFromMs: null });
    expect(verifyStore(directory, () => {}).findings).toBe(0);
  });

  it.each([
    ['cannot be unpacked', "body = x'28b52ffd00', encoding = 2"],
    ['cannot be read', "body = x'7b7d7d', encoding = 0"],
  ])('a batch that %s is set aside, named, and its time unknown; the others go on', async (why, change) => {
    const directory = temporaryFolder();
    const store = await open(directory);
    await store.recordAssignments([{ check: 'shop-home', agent: 'fra-web03' }], START_MS);
    for (let sequence = 1; sequence <= 3; sequence++) {
      const checks = [upColumns('shop-home', 10, START_MS + sequence * HOUR_MS)];
      await store.append(delivered({ sequence, checks }));
    }
    const database = new Sqlite(join(directory, 'nines.db'));
    database.exec(`UPDATE journal SET ${change} WHERE position = 2`);
    database.close();
    expect(await sealAll(store)).toBe(20);
    expect(await store.damages()).toMatchObject([
      { agent: 'fra-web03', check: 'shop-home', fromMs: START_MS + 2 * HOUR_MS, what: expect.stringContaining(why) },
    ]);
    const found: Finding[] = [];
    verifyStore(directory, (finding) => found.push(finding));
    expect(found).toMatchObject([{ table: 'set_aside', agent: 'fra-web03', what: expect.stringContaining('batch 2') }]);
    expect((await store.append(delivered({ sequence: 2 }))).duplicate).toBe(true);
  });

  it('reading sets such a batch aside too: a start does not fail for it', async () => {
    const directory = temporaryFolder();
    const store = await open(directory);
    await store.recordAssignments([{ check: 'shop-home', agent: 'fra-web03' }], START_MS);
    for (let sequence = 1; sequence <= 3; sequence++) await store.append(delivered({ sequence }));
    await store.close();
    const database = new Sqlite(join(directory, 'nines.db'));
    database.exec("UPDATE journal SET body = x'7b7d7d' WHERE position = 2");
    database.close();
    const again = await open(directory);
    expect((await collect(again.tail(0))).map(({ batch }) => batch.sequence)).toEqual([1, 3]);
    expect((await collect(again.tail(0))).map(({ batch }) => batch.sequence)).toEqual([1, 3]);
    expect(await again.damages()).toHaveLength(1);
    expect(await again.size()).toMatchObject({ batches: 2 });
  });

  it('gives only the values that are wanted', async () => {
    const store = await open(temporaryFolder());
    await store.append(delivered());
    await sealAll(store);
    const [all] = await store.sealedRuns(EVERYTHING);
    const [none] = await store.sealedRuns({ ...EVERYTHING, values: [] });
    expect(all?.runs.values.map(({ name }) => name)).toEqual(['total']);
    expect(none?.runs.values).toEqual([]);
    expect(none?.runs.atMs).toEqual(all?.runs.atMs);
  });
});
