import type { Event } from '@nines/shared/event.ts';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { EventsRead } from '../../../collector/src/ledger/events-read.ts';
import { anEvent, arbitraryInterval, arbitraryVersion } from '../../support/arbitrary-events.ts';
import { MemoryStore } from '../../support/memory-store.ts';

/** What was read of a store to which the versions came one after the other. */
async function digestOf(versions: readonly Event[], interval: { readonly fromMs: number; readonly toMs: number }) {
  const store = new MemoryStore();
  for (const [index, version] of versions.entries()) await store.putEvents({ events: [version], receivedAtMs: index });
  const read = new EventsRead(store);
  for await (const _ of read.events({ stream: 'calls', ...interval }));
  return read.digest();
}

const ALL = { fromMs: 0, toMs: Number.MAX_SAFE_INTEGER };

it('the same versions have the same digest in whatever order, and however often, they came', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(arbitraryVersion, { maxLength: 12 }).chain((versions) =>
        fc.record({
          versions: fc.constant(versions),
          again: fc.shuffledSubarray([...versions, ...versions], { minLength: 2 * versions.length }),
        }),
      ),
      arbitraryInterval,
      async ({ versions, again }, interval) => {
        expect(await digestOf(again, interval)).toEqual(await digestOf(versions, interval));
      },
    ),
    { numRuns: 50 },
  );
});

it('one event more, or another version of one, is another digest; what does not touch the time is none of it', async () => {
  const open = anEvent({ id: 'b', endedAtMs: null, outcome: null });
  const before = await digestOf([anEvent({ id: 'a' }), open], ALL);
  expect(before.events).toBe(2);
  const closed = await digestOf([anEvent({ id: 'a' }), open, anEvent({ id: 'b', revision: 2 })], ALL);
  expect(closed.events).toBe(2);
  expect(closed.sha256).not.toBe(before.sha256);
  expect((await digestOf([anEvent({ id: 'a' })], ALL)).sha256).not.toBe(before.sha256);
  const { atMs } = anEvent();
  expect((await digestOf([anEvent({ id: 'a' }), open], { fromMs: atMs - 10, toMs: atMs })).events).toBe(0);
});
