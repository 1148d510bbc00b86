import { createHash } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type AgentToken, type Store, StoreError } from '../../collector/src/store/store.ts';
import { anAlert, describeAlerts } from './alert-contract.ts';
import { aBatch, aDelivery, collect, START_MS, upColumns } from './batches.ts';
import { describeContractVersions } from './contract-versions-contract.ts';
import { type CurrentStore, describeEvents } from './event-contract.ts';
import { describeLedger } from './ledger-contract.ts';
import { describeRemoteWrite } from './remote-contract.ts';

/** A store under test, and how it is opened again on what it wrote. */
export interface StoreUnderTest {
  readonly store: Store;
  readonly reopen: () => Promise<Store>;
  readonly dispose: () => Promise<void>;
}

const HOUR_MS = 3_600_000;

function aToken(agent: string, secret: string, revokedAtMs: number | null = null): AgentToken {
  return { agent, sha256: createHash('sha256').update(secret).digest(), createdAtMs: START_MS, revokedAtMs };
}

function plain(tokens: readonly AgentToken[]): unknown[] {
  return tokens
    .map((token) => ({ ...token, sha256: Buffer.from(token.sha256).toString('hex') }))
    .sort((a, b) => (a.sha256 < b.sha256 ? -1 : 1));
}

/** The promises of `Store`, each a test; every store runs all of them. */
export function describeStore(name: string, open: () => Promise<StoreUnderTest>): void {
  describe(`${name} keeps the store's promises`, () => {
    let under: StoreUnderTest;
    let store: Store;
    beforeEach(async () => {
      under = await open();
      store = under.store;
    });
    afterEach(async () => {
      await store.close();
      await under.dispose();
    });
    const current: CurrentStore = () => ({
      store,
      reopen: under.reopen,
      replace: (next: Store) => {
        store = next;
      },
    });
    describeAppend(current);
    describeReads(current);
    describeTokens(current);
    describeAssignments(current);
    describeContractVersions(current);
    describeAlerts(current);
    describeEvents(current);
    describeLedger(current);
    describeRemoteWrite(current);
    describeLife(current);
  });
}

function describeAppend(current: CurrentStore): void {
  it('a batch is read back as it was sent, with when it came and how far the clocks were apart', async () => {
    const { store } = current();
    const delivery = aDelivery();
    const { position, duplicate } = await store.append(delivery);
    expect(duplicate).toBe(false);
    expect(await collect(store.tail(0))).toEqual([
      { position, batch: delivery.batch, receivedAtMs: START_MS + 1_000, skewMs: 1_000 },
    ]);
  });

  it('a sender that gave no time has no skew, which is not a skew of zero', async () => {
    const { store } = current();
    await store.append({ ...aDelivery({ sequence: 1 }), skewMs: null });
    await store.append({ ...aDelivery({ sequence: 2 }), skewMs: 0 });
    await store.append({ ...aDelivery({ sequence: 3 }), skewMs: -3_600_000 });
    expect((await collect(store.tail(0))).map((entry) => entry.skewMs)).toEqual([null, 0, -3_600_000]);
  });

  it('a large batch is read back the same, whatever is in it', async () => {
    const { store } = current();
    const large = upColumns('large', 5_000);
    const sparse = { ...large.values, bytes: large.at_ms.map((_, row) => (row % 3 === 0 ? row * 2 ** 40 : null)) };
    const mixed = { up: large.at_ms.map((_, row) => (row % 7 === 0 ? 0 : 1) as 0 | 1), values: sparse };
    const reasons = Object.fromEntries(mixed.up.flatMap((up, row) => (up === 0 ? [[row, `reason-${row % 2}`]] : [])));
    const batch = aBatch({ checks: [large, { ...large, check: 'mixed', ...mixed, reasons }] });
    await store.append({ batch, receivedAtMs: START_MS, skewMs: null });
    expect((await collect(store.tail(0))).map((entry) => entry.batch)).toEqual([batch]);
  });

  it('a batch delivered again is a duplicate at its first position and is not stored twice', async () => {
    const { store } = current();
    const first = await store.append(aDelivery());
    const again = await store.append({ ...aDelivery(), receivedAtMs: START_MS + HOUR_MS });
    expect(again).toEqual({ position: first.position, duplicate: true });
    expect(await collect(store.tail(0))).toHaveLength(1);
  });

  it('the same batch delivered many times at once is stored once', async () => {
    const { store } = current();
    const answers = await Promise.all(Array.from({ length: 20 }, () => store.append(aDelivery())));
    expect(answers.filter(({ duplicate }) => !duplicate)).toHaveLength(1);
    expect(new Set(answers.map(({ position }) => position)).size).toBe(1);
    expect(await collect(store.tail(0))).toHaveLength(1);
  });

  it('agent, spool and sequence together identify a batch: one of them differs and it is another', async () => {
    const { store } = current();
    const others = [{}, { agent: 'ams-web01' }, { spool: 'spool-0002' }, { sequence: 2 }, { sequence: 0 }];
    const answers = await Promise.all(others.map((other) => store.append(aDelivery(other))));
    expect(answers.map(({ duplicate }) => duplicate)).toEqual([false, false, false, false, false]);
    expect(new Set(answers.map(({ position }) => position)).size).toBe(others.length);
  });

  it('the largest sequence that the wire allows is kept exactly', async () => {
    const { store } = current();
    await store.append(aDelivery({ sequence: Number.MAX_SAFE_INTEGER }));
    expect((await store.append(aDelivery({ sequence: Number.MAX_SAFE_INTEGER }))).duplicate).toBe(true);
    expect((await store.append(aDelivery({ sequence: Number.MAX_SAFE_INTEGER - 1 }))).duplicate).toBe(false);
  });

  it('concurrent appends get growing positions in the order of the calls', async () => {
    const { store } = current();
    const answers = await Promise.all(
      Array.from({ length: 200 }, (_, sequence) => store.append(aDelivery({ sequence }))),
    );
    const positions = answers.map(({ position }) => position);
    expect(positions).toEqual(positions.toSorted((a, b) => a - b));
    expect(new Set(positions).size).toBe(200);
    const entries = await collect(store.tail(0));
    expect(entries.map(({ batch }) => batch.sequence)).toEqual(Array.from({ length: 200 }, (_, sequence) => sequence));
  });
}

function describeReads(current: CurrentStore): void {
  it('tail gives what stands behind a position, in order, across many chunks', async () => {
    const { store } = current();
    const appended = await Promise.all(
      Array.from({ length: 120 }, (_, sequence) =>
        store.append(aDelivery({ sequence, checks: [upColumns('c', 400)] })),
      ),
    );
    const after = appended[49]?.position ?? Number.NaN;
    const entries = await collect(store.tail(after));
    expect(entries.map(({ batch }) => batch.sequence)).toEqual(Array.from({ length: 70 }, (_, index) => index + 50));
    expect(await collect(store.tail(appended.at(-1)?.position ?? 0))).toEqual([]);
  });

  it('appends go on while a tail is being read', async () => {
    const { store } = current();
    for (let sequence = 0; sequence < 3; sequence++) await store.append(aDelivery({ sequence }));
    const seen: number[] = [];
    for await (const { batch } of store.tail(0)) {
      seen.push(batch.sequence);
      await store.append(aDelivery({ sequence: 100 + batch.sequence }));
      if (seen.length >= 3) break;
    }
    expect(seen).toEqual([0, 1, 2]);
    expect((await store.size()).batches).toBe(6);
  });

  it('entriesBetween counts an observation at its start and not at its end', async () => {
    const { store } = current();
    // Three observations each, one a minute: instants 0, 1, 2 min after the given start.
    await store.append(aDelivery({ sequence: 1, checks: [upColumns('c', 3, START_MS)] }));
    await store.append(aDelivery({ sequence: 2, checks: [upColumns('c', 3, START_MS + HOUR_MS)] }));
    const between = async (fromMs: number, toMs: number) =>
      (await collect(store.entriesBetween(fromMs, toMs))).map(({ batch }) => batch.sequence).sort();
    expect(await between(START_MS, START_MS + 1)).toEqual([1]);
    expect(await between(START_MS - 1, START_MS)).toEqual([]);
    expect(await between(START_MS + 120_000, START_MS + 120_001)).toEqual([1]);
    expect(await between(START_MS + 120_001, START_MS + HOUR_MS)).toEqual([]);
    expect(await between(START_MS + 120_000, START_MS + HOUR_MS + 1)).toEqual([1, 2]);
    expect(await between(0, 1e13)).toEqual([1, 2]);
  });

  it('a batch that spans an interval without an observation in it is not given', async () => {
    const { store } = current();
    const checks = [upColumns('early', 1, START_MS), upColumns('late', 1, START_MS + HOUR_MS)];
    await store.append(aDelivery({ checks }));
    expect(await collect(store.entriesBetween(START_MS + 1, START_MS + HOUR_MS))).toEqual([]);
    expect(await collect(store.entriesBetween(START_MS + 1, START_MS + HOUR_MS + 1))).toHaveLength(1);
  });

  it('entriesBetween gives each of many entries once, also when their instants are equal', async () => {
    const { store } = current();
    const checks = [upColumns('c', 400)];
    await Promise.all(Array.from({ length: 100 }, (_, sequence) => store.append(aDelivery({ sequence, checks }))));
    const entries = await collect(store.entriesBetween(START_MS, START_MS + HOUR_MS));
    const sequences = entries.map(({ batch }) => batch.sequence).sort((a, b) => a - b);
    expect(sequences).toEqual(Array.from({ length: 100 }, (_, sequence) => sequence));
  });
}

function describeTokens(current: CurrentStore): void {
  it('an agent may have several tokens, and each is remembered', async () => {
    const { store } = current();
    const tokens = [aToken('a', 'one'), aToken('a', 'two'), aToken('b', 'three')];
    for (const token of tokens) await store.addToken(token);
    expect(plain(await store.tokens())).toEqual(plain(tokens));
  });

  it("revoking takes an agent's live tokens, says how many, and leaves other agents alone", async () => {
    const { store } = current();
    for (const token of [aToken('a', 'one'), aToken('a', 'two'), aToken('b', 'three')]) await store.addToken(token);
    expect(await store.revokeTokens('a', [], START_MS + 5)).toBe(2);
    expect(await store.revokeTokens('a', [], START_MS + 9)).toBe(0);
    expect(plain(await store.tokens())).toEqual(
      plain([aToken('a', 'one', START_MS + 5), aToken('a', 'two', START_MS + 5), aToken('b', 'three')]),
    );
  });

  it('a token that only the configuration holds is recorded as revoked, once', async () => {
    const { store } = current();
    const { sha256 } = aToken('a', 'configured');
    expect(await store.revokeTokens('a', [sha256], START_MS + 5)).toBe(1);
    expect(await store.revokeTokens('a', [sha256], START_MS + 9)).toBe(0);
    expect(plain(await store.tokens())).toEqual(
      plain([{ agent: 'a', sha256, createdAtMs: START_MS + 5, revokedAtMs: START_MS + 5 }]),
    );
  });

  it('a revoked token does not come back by being added again', async () => {
    const { store } = current();
    await store.addToken(aToken('a', 'one'));
    await store.revokeTokens('a', [], START_MS + 5);
    await store.addToken(aToken('a', 'one'));
    expect(plain(await store.tokens())).toEqual(plain([aToken('a', 'one', START_MS + 5)]));
  });
}

function describeAssignments(current: CurrentStore): void {
  const fra = { check: 'shop', agent: 'fra' };
  const ams = { check: 'shop', agent: 'ams' };
  const mail = { check: 'mail', agent: 'fra' };

  it('an assignment begins when it is recorded first and ends when it is no longer listed', async () => {
    const { store } = current();
    expect(await store.assignments()).toEqual([]);
    await store.recordAssignments([fra, mail], 100);
    await store.recordAssignments([fra, ams], 200);
    expect(await store.assignments()).toEqual([
      { ...mail, fromMs: 100, toMs: 200 },
      { ...ams, fromMs: 200, toMs: null },
      { ...fra, fromMs: 100, toMs: null },
    ]);
  });

  it('recording what stands already changes nothing, in any order and listed twice', async () => {
    const { store } = current();
    await store.recordAssignments([fra, mail], 100);
    const before = await store.assignments();
    await store.recordAssignments([mail, fra, mail], 200);
    expect(await store.assignments()).toEqual(before);
  });

  it('a pair that comes back has a row for each time', async () => {
    const { store } = current();
    await store.recordAssignments([fra], 100);
    await store.recordAssignments([], 200);
    await store.recordAssignments([fra], 300);
    expect(await store.assignments()).toEqual([
      { ...fra, fromMs: 100, toMs: 200 },
      { ...fra, fromMs: 300, toMs: null },
    ]);
  });

  it('a clock that was set back ends nothing before it began, and one that stands still loses nothing', async () => {
    const { store } = current();
    await store.recordAssignments([fra], 100);
    await store.recordAssignments([], 50);
    expect(await store.assignments()).toEqual([{ ...fra, fromMs: 100, toMs: 100 }]);
    await store.recordAssignments([fra], 100);
    expect(await store.assignments()).toEqual([{ ...fra, fromMs: 100, toMs: null }]);
  });
}

function describeLife(current: CurrentStore): void {
  it('a write that is only tried changes nothing', async () => {
    const { store } = current();
    await store.append(aDelivery());
    await store.tryWrite();
    expect(await collect(store.tail(0))).toHaveLength(1);
  });

  it('size counts batches, not duplicates, and grows with what is stored', async () => {
    const { store } = current();
    const empty = await store.size();
    await store.append(aDelivery());
    await store.append(aDelivery());
    await store.append(aDelivery({ sequence: 2, checks: [upColumns('large', 20_000)] }));
    const filled = await store.size();
    expect(empty.batches).toBe(0);
    expect(filled.batches).toBe(2);
    expect(filled.bytes).toBeGreaterThan(empty.bytes);
  });

  it('a closed store rejects every verb with a StoreError; closing twice is nothing', async () => {
    const { store } = current();
    await store.close();
    await store.close();
    const verbs = [
      () => store.append(aDelivery()),
      () => collect(store.tail(0)),
      () => collect(store.entriesBetween(0, 1)),
      () => store.addToken(aToken('a', 'one')),
      () => store.revokeTokens('a', [], 0),
      () => store.tokens(),
      () => store.recordAssignments([], 0),
      () => store.assignments(),
      () => store.recordContracts([], 0),
      () => store.contracts(),
      () => store.changeAlerts({ put: [anAlert('shop')], remove: [], notices: [] }),
      () => store.changeNotices({ put: [], remove: ['n'] }),
      () => store.notices(),
      () => store.alerts(),
      () => store.keepFor(['mimir']),
      () => collect(store.unsent(0)),
      () => store.markSent('mimir', 1),
      () => store.giveUp('mimir', 1),
      () => store.tryWrite(),
      () => store.size(),
    ];
    for (const verb of verbs) await expect(verb()).rejects.toBeInstanceOf(StoreError);
  });

  it('close finishes the appends that were begun', async () => {
    const { reopen, store, replace } = current();
    const begun = Array.from({ length: 50 }, (_, sequence) => store.append(aDelivery({ sequence })));
    await store.close();
    expect((await Promise.all(begun)).every(({ duplicate }) => !duplicate)).toBe(true);
    const reopened = await reopen();
    replace(reopened);
    expect(await collect(reopened.tail(0))).toHaveLength(50);
  });

  it('has everything after it was opened again, and goes on behind it', async () => {
    const { reopen, store, replace } = current();
    const first = await store.append(aDelivery());
    await store.addToken(aToken('a', 'one'));
    await store.recordAssignments([{ check: 'shop', agent: 'a' }], START_MS);
    const version = { contract: 'shop', version: 1, canonical: '{}', digest: '44'.repeat(32) };
    await store.recordContracts([version], START_MS);
    await store.close();
    const reopened = await reopen();
    replace(reopened);
    expect(await reopened.append(aDelivery())).toEqual({ position: first.position, duplicate: true });
    expect((await reopened.append(aDelivery({ sequence: 2 }))).position).toBeGreaterThan(first.position);
    expect(plain(await reopened.tokens())).toEqual(plain([aToken('a', 'one')]));
    expect(await reopened.assignments()).toEqual([{ check: 'shop', agent: 'a', fromMs: START_MS, toMs: null }]);
    expect(await reopened.contracts()).toEqual([{ ...version, recordedAtMs: START_MS }]);
  });
}
