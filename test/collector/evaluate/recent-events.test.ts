import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RecentEvents } from '../../../collector/src/evaluate/recent-events.ts';
import type { EventRequest, EventStore, ReceivedEvents } from '../../../collector/src/store/events.ts';
import { anEvent, arbitraryInterval, arbitraryVersion } from '../../support/arbitrary-events.ts';
import { START_MS } from '../../support/batches.ts';
import { MemoryStore } from '../../support/memory-store.ts';

/** A store that counts how often it is read. */
class Counted implements Pick<EventStore, 'events'> {
  readonly store = new MemoryStore();
  reads = 0;

  events(request: EventRequest) {
    this.reads++;
    return this.store.events(request);
  }
}

async function put(store: MemoryStore, recent: RecentEvents, received: ReceivedEvents): Promise<void> {
  recent.note(received, await store.putEvents(received));
}

/** Versions that come together, or a question; the store and the memory are asked the same. */
const step = fc.oneof(
  fc.record({ versions: fc.array(arbitraryVersion, { minLength: 1, maxLength: 4 }) }),
  fc.record({ ask: arbitraryInterval, stream: fc.constantFrom('calls', 'tickets') }),
);

const CALLS = { stream: 'calls', fromMs: START_MS, toMs: START_MS + 86_400_000 };

describe('recent events', () => {
  it('are what the store has, whatever came in whatever order, late or changed, and however few are kept', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 30 }), fc.constantFrom(2, 5, 100), async (steps, maxEvents) => {
        const store = new MemoryStore();
        const recent = new RecentEvents(store, { maxEvents });
        for (const [receivedAtMs, one] of steps.entries()) {
          if ('versions' in one) await put(store, recent, { events: one.versions, receivedAtMs });
          else {
            const request = { stream: one.stream, ...one.ask };
            expect(await recent.all(request)).toEqual(await Array.fromAsync(store.events(request)));
          }
        }
      }),
      { numRuns: 300 },
    );
  });

  it('what comes while they are being read is not missed', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(arbitraryVersion, { maxLength: 8 }),
        fc.array(arbitraryVersion, { minLength: 1, maxLength: 8 }),
        async (before, meanwhile) => {
          const store = new MemoryStore();
          await store.putEvents({ events: before, receivedAtMs: 1 });
          const recent = new RecentEvents(store);
          const all = { ...CALLS, fromMs: 0, toMs: Number.MAX_SAFE_INTEGER };
          await Promise.all([
            recent.all(all),
            ...meanwhile.map((event) => put(store, recent, { events: [event], receivedAtMs: 2 })),
          ]);
          expect(await recent.all(all)).toEqual(await Array.fromAsync(store.events(all)));
        },
      ),
      { numRuns: 100 },
    );
  });

  it('are read once, then followed; an earlier time is read when it is asked for', async () => {
    const counted = new Counted();
    const recent = new RecentEvents(counted);
    await recent.all(CALLS);
    await put(counted.store, recent, { events: [anEvent({ id: 'late' })], receivedAtMs: 1 });
    expect((await recent.all({ ...CALLS, toMs: CALLS.toMs + 1 })).map(({ id }) => id)).toEqual(['late']);
    expect(counted.reads).toBe(1);
    await recent.all({ ...CALLS, fromMs: CALLS.fromMs - 1 });
    expect(counted.reads).toBe(2);
  });

  it('answer those who ask about any time from what is held, and are not let go for them', async () => {
    const counted = new Counted();
    const recent = new RecentEvents(counted);
    await counted.store.putEvents({ events: [anEvent()], receivedAtMs: START_MS + 60_000 });
    await recent.inMemory(CALLS);
    const held = await recent.held.inMemory?.(CALLS);
    expect(held?.settledIn('end', { fromMs: START_MS, toMs: START_MS + 60_001 })).toHaveLength(1);
    expect(await recent.held.inMemory?.({ ...CALLS, fromMs: START_MS - 1 })).toBeNull();
    expect(await recent.inMemory(CALLS)).toBe(held);
    expect(counted.reads).toBe(1);
  });

  it('that are too many are read from the store; those of a shorter time are kept still', async () => {
    const counted = new Counted();
    const recent = new RecentEvents(counted, { maxEvents: 2 });
    const events = [0, 1, 2].map((hour) => {
      const atMs = START_MS + hour * 3_600_000;
      return anEvent({ id: `${hour}`, atMs, endedAtMs: atMs });
    });
    await counted.store.putEvents({ events, receivedAtMs: 1 });
    expect(await recent.all(CALLS)).toHaveLength(3);
    const later = { ...CALLS, fromMs: START_MS + 7_200_000 };
    expect(await recent.all(later)).toHaveLength(1);
    const { reads } = counted;
    expect(await recent.all(later)).toHaveLength(1);
    expect(counted.reads).toBe(reads);
  });

  it('that retention removed are gone, and those that are open stay', async () => {
    const store = new MemoryStore();
    const recent = new RecentEvents(store);
    const open = anEvent({ id: 'open', endedAtMs: null, outcome: null });
    await store.putEvents({ events: [anEvent({ id: 'old' }), open], receivedAtMs: 1 });
    expect(await recent.all(CALLS)).toHaveLength(2);
    recent.forgetEndedBefore(START_MS + 3_600_000);
    expect((await recent.all(CALLS)).map(({ id }) => id)).toEqual(['open']);
  });
});
