import { afterEach, beforeEach, expect, it } from 'vitest';
import { KEEP_ALL } from '../../../../collector/src/store/archive.ts';
import { openStore } from '../../../../collector/src/store/open.ts';
import type { Store } from '../../../../collector/src/store/store.ts';
import { aDelivery, collect, START_MS } from '../../../support/batches.ts';
import { temporaryFolder } from '../../../support/folders.ts';

const DAY_MS = 86_400_000;

let store: Store;
beforeEach(async () => {
  store = await openStore({ directory: temporaryFolder() });
});
afterEach(() => store.close());

async function appendAndSeal(...sequences: readonly number[]): Promise<void> {
  for (const sequence of sequences) await store.append(aDelivery({ sequence }));
  while ((await store.upkeep(START_MS + DAY_MS, KEEP_ALL)).hasMore);
}

async function sequences(position: number): Promise<number[]> {
  return (await collect(store.unsent(position))).map(({ batch }) => batch.sequence);
}

it('what is sealed before it was sent is still there, once, until every receiver has it', async () => {
  await store.keepFor(['mimir', 'thanos']);
  await appendAndSeal(1, 2, 3);
  await store.append(aDelivery({ sequence: 4 }));
  expect(await collect(store.tail(0))).toHaveLength(1);
  expect(await sequences(0)).toEqual([1, 2, 3, 4]);
  const [, second] = await collect(store.unsent(0));
  await store.markSent('mimir', second?.position ?? 0);
  expect(await sequences(0)).toEqual([1, 2, 3, 4]);
  await store.markSent('thanos', second?.position ?? 0);
  expect(await sequences(0)).toEqual([3, 4]);
});

it('what was sent before it is sealed is not kept', async () => {
  await store.keepFor(['mimir']);
  await store.append(aDelivery({ sequence: 1 }));
  const [first] = await collect(store.unsent(0));
  await store.markSent('mimir', first?.position ?? 0);
  await appendAndSeal();
  expect(await sequences(0)).toEqual([]);
});

it('without a receiver nothing is kept', async () => {
  await appendAndSeal(1, 2);
  expect(await sequences(0)).toEqual([]);
});
