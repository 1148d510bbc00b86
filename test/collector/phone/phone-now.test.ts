import { describe, expect, it } from 'vitest';
import { tallyByQueue, tallyCalls } from '../../../collector/src/phone/call-tally.ts';
import { liveQueues } from '../../../collector/src/phone/live-queues.ts';
import type { Event } from '../../../shared/src/event.ts';

const NOW_MS = 1_790_000_000_000;

function call(fields: Partial<Event> & { readonly queue?: string; readonly check?: string } = {}): Event {
  const { queue = 'support', check, ...others } = fields;
  const labels = { queue, ...(check === undefined ? {} : { check }) };
  const [atMs, endedAtMs] = [NOW_MS - 60_000, NOW_MS];
  return {
    stream: 'calls',
    id: 'c',
    agent: 'pbx1',
    revision: 1,
    atMs,
    endedAtMs,
    outcome: 'answered',
    labels,
    values: {},
    ...others,
  };
}

const waiting = (ageMs: number, more: Parameters<typeof call>[0] = {}) =>
  call({ atMs: NOW_MS - ageMs, endedAtMs: null, outcome: null, ...more });

describe('queues at this moment', () => {
  const hearing = { nowMs: NOW_MS, isHeard: () => true };

  it('have those who wait, the longest of them, and those who talk', () => {
    const calls = [waiting(44_000), waiting(9_000), call({ endedAtMs: null }), call(), call({ queue: 'sales' })];
    expect(liveQueues(calls, hearing)).toEqual([
      { queue: 'support', waiting: 2, longestWaitMs: 44_000, talking: 1 },
      { queue: 'sales', waiting: 0, longestWaitMs: 0, talking: 0 },
    ]);
  });

  it('whose source is silent are not told of: nobody knows who waits there', () => {
    const calls = [waiting(9_000, { check: 'old-pbx' }), waiting(5_000, { check: 'pbx', queue: 'sales' })];
    const isHeard = (check: string | undefined) => check !== 'old-pbx';
    expect(liveQueues(calls, { nowMs: NOW_MS, isHeard }).map(({ queue }) => queue)).toEqual(['sales']);
  });

  it('do not have somebody who would have been waiting for more than a day', () => {
    expect(liveQueues([waiting(86_400_001)], hearing)).toMatchObject([{ waiting: 0 }]);
  });
});

describe('what became of calls', () => {
  it('is counted by what people ask for, with exact sums and truncated means', () => {
    const calls = [
      call({ values: { wait_s: 12, talk_s: 180 } }),
      call({ values: { wait_s: 45, talk_s: 60 } }),
      call({ values: { wait_s: 20, talk_s: 30 } }),
      call({ outcome: 'abandoned', values: { wait_s: 4 } }),
      call({ outcome: 'lost', values: { wait_s: 60 } }),
      call({ outcome: 'timed-out', values: { wait_s: 180 } }),
      call({ outcome: 'left-by-key' }),
      call({ outcome: 'refused' }),
      call({ outcome: 'unknown' }),
      waiting(1),
    ];
    expect(tallyCalls('support', calls)).toEqual({
      queue: 'support',
      offered: 9,
      answered: 3,
      abandoned: 2,
      refused: 1,
      other: 2,
      unknown: 1,
      // (12 + 45 + 20) / 3 = 25.67 and (180 + 60 + 30) / 3 = 90
      meanWaitS: 25,
      meanTalkS: 90,
      longestWaitS: 180,
    });
  });

  it('of nobody is no mean', () => {
    expect(tallyCalls('', [])).toMatchObject({ offered: 0, meanWaitS: null, meanTalkS: null, longestWaitS: null });
    expect(
      tallyByQueue([call({ queue: 'a' }), call({ queue: 'b' }), call({ queue: 'b' })]).map(({ queue }) => queue),
    ).toEqual(['b', 'a']);
  });
});
