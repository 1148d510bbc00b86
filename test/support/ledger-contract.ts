import { expect, it } from 'vitest';
import { ChainCheck, GENESIS } from '../../collector/src/ledger/chain.ts';
import type { EntryDraft } from '../../collector/src/store/ledger.ts';
import { StoreError } from '../../collector/src/store/store.ts';
import { collect, START_MS } from './batches.ts';
import type { CurrentStore } from './event-contract.ts';

/** An ordinary decision; what a test is about is given. */
export function aDraft(given: Partial<EntryDraft> = {}): EntryDraft {
  return {
    atMs: START_MS,
    actor: 'anna',
    action: 'maintenance.announced',
    subject: 'maintenance/m-1',
    body: { from_ms: START_MS, reason: 'kernel – “Köln”\n', checks: ['shop', 'mail'], open: true, until: null },
    ...given,
  };
}

/** The promises of `LedgerStore`, each a test; every store runs all of them. */
export function describeLedger(current: CurrentStore): void {
  it('an entry is read back as it was appended, with its place in the chain', async () => {
    const { store } = current();
    expect(await store.ledgerHead()).toEqual(GENESIS);
    const first = await store.appendEntry(aDraft(), 0);
    expect(first).toMatchObject({ ...aDraft(), sequence: 1, prevHash: GENESIS.hash });
    const second = await store.appendEntry(aDraft({ subject: 'maintenance/m-2' }), 0);
    expect(second).toMatchObject({ sequence: 2, prevHash: first?.hash });
    expect(await collect(store.ledger())).toEqual([first, second]);
    expect(await store.ledgerHead()).toEqual({ sequence: 2, hash: second?.hash });
  });

  it('an entry whose subject somebody else decided on meanwhile is not written', async () => {
    const { store } = current();
    const first = await store.appendEntry(aDraft(), 0);
    expect(await store.appendEntry(aDraft({ action: 'maintenance.cancelled' }), 0)).toBeNull();
    expect(await store.appendEntry(aDraft({ action: 'maintenance.cancelled' }), 7)).toBeNull();
    expect(await collect(store.ledger())).toEqual([first]);
    expect(await store.appendEntry(aDraft({ action: 'maintenance.cancelled' }), 1)).toMatchObject({ sequence: 2 });
  });

  it('of decisions about one subject at the same moment one is written, and the chain holds', async () => {
    const { store } = current();
    const about = (subject: string) => Array.from({ length: 10 }, () => store.appendEntry(aDraft({ subject }), 0));
    const answers = await Promise.all([...about('exclusion/a'), ...about('exclusion/b')]);
    expect(answers.filter((answer) => answer !== null)).toHaveLength(2);
    const check = new ChainCheck();
    for await (const entry of store.ledger()) expect(check.follow(entry)).toBeNull();
    expect(check.head).toEqual(await store.ledgerHead());
  });

  it('many entries are read in order, from behind a sequence, about a subject, without those of an action', async () => {
    const { store } = current();
    for (let index = 0; index < 130; index++) {
      const action = index % 3 === 0 ? 'statement.frozen' : 'statement.approved';
      await store.appendEntry(aDraft({ subject: `statement/${index % 2}/${index}`, action }), 0);
    }
    await store.appendEntry(aDraft({ subject: 'statement/1/1', action: 'statement.final' }), 2);
    const sequences = async (request: Parameters<typeof store.ledger>[0]) =>
      (await collect(store.ledger(request))).map(({ sequence }) => sequence);
    expect(await sequences({})).toEqual(Array.from({ length: 131 }, (_, index) => index + 1));
    expect(await sequences({ after: 128 })).toEqual([129, 130, 131]);
    expect(await sequences({ subject: 'statement/1/1' })).toEqual([2, 131]);
    expect(await sequences({ subject: 'statement/1/1', after: 2 })).toEqual([131]);
    expect(await sequences({ after: 125, except: ['statement.frozen'] })).toEqual([126, 128, 129, 131]);
  });

  it('a body that has no canonical form is refused, and nothing is written', async () => {
    const { store } = current();
    for (const body of [{ share: 0.5 }, { reason: '\ud800' }, Number.NaN]) {
      await expect(store.appendEntry(aDraft({ body }), 0)).rejects.toBeInstanceOf(RangeError);
    }
    expect(await store.ledgerHead()).toEqual(GENESIS);
  });

  it('goes on behind its last entry after it was opened again', async () => {
    const { store, reopen } = current();
    const first = await store.appendEntry(aDraft(), 0);
    await store.close();
    const reopened = await reopen();
    expect(await collect(reopened.ledger())).toEqual([first]);
    expect(await reopened.appendEntry(aDraft(), 1)).toMatchObject({ sequence: 2, prevHash: first?.hash });
    await reopened.close();
  });

  it('a closed store rejects these verbs with a StoreError too', async () => {
    const { store } = current();
    await store.close();
    await expect(store.appendEntry(aDraft(), 0)).rejects.toBeInstanceOf(StoreError);
    await expect(collect(store.ledger())).rejects.toBeInstanceOf(StoreError);
    await expect(store.ledgerHead()).rejects.toBeInstanceOf(StoreError);
  });
}
