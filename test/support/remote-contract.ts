import { expect, it } from 'vitest';
import type { Store } from '../../collector/src/store/store.ts';
import { aDelivery, collect, START_MS } from './batches.ts';
import type { CurrentStore } from './event-contract.ts';

async function append(store: Store, ...sequences: readonly number[]): Promise<void> {
  for (const sequence of sequences) {
    await store.append({ ...aDelivery({ sequence }), receivedAtMs: START_MS + sequence * 1_000 });
  }
}

async function unsent(store: Store, position: number): Promise<number[]> {
  return (await collect(store.unsent(position))).map(({ batch }) => batch.sequence);
}

/** The promises of `RemoteWriteStore`. */
export function describeRemoteWrite(current: CurrentStore): void {
  it('a receiver that is new begins with what comes then; one that is known goes on where it was', async () => {
    const { store } = current();
    await append(store, 1, 2);
    const first = await store.keepFor(['mimir']);
    await append(store, 3, 4);
    expect(await unsent(store, first.get('mimir') ?? 0)).toEqual([3, 4]);
    const [third] = await collect(store.unsent(first.get('mimir') ?? 0));
    await store.markSent('mimir', third?.position ?? 0);
    const again = await store.keepFor(['mimir', 'thanos']);
    expect(await unsent(store, again.get('mimir') ?? 0)).toEqual([4]);
    expect(await unsent(store, again.get('thanos') ?? 0)).toEqual([]);
  });

  it('one that was forgotten in between is new', async () => {
    const { store } = current();
    await store.keepFor(['mimir']);
    await append(store, 1);
    await store.keepFor([]);
    const positions = await store.keepFor(['mimir']);
    expect(await unsent(store, positions.get('mimir') ?? 0)).toEqual([]);
  });

  it('what arrived too long ago is given up, and counted', async () => {
    const { store } = current();
    const positions = await store.keepFor(['mimir', 'thanos']);
    await append(store, 1, 2, 3);
    const given = await store.giveUp('mimir', START_MS + 3_000);
    expect(given.batches).toBe(2);
    expect(await unsent(store, given.position)).toEqual([3]);
    expect(await unsent(store, positions.get('thanos') ?? 0)).toEqual([1, 2, 3]);
    expect((await store.giveUp('mimir', START_MS + 3_000)).batches).toBe(0);
  });

  it('how far a receiver is, is known after it was opened again', async () => {
    const { store, reopen, replace } = current();
    await store.keepFor(['mimir']);
    await append(store, 1, 2);
    const [first] = await collect(store.unsent(0));
    await store.markSent('mimir', first?.position ?? 0);
    await store.close();
    const opened = await reopen();
    replace(opened);
    const positions = await opened.keepFor(['mimir']);
    expect(await unsent(opened, positions.get('mimir') ?? 0)).toEqual([2]);
  });
}
