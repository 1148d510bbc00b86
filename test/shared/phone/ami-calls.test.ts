import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AMI_FIRST_REVISION, AmiCalls } from '../../../shared/src/phone/ami-calls.ts';
import { type AmiMessage, AmiParser } from '../../../shared/src/phone/ami-message.ts';
import { queueGauges } from '../../../shared/src/phone/ami-queues.ts';
import { CALL_OUTCOMES, callEvent } from '../../../shared/src/phone/call.ts';
import { CallBook } from '../../../shared/src/phone/call-book.ts';
import { type CallEvent, callsOf, countByOutcome } from '../../support/calls.ts';
import { captureBytes, captureText } from '../../support/capture-text.ts';

const NOW_MS = 1_795_422_511_000;

function messagesOf(name: string): AmiMessage[] {
  return new AmiParser().take(captureBytes(name));
}

function heard(messages: readonly AmiMessage[], queues: readonly string[] | null = null): CallEvent[] {
  const book = new CallBook(undefined, AMI_FIRST_REVISION);
  const calls = new AmiCalls(queues === null ? null : new Set(queues), book);
  for (const message of messages) calls.take(message, NOW_MS);
  calls.settle(NOW_MS + 60_000);
  return book.takeChanged().map((call) => callEvent(call, 'support-queue'));
}

/** An event about the channel `c` in the queue `q`. */
function event(name: string, fields: Readonly<Record<string, string>> = {}): AmiMessage {
  return { kind: 'event', name, fields: new Map(Object.entries({ uniqueid: 'c', queue: 'q', ...fields })) };
}

/** What a queue log knows, as the manager interface can tell it. */
const AS_HEARD: Readonly<Record<string, string>> = {
  abandoned: 'lost',
  'timed-out': 'lost',
  empty: 'lost',
  withdrawn: 'lost',
};

describe('93 calls on Asterisk 22, heard over the manager interface', () => {
  const events = messagesOf('asterisk/run1/events-monitor.s2c');
  const calls = heard(events);

  it('agree with the queue log of the same calls, call by call, as far as the events go', () => {
    const logged = callsOf(captureText('asterisk/run1/queue_log'));
    expect(calls).toHaveLength(logged.length);
    for (const { id, outcome, values } of logged) {
      const call = calls.find((one) => one.id === id);
      const expected = outcome === null ? null : (AS_HEARD[outcome] ?? outcome);
      expect([id, call?.outcome]).toEqual([id, expected]);
      if (outcome === 'answered') expect([id, call?.values.wait_s]).toEqual([id, values.wait_s]);
    }
  });

  it('have a final word that gives way to the one of the queue log', () => {
    const revisions = callsOf(captureText('asterisk/run1/queue_log')).map(({ revision }) => revision);
    expect(Math.min(...calls.map(({ revision }) => revision))).toBeGreaterThan(Math.max(...revisions));
  });

  it('of other queues are left out when queues are named', () => {
    expect(heard(events, ['billing'])).toHaveLength(28);
  });

  it('hold no number and no name of a caller', () => {
    expect(JSON.stringify(calls)).not.toMatch(/4930555|Núñez/);
  });
});

describe('a caller', () => {
  const join = event('QueueCallerJoin', { position: '2' });
  const leave = event('QueueCallerLeave');

  it.each([
    ['left, then connected', [join, leave, event('AgentConnect', { holdtime: '7', ringtime: '3' })], 'answered'],
    ['abandoned, then left', [join, event('QueueCallerAbandon', { holdtime: '9' }), leave], 'lost'],
    ['left, and nothing more', [join, leave], 'left-by-key'],
    ['dropped by a member', [join, leave, event('AgentDump')], 'dumped'],
  ])('%s', (_, messages, outcome) => {
    expect(heard(messages).map((call) => call.outcome)).toEqual([outcome]);
  });

  it('who was just let go may still be connected: nothing is said of it for five seconds', () => {
    const book = new CallBook();
    const calls = new AmiCalls(null, book);
    for (const message of [join, leave]) calls.take(message, NOW_MS);
    calls.settle(NOW_MS + 4_999);
    expect(book.takeChanged()).toMatchObject([{ outcome: null }]);
    calls.settle(NOW_MS + 5_000);
    expect(book.takeChanged()).toMatchObject([{ outcome: 'left-by-key', endedAtMs: NOW_MS }]);
  });

  it.each(['FULL', 'JOINEMPTY', 'JOINUNAVAIL'])('whom the queue did not take (%s) is refused', (status) => {
    const messages = [
      event('Newexten', { application: 'Queue', appdata: 'q,t,,,20' }),
      event('VarSet', { variable: 'QUEUESTATUS', value: status }),
    ];
    expect(heard(messages)).toMatchObject([{ outcome: 'refused', labels: { queue: 'q' } }]);
  });

  it('who was in the queue is not refused by what the dial plan says after it', () => {
    const status = event('VarSet', { variable: 'QUEUESTATUS', value: 'TIMEOUT' });
    const way = event('Newexten', { application: 'Queue', appdata: 'q' });
    const messages = [way, join, event('QueueCallerAbandon'), leave, status];
    expect(heard(messages).map((call) => call.outcome)).toEqual(['lost']);
  });
});

describe('after a connection was lost', () => {
  it('who does not wait any more has an unknown end, and who is new came as long ago as the queue says', () => {
    const book = new CallBook();
    const calls = new AmiCalls(null, book);
    calls.take(event('QueueCallerJoin', { uniqueid: 'gone' }), NOW_MS);
    calls.take(event('QueueCallerJoin', { uniqueid: 'there' }), NOW_MS);
    const entry = (uniqueid: string, wait: string) => new Map(Object.entries({ uniqueid, queue: 'q', wait }));
    calls.reconcile([entry('there', '30'), entry('new', '12')], NOW_MS + 30_000);
    expect(book.takeChanged()).toMatchObject([
      { channel: 'gone', outcome: 'unknown' },
      { channel: 'there', outcome: null },
      { channel: 'new', outcome: null, enteredAtMs: NOW_MS + 18_000 },
    ]);
  });
});

describe('whatever comes, in whatever order', () => {
  it('no outcome is invented and a call ends once', () => {
    const events = messagesOf('asterisk/run1/events-monitor.s2c').slice(0, 300);
    fc.assert(
      fc.property(fc.shuffledSubarray(events), (some) => {
        for (const { outcome, endedAtMs, atMs } of heard(some)) {
          if (outcome !== null) expect(CALL_OUTCOMES).toContain(outcome);
          if (endedAtMs !== null) expect(endedAtMs).toBeGreaterThanOrEqual(atMs);
        }
      }),
      { numRuns: 50 },
    );
    expect(countByOutcome(heard(events)).answered).toBeGreaterThan(0);
  });
});

describe('how queues stand', () => {
  it.each(['end', 't140', 't207', 't233'])('%s: QueueStatus says of each queue what QueueSummary does', (name) => {
    const messages = messagesOf(`asterisk/run1/snapshots/${name}.s2c`);
    const summaries = messages.filter((message) => message.name === 'QueueSummary');
    expect(summaries).toHaveLength(3);
    for (const { fields } of summaries) {
      const gauges = queueGauges(messages, new Set([fields.get('queue') ?? '']));
      expect({ loggedIn: gauges.loggedIn, queue: fields.get('queue') }).toEqual({
        loggedIn: Number(fields.get('loggedin')),
        queue: fields.get('queue'),
      });
      expect(gauges.available).toBe(Number(fields.get('available')));
      // One is asked after the other, and meanwhile callers come and go.
      expect(Math.abs(gauges.waiting - Number(fields.get('callers')))).toBeLessThanOrEqual(2);
    }
  });

  it('members who are paused are logged in and not available', () => {
    const gauges = queueGauges(messagesOf('asterisk/run1/snapshots/t140.s2c'), new Set(['support']));
    expect(gauges).toMatchObject({ loggedIn: 4, available: 0, paused: 3 });
  });
});
