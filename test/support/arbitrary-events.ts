import type { Event } from '@nines/shared/event.ts';
import fc from 'fast-check';
import { START_MS } from './batches.ts';

const HOUR_MS = 3_600_000;

/** A call that was answered at once and lasted a minute; what a test is about is given. */
export function anEvent(given: Partial<Event> = {}): Event {
  return {
    stream: 'calls',
    id: '1790000000.17',
    agent: 'fra-web03',
    revision: 1,
    atMs: START_MS,
    endedAtMs: START_MS + 60_000,
    outcome: 'answered',
    labels: { queue: 'support' },
    values: { wait: 4 },
    ...given,
  };
}

/** Versions of few events, so that they meet: few streams, ids and agents, some open, some that last for days. */
export const arbitraryVersion: fc.Arbitrary<Event> = fc
  .record({
    stream: fc.constantFrom('calls', 'tickets'),
    id: fc.constantFrom('a', 'b', 'c'),
    agent: fc.constantFrom('fra', 'pbx'),
    revision: fc.nat({ max: 3 }),
    startHour: fc.nat({ max: 90 }),
    hours: fc.option(fc.constantFrom(0, 1, 24, 25, 60)),
    wait: fc.nat({ max: 2 }),
  })
  .map(({ startHour, hours, wait, ...key }) => {
    const atMs = START_MS + startHour * HOUR_MS;
    const endedAtMs = hours === null ? null : atMs + hours * HOUR_MS;
    return { ...key, atMs, endedAtMs, outcome: hours === null ? null : 'done', labels: {}, values: { wait } };
  });

/** An interval of whole hours around those of `arbitraryVersion`. */
export const arbitraryInterval = fc
  .tuple(fc.integer({ min: -10, max: 100 }), fc.integer({ min: 1, max: 60 }))
  .map(([from, hours]) => ({ fromMs: START_MS + from * HOUR_MS, toMs: START_MS + (from + hours) * HOUR_MS }));
