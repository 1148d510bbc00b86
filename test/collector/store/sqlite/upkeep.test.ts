import { afterEach, describe, expect, it } from 'vitest';
import { openStore } from '../../../../collector/src/store/open.ts';
import type { Store } from '../../../../collector/src/store/store.ts';
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
    expect(await store.append(delivered({ sequence: 1 }))).toEqual({ position: first.position, duplicate: true });
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
