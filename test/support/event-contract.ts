import type { Event } from '@nines/shared/event.ts';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { EventRequest, StoredEvent } from '../../collector/src/store/events.ts';
import { type Store, StoreError } from '../../collector/src/store/store.ts';
import { anEvent, arbitraryInterval, arbitraryVersion } from './arbitrary-events.ts';
import { collect, START_MS } from './batches.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const ALL: EventRequest = { stream: 'calls', fromMs: 0, toMs: 1e13 };

/** The store under test, and how what it wrote is opened again (`null` when it keeps nothing). */
/** The store under test as it is now; one that a test opened again is put in its place, and closed with it. */
export type CurrentStore = () => {
  readonly store: Store;
  readonly reopen: () => Promise<Store>;
  readonly replace: (next: Store) => void;
};

function put(store: Store, ...events: Event[]) {
  return store.putEvents({ events, receivedAtMs: START_MS + 5_000 });
}

async function idsIn(store: Store, fromMs: number, toMs: number): Promise<string[]> {
  return (await collect(store.events({ stream: 'calls', fromMs, toMs }))).map(({ id }) => id);
}

/** The promises of `EventStore`, each a test; every store runs all of them. */
export function describeEvents(current: CurrentStore): void {
  describeVersions(current);
  describeReading(current);
  describeAnyOrder(current);
  describeKeeping(current);
}

function describeVersions(current: CurrentStore): void {
  it('an event is read back as it was put, with when it came', async () => {
    const { store } = current();
    expect(await put(store, anEvent())).toEqual({ stored: 1, unchanged: 0, ended: [0] });
    expect(await collect(store.events(ALL))).toEqual([{ ...anEvent(), receivedAtMs: START_MS + 5_000 }]);
  });

  it('an event that comes again changes nothing, not even when it came', async () => {
    const { store } = current();
    await put(store, anEvent());
    const again = { events: [anEvent(), anEvent()], receivedAtMs: START_MS + HOUR_MS };
    expect(await store.putEvents(again)).toEqual({ stored: 0, unchanged: 2, ended: [] });
    expect((await collect(store.events(ALL))).map(({ receivedAtMs }) => receivedAtMs)).toEqual([START_MS + 5_000]);
  });

  it('while it is open its highest revision counts, whichever came last', async () => {
    const { store } = current();
    const open = (revision: number) =>
      anEvent({ revision, endedAtMs: null, outcome: null, values: { wait: revision } });
    await put(store, open(2));
    expect(await put(store, open(1))).toEqual({ stored: 0, unchanged: 1, ended: [] });
    expect(await put(store, open(3))).toEqual({ stored: 1, unchanged: 0, ended: [] });
    expect(await collect(store.events(ALL))).toMatchObject([{ revision: 3, endedAtMs: null, values: { wait: 3 } }]);
  });

  it('an event is said to be over by the version that first closes it, and by no other', async () => {
    const { store } = current();
    const open = anEvent({ revision: 1, endedAtMs: null, outcome: null });
    expect((await put(store, open)).ended).toEqual([]);
    // Twice in one request, and the first of them does not close it.
    expect(
      (await put(store, { ...open, revision: 2 }, anEvent({ revision: 6 }), anEvent({ revision: 5 }))).ended,
    ).toEqual([1]);
    expect((await put(store, anEvent({ revision: 4 }))).ended).toEqual([]);
  });

  it('closed is final: neither an open version nor a later closed one changes it; an earlier closed one does', async () => {
    const { store } = current();
    await put(store, anEvent({ revision: 5, outcome: 'answered' }));
    await put(store, anEvent({ revision: 9, endedAtMs: null, outcome: null }));
    await put(store, anEvent({ revision: 6, outcome: 'abandoned' }));
    expect(await collect(store.events(ALL))).toMatchObject([{ revision: 5, outcome: 'answered' }]);
    await put(store, anEvent({ revision: 4, outcome: 'timed-out' }));
    expect(await collect(store.events(ALL))).toMatchObject([{ revision: 4, outcome: 'timed-out' }]);
  });

  it('stream, id and agent together name an event: one of them differs and it is another', async () => {
    const { store } = current();
    const others = [{}, { stream: 'tickets' }, { id: 'other' }, { agent: 'ams-web01' }];
    expect(await put(store, ...others.map(anEvent))).toEqual({ stored: 4, unchanged: 0, ended: [0, 1, 2, 3] });
    expect(await collect(store.events(ALL))).toHaveLength(3);
    expect(await collect(store.events({ ...ALL, stream: 'tickets' }))).toHaveLength(1);
  });

  it('labels and values are kept exactly, the largest integers and any text included', async () => {
    const { store } = current();
    const labels = { caller: '+49 30 "1"\n\u{1f600}', b: '', a: '1' };
    const values = { most: Number.MAX_SAFE_INTEGER, least: Number.MIN_SAFE_INTEGER, none: 0 };
    await put(store, anEvent({ labels, values }));
    expect(await collect(store.events(ALL))).toMatchObject([{ labels, values }]);
  });
}

function describeReading(current: CurrentStore): void {
  it('an interval has what begins in it, and what began before and had not ended', async () => {
    const { store } = current();
    const of = (id: string, atMs: number, endedAtMs: number | null) =>
      anEvent({ id, atMs, endedAtMs, outcome: endedAtMs === null ? null : 'answered' });
    const [from, to] = [START_MS + 10 * DAY_MS, START_MS + 11 * DAY_MS];
    await put(
      store,
      of('open-for-days', START_MS, null),
      of('ended-at-the-beginning', from - HOUR_MS, from),
      of('lasted-into-it', from - HOUR_MS, from + 1),
      of('lasted-for-days-into-it', START_MS + 1, from + 1),
      of('lasted-for-days-up-to-it', START_MS + 2, from),
      of('begins-with-it', from, from),
      of('begins-last', to - 1, to + DAY_MS),
      of('begins-at-its-end', to, to + 1),
    );
    const expected = ['open-for-days', 'lasted-for-days-into-it', 'lasted-into-it', 'begins-with-it', 'begins-last'];
    expect(await idsIn(store, from, to)).toEqual(expected);
  });

  it('events come by beginning, then id, then agent, however many there are', async () => {
    const { store } = current();
    const events = Array.from({ length: 1_200 }, (_, index) =>
      anEvent({ id: `c${(index * 7) % 1_200}`, atMs: START_MS + (index % 5) * 1_000, agent: `a${index % 3}` }),
    );
    await put(store, ...events);
    const read = await collect(store.events(ALL));
    const key = ({ atMs, id, agent }: StoredEvent) => `${atMs} ${id} ${agent}`;
    expect(read.map(key)).toEqual(read.map(key).toSorted());
    expect(new Set(read.map(key)).size).toBe(1_200);
  });

  it('a page begins behind an event and has as many as asked for', async () => {
    const { store } = current();
    const ids = Array.from({ length: 10 }, (_, index) => `c${index}`);
    await put(store, ...ids.map((id) => anEvent({ id })));
    const after = { atMs: START_MS, id: 'c3', agent: 'fra-web03' };
    const page = await collect(store.events({ ...ALL, after, limit: 4 }));
    expect(page.map(({ id }) => id)).toEqual(['c4', 'c5', 'c6', 'c7']);
  });

  it('every stream is listed with what it holds', async () => {
    const { store } = current();
    expect(await store.eventStreams()).toEqual([]);
    await put(store, anEvent({ id: 'a' }), anEvent({ id: 'b', atMs: START_MS + 1, endedAtMs: null, outcome: null }));
    await put(store, anEvent({ stream: 'backups' }));
    await put(store, anEvent({ id: 'b', atMs: START_MS + 2, revision: 2 }));
    expect(await store.eventStreams()).toEqual([
      { stream: 'backups', events: 1, open: 0, oldestAtMs: START_MS, newestAtMs: START_MS },
      { stream: 'calls', events: 2, open: 0, oldestAtMs: START_MS, newestAtMs: START_MS + 2 },
    ]);
  });
}

function describeAnyOrder(current: CurrentStore): void {
  it('any order, grouping and repetition of versions gives the same, at every interval', async () => {
    const { store } = current();
    let round = 0;
    const property = fc.asyncProperty(arbitraryArrival, arbitraryInterval, async ({ versions, groups }, interval) => {
      // Each round has streams of its own: opening a store for each would take most of the time.
      round++;
      const named = (event: Event) => ({ ...event, stream: `${event.stream}-${round}` });
      for (const group of groups) await put(store, ...group.map(named));
      for (const stream of ['calls', 'tickets']) {
        const read = await collect(store.events({ ...interval, stream: `${stream}-${round}` }));
        const plain = read.map(({ receivedAtMs, ...event }) => ({ ...event, stream }));
        expect(plain).toEqual(expectedOf(versions, { ...interval, stream }));
      }
    });
    await fc.assert(property, { numRuns: 60 });
  });
}

/** Versions, and groups in which each of them arrives twice, in any order. */
const arbitraryArrival = fc.array(arbitraryVersion, { minLength: 1, maxLength: 10 }).chain((versions) => {
  const twice = [...versions, ...versions];
  const shuffled = fc.shuffledSubarray(twice, { minLength: twice.length });
  return fc.tuple(shuffled, fc.integer({ min: 1, max: twice.length })).map(([order, size]) => ({
    versions,
    groups: order.flatMap((_, index) => (index % size === 0 ? [order.slice(index, index + size)] : [])),
  }));
});

/** What the rules of `shared/EVENTS.md` leave of the versions, told another way than the stores do. */
function expectedOf(versions: readonly Event[], { stream, fromMs, toMs }: EventRequest): Event[] {
  const byName = Map.groupBy(versions, (event) => `${event.stream} ${event.id} ${event.agent}`);
  const final = [...byName.values()].map((all) => {
    const closed = all.filter(({ endedAtMs }) => endedAtMs !== null);
    const revisions = (closed.length > 0 ? closed : all).map(({ revision }) => revision);
    const wanted = closed.length > 0 ? Math.min(...revisions) : Math.max(...revisions);
    const same = (closed.length > 0 ? closed : all).filter(({ revision }) => revision === wanted);
    // Of different content under one revision the greatest by its text counts.
    const text = ({ atMs, endedAtMs, outcome, labels, values }: Event) =>
      JSON.stringify([atMs, endedAtMs, outcome, JSON.stringify(labels), JSON.stringify(values)]);
    return same.toSorted((a, b) => (text(a) < text(b) ? 1 : -1))[0] ?? anEvent();
  });
  const isIn = ({ atMs, endedAtMs }: Event) =>
    atMs < toMs && (atMs >= fromMs || endedAtMs === null || endedAtMs > fromMs);
  const key = ({ atMs, id, agent }: Event) => `${atMs} ${id} ${agent}`;
  return final.filter((event) => event.stream === stream && isIn(event)).toSorted((a, b) => (key(a) < key(b) ? -1 : 1));
}

function describeKeeping(current: CurrentStore): void {
  it('many requests at once are each answered, and all is stored', async () => {
    const { store } = current();
    const answers = await Promise.all(
      Array.from({ length: 60 }, (_, index) => put(store, anEvent({ id: `c${index % 40}` }), anEvent({ id: 'same' }))),
    );
    const stored = answers.reduce((sum, answer) => sum + answer.stored, 0);
    expect(stored).toBe(41);
    expect(await collect(store.events(ALL))).toHaveLength(41);
  });

  it('a closed store rejects events too, and finishes what was begun', async () => {
    const { store, reopen } = current();
    const begun = put(store, anEvent());
    await store.close();
    expect(await begun).toEqual({ stored: 1, unchanged: 0, ended: [0] });
    for (const verb of [() => put(store, anEvent()), () => collect(store.events(ALL)), () => store.eventStreams()]) {
      await expect(verb()).rejects.toBeInstanceOf(StoreError);
    }
    const reopened = await reopen();
    expect(await collect(reopened.events(ALL))).toMatchObject([anEvent()]);
    await reopened.close();
  });
}
