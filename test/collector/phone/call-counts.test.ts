import { describe, expect, it } from 'vitest';
import { CallCounts, OTHER_QUEUES } from '../../../collector/src/phone/call-counts.ts';
import type { Event } from '../../../shared/src/event.ts';
import { MemoryEvents } from '../../support/memory-events.ts';

const NOW_MS = 1_790_000_000_000;

function call(id: string, fields: Partial<Event> = {}): Event {
  const labels = { queue: 'support' };
  const [atMs, endedAtMs] = [NOW_MS - 60_000, NOW_MS];
  return {
    stream: 'calls',
    id,
    agent: 'pbx1',
    revision: 3,
    atMs,
    endedAtMs,
    outcome: 'answered',
    labels,
    values: {},
    ...fields,
  };
}

/** A store and the counts beside it, as the collector has them. */
function counting() {
  const store = new MemoryEvents();
  const calls = new CallCounts();
  const put = (receivedAtMs: number, ...events: Event[]) =>
    calls.note({ events, receivedAtMs }, store.put({ events, receivedAtMs }));
  const totals = (atMs = NOW_MS + 3_600_000) =>
    Object.fromEntries(calls.totals(atMs).map(({ queue, outcome, calls: count }) => [`${queue} ${outcome}`, count]));
  return { put, totals };
}

describe('calls that ended', () => {
  it('are counted once, however often they come', () => {
    const { put, totals } = counting();
    put(NOW_MS, call('a', { endedAtMs: null, outcome: null, revision: 1 }));
    put(NOW_MS, call('a'), call('b'), call('a'));
    put(NOW_MS + 1, call('a'), call('b'));
    put(NOW_MS + 90_000, call('a'), call('b', { revision: 2 }));
    expect(totals()).toEqual({ 'support answered': 2 });
  });

  it('count a minute after their end was told, by what is known then', () => {
    const { put, totals } = counting();
    put(NOW_MS, call('a', { outcome: 'lost', revision: 1_000_001 }));
    put(NOW_MS + 10_000, call('a', { outcome: 'abandoned', revision: 3 }));
    expect(totals(NOW_MS + 59_999)).toEqual({});
    expect(totals(NOW_MS + 60_000)).toEqual({ 'support abandoned': 1 });
    put(NOW_MS + 70_000, call('a', { outcome: 'timed-out', revision: 2 }));
    expect(totals()).toEqual({ 'support abandoned': 1 });
  });

  it('of other streams and calls under way do not count', () => {
    const { put, totals } = counting();
    put(NOW_MS, call('a', { stream: 'tickets' }), call('b', { endedAtMs: null }));
    expect(totals()).toEqual({});
  });

  it('of more queues than a hundred are counted together from there on', () => {
    const { put, totals } = counting();
    put(NOW_MS, ...Array.from({ length: 103 }, (_, index) => call(`c${index}`, { labels: { queue: `q${index}` } })));
    const counted = totals();
    expect(Object.keys(counted)).toHaveLength(101);
    expect(counted).toMatchObject({ 'q0 answered': 1, 'q99 answered': 1, [`${OTHER_QUEUES} answered`]: 3 });
  });
});
