import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CALL_OUTCOMES, callEvent } from '../../../shared/src/phone/call.ts';
import { CallBook } from '../../../shared/src/phone/call-book.ts';
import { CallcenterCalls } from '../../../shared/src/phone/callcenter-calls.ts';
import { callcenterGauges, queueMembers, readTable, resumable } from '../../../shared/src/phone/callcenter-tables.ts';

const T = 1_790_000_000;
const NOW_MS = (T + 1_000) * 1_000;

/** An event of mod_callcenter about the member `m` of `support@default`. */
function event(action: string, fields: Readonly<Record<string, string | number>> = {}): ReadonlyMap<string, string> {
  const all = { 'CC-Action': action, 'CC-Queue': 'support@default', 'CC-Member-UUID': 'm', ...fields };
  return new Map(Object.entries(all).map(([name, value]) => [name, String(value)]));
}

const START = event('member-queue-start', { 'Event-Date-Timestamp': `${T}000000` });
const ANSWERED = { 'CC-Member-Joined-Time': T, 'CC-Agent-Called-Time': T + 9, 'CC-Agent-Answered-Time': T + 12 };
const BRIDGED = event('bridge-agent-start', ANSWERED);
const OVER = event('member-queue-end', { ...ANSWERED, 'CC-Cause': 'Terminated', 'CC-Member-Leaving-Time': T + 192 });
const cancelled = (reason: string, after = 30) =>
  event('member-queue-end', {
    'CC-Cause': 'Cancel',
    'CC-Cancel-Reason': reason,
    'CC-Member-Joined-Time': T,
    'CC-Member-Leaving-Time': T + after,
  });

function heard(events: readonly ReadonlyMap<string, string>[], settledAtMs = NOW_MS, resumableMs = 0) {
  const book = new CallBook();
  const calls = new CallcenterCalls(null, book);
  calls.allowResuming(new Map([['support@default', resumableMs]]));
  for (const one of events) calls.take(one, NOW_MS);
  calls.settle(settledAtMs);
  return book.takeChanged().map((call) => callEvent(call, 'hotline'));
}

describe('a caller of mod_callcenter', () => {
  it('who is answered has the wait and talk that its instants say', () => {
    const busy = event('bridge-agent-fail', { 'CC-Hangup-Cause': 'NO_ANSWER' });
    expect(heard([START, busy, BRIDGED, event('bridge-agent-end'), OVER])).toMatchObject([
      {
        id: 'm/support@default/1',
        atMs: T * 1_000,
        endedAtMs: (T + 192) * 1_000,
        outcome: 'answered',
        values: { wait_s: 12, talk_s: 180, rings_unanswered: 1 },
      },
    ]);
  });

  it('who talks is answered and open', () => {
    expect(heard([START, BRIDGED])).toMatchObject([{ outcome: 'answered', endedAtMs: null, values: { wait_s: 12 } }]);
  });

  it.each([
    ['BREAK_OUT', 'abandoned'],
    ['NONE', 'abandoned'],
    ['TIMEOUT', 'timed-out'],
    ['NO_AGENT_TIMEOUT', 'empty'],
    ['EXIT_WITH_KEY', 'left-by-key'],
    ['SOMETHING_NEW', 'lost'],
  ])('who leaves by %s is %s', (reason, outcome) => {
    expect(heard([START, cancelled(reason)])).toMatchObject([
      { outcome, endedAtMs: (T + 30) * 1_000, values: { wait_s: 30 } },
    ]);
  });

  it('whose beginning was not heard is known by what the end says', () => {
    expect(heard([OVER])).toMatchObject([
      { atMs: T * 1_000, outcome: 'answered', values: { wait_s: 12, talk_s: 180 } },
    ]);
    expect(heard([START, OVER, OVER, BRIDGED])).toHaveLength(1);
  });

  it('who comes back to the old place while the queue allows it is one call, not two', () => {
    const back = event('member-queue-resume');
    const gone = [START, cancelled('BREAK_OUT')];
    const leftMs = (T + 30) * 1_000;
    expect(heard(gone, leftMs + 59_999, 60_000)).toMatchObject([{ endedAtMs: null, outcome: null }]);
    expect(heard(gone, leftMs + 60_000, 60_000)).toMatchObject([{ endedAtMs: leftMs, outcome: 'abandoned' }]);
    expect(heard([...gone, back, BRIDGED, OVER], NOW_MS, 60_000)).toMatchObject([
      { id: 'm/support@default/1', outcome: 'answered', values: { wait_s: 12 } },
    ]);
  });

  it('whoever comes in whatever order: no outcome is invented, nothing ends before it began', () => {
    const some = [START, BRIDGED, OVER, cancelled('BREAK_OUT'), event('member-queue-resume'), event('agent-offering')];
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...some), { maxLength: 12 }), fc.constantFrom(0, 60_000), (events, ms) => {
        for (const { outcome, endedAtMs, atMs } of heard(events, NOW_MS, ms)) {
          if (outcome !== null) expect(CALL_OUTCOMES).toContain(outcome);
          if (endedAtMs !== null) expect(endedAtMs).toBeGreaterThanOrEqual(atMs);
        }
      }),
      { numRuns: 100 },
    );
  });

  it('of another queue is left out', () => {
    const book = new CallBook();
    new CallcenterCalls(new Set(['sales@default']), book).take(START, NOW_MS);
    expect(book.hasChanged).toBe(false);
  });
});

describe('after a connection was lost', () => {
  it('who is gone has an unknown end, who was answered stays so, who is new came when the queue says', () => {
    const book = new CallBook();
    const calls = new CallcenterCalls(null, book);
    for (const member of ['gone', 'talked', 'there'])
      calls.take(event('member-queue-start', { 'CC-Member-UUID': member }), NOW_MS);
    calls.take(event('bridge-agent-start', { ...ANSWERED, 'CC-Member-UUID': 'talked' }), NOW_MS);
    const member = { queue: 'support@default', joinedMs: NOW_MS - 12_000, isWaiting: true };
    calls.reconcile(
      [
        { ...member, channel: 'there' },
        { ...member, channel: 'new' },
      ],
      NOW_MS,
    );
    expect(book.takeChanged()).toMatchObject([
      { channel: 'gone', outcome: 'unknown' },
      { channel: 'talked', outcome: 'answered', endedAtMs: NOW_MS },
      { channel: 'there', outcome: null },
      { channel: 'new', outcome: null, enteredAtMs: NOW_MS - 12_000 },
    ]);
  });
});

describe('the tables of callcenter_config', () => {
  const AGENTS = `name|status|state
1001|Available|Waiting
1002|Available (On Demand)|In a queue call
1003|On Break|Waiting
1004|Logged Out|Waiting
1005|Available|Waiting
+OK
`;
  const TIERS = `queue|agent|state
support@default|1001|Ready
support@default|1002|Active Inbound
sales@default|1001|Ready
support@default|1003|Ready
support@default|1004|Ready
sales@default|1005|Ready
+OK
`;
  const MEMBERS = `queue|uuid|joined_epoch|state
support@default|a|${T - 44}|Waiting
support@default|b|${T - 10}|Trying
support@default|c|${T - 90}|Answered
support@default|d|${T - 70}|Abandoned
+OK
`;
  const table = (text: string) => readTable(text) ?? [];

  it('say who waits, who is there, who could take a call and who is on a break; everybody once', () => {
    const members = queueMembers(table(MEMBERS));
    const asked = { members, agents: table(AGENTS), tiers: table(TIERS) };
    expect(callcenterGauges({ ...asked, queues: new Set(['support@default']) }, T * 1_000)).toEqual({
      waiting: 2,
      longestWaitS: 44,
      loggedIn: 3,
      available: 1,
      paused: 1,
    });
    expect(callcenterGauges({ ...asked, queues: null }, T * 1_000)).toMatchObject({ loggedIn: 4, available: 2 });
  });

  it('say for how long a caller may come back', () => {
    const queues = `name|discard_abandoned_after|abandoned_resume_allowed\na|60|true\nb|60|false\n+OK\n`;
    expect(resumable(table(queues))).toEqual(new Map([['a', 60_000]]));
  });

  it('are empty, or an error', () => {
    expect(readTable('+OK\n')).toEqual([]);
    expect(readTable('-ERR callcenter_config Command not found!\n')).toBeNull();
    expect(readTable('')).toBeNull();
  });
});
