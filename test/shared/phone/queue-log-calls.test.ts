import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EVENTS_VERSION, eventDocument, parseEvents } from '../../../shared/src/event.ts';
import { CALL_OUTCOMES } from '../../../shared/src/phone/call.ts';
import { CallBook } from '../../../shared/src/phone/call-book.ts';
import { QueueLogCalls } from '../../../shared/src/phone/queue-log-calls.ts';
import { type CallEvent, callsInPieces, callsOf, countByOutcome, EVERY_QUEUE, feed } from '../../support/calls.ts';
import { captureText } from '../../support/capture-text.ts';

const SEVEN = readFileSync(join(import.meta.dirname, 'seven-calls.queue_log'), 'utf8');
const RUN = captureText('asterisk/run1/queue_log');

/** Anything goes wrong here that would go wrong at the collector. */
function accepted(calls: readonly CallEvent[]): readonly CallEvent[] {
  if (calls.length > 0) parseEvents(JSON.stringify({ version: EVENTS_VERSION, events: calls.map(eventDocument) }), 'a');
  return calls;
}

/** Lines about one call, `c`, in the queue `q`: `[second, event, parameters]`. */
function lines(...of: (readonly [number, string, string?])[]): string {
  return of.map(([at, event, parameters = '']) => `${1_790_000_000 + at}|c|q|NONE|${event}|${parameters}\n`).join('');
}

describe('seven calls whose figures are known', () => {
  const calls = accepted(callsOf(SEVEN));
  const answered = calls.filter(({ outcome }) => outcome === 'answered');

  it('three answered, two abandoned, one timed out, one left by key', () => {
    expect(countByOutcome(calls)).toEqual({ answered: 3, abandoned: 2, 'timed-out': 1, 'left-by-key': 1 });
  });

  it('answered after 12, 45 and 20 s (two within 20 s, that included), and talked 180, 60 and 30 s', () => {
    expect(answered.map(({ values }) => values.wait_s)).toEqual([12, 45, 20]);
    expect(answered.map(({ values }) => values.talk_s)).toEqual([180, 60, 30]);
    expect(answered.map(({ values }) => values.transfers ?? 0)).toEqual([0, 0, 1]);
  });

  it('those who were not answered waited 4, 60, 180 and 15 s', () => {
    const lost = calls.filter(({ outcome }) => outcome !== 'answered');
    expect(lost.map(({ id, values }) => [id, values.wait_s])).toEqual([
      ['c3.1/support/1', 4],
      ['c4.1/support/1', 60],
      ['c5.1/support/1', 180],
      ['c6.1/support/1', 15],
    ]);
  });
});

interface Visit {
  readonly queue: string;
  readonly entered_at: number;
  readonly outcome: string;
  readonly wait_seconds?: number;
  readonly talk_seconds?: number;
}

/** Asterisk's word for what the telephones saw. */
const OUTCOMES: Readonly<Record<string, string>> = {
  answered: 'answered',
  'answered-still-talking': 'answered',
  'still-waiting': 'null',
  abandoned: 'abandoned',
  timeout: 'timed-out',
  'exit-key': 'left-by-key',
  'left-empty': 'empty',
  withdrawn: 'withdrawn',
};

describe('a run of 93 calls on Asterisk 22, against what the telephones saw', () => {
  const calls = accepted(callsOf(RUN));
  const truth: { callid: string; visits: Visit[] }[] = JSON.parse(captureText('asterisk/run1/ground-truth.json'));
  const admitted = truth.flatMap(({ callid, visits }) =>
    visits.filter(({ outcome }) => outcome in OUTCOMES).map((visit) => ({ callid, ...visit })),
  );

  it('has every visit that was admitted, and no other', () => {
    expect(admitted).toHaveLength(94);
    expect(calls).toHaveLength(94);
  });

  it('agrees on every outcome, on the wait and the talk to less than two seconds', () => {
    for (const visit of admitted) {
      const call = calls.find(({ id }) => id === `${visit.callid}/${visit.queue}/1`);
      expect(`${visit.callid} ${call?.outcome}`).toBe(`${visit.callid} ${OUTCOMES[visit.outcome]}`);
      if (visit.wait_seconds !== undefined)
        expect(Math.abs((call?.values.wait_s ?? -9) - visit.wait_seconds)).toBeLessThan(1);
      if (visit.outcome === 'answered' && visit.talk_seconds !== undefined)
        expect(Math.abs((call?.values.talk_s ?? -9) - visit.talk_seconds)).toBeLessThan(2);
    }
  });

  it('has the two that still talk and the one that still waits open', () => {
    expect(countByOutcome(calls)).toMatchObject({ talking: 2, open: 1 });
  });

  it('goes on in the file after the rotation', () => {
    const pieces = [captureText('asterisk/rotation/queue_log.0'), captureText('asterisk/rotation/queue_log')];
    const counts = countByOutcome(accepted(callsInPieces(pieces)));
    // The two that talked and the one that waited were ended by the stop of Asterisk, which says so as if they had hung up.
    expect(counts).toEqual({
      answered: 65,
      abandoned: 16,
      'timed-out': 6,
      'left-by-key': 4,
      empty: 2,
      withdrawn: 1,
    });
  });

  it('is the same in whatever pieces it comes', () => {
    const whole = callsOf(RUN);
    const log = RUN.split('\n');
    fc.assert(
      fc.property(fc.uniqueArray(fc.nat(log.length), { maxLength: 12 }), (cuts) => {
        const at = [0, ...cuts.sort((a, b) => a - b), log.length];
        const pieces = at.slice(1).map((end, index) => log.slice(at[index], end).join('\n'));
        expect(new Set(callsInPieces(pieces))).toEqual(new Set(whole));
      }),
      { numRuns: 30 },
    );
  });
});

describe('a call', () => {
  it('is open while the caller waits, answered and open while they talk, and closed after', () => {
    const book = new CallBook();
    const [waiting] = feed(book, lines([0, 'ENTERQUEUE', '|0301|3']));
    expect(waiting).toMatchObject({ outcome: null, endedAtMs: null, values: { position: 3 } });
    expect(book.waiting()).toEqual({ count: 1, sinceMs: 1_790_000_000_000 });
    const [talking] = feed(book, lines([7, 'CONNECT', '7|c.2|5']));
    expect(talking).toMatchObject({ outcome: 'answered', endedAtMs: null, values: { wait_s: 7, ring_s: 5 } });
    expect(book.waiting()).toEqual({ count: 0, sinceMs: null });
    const [over] = feed(book, lines([70, 'COMPLETEAGENT', '7|63|3']));
    expect(over).toMatchObject({ endedAtMs: 1_790_000_070_000, values: { talk_s: 63 } });
    expect([waiting, talking, over].map((event) => event?.revision)).toEqual([1, 2, 3]);
  });

  it('that waits when Asterisk starts anew is unknown; one that was answered stays so', () => {
    const restart = '1790000100|NONE|NONE|NONE|QUEUESTART|\n';
    const waiting = callsOf(lines([0, 'ENTERQUEUE', '|0301|1']) + restart);
    expect(waiting).toMatchObject([{ outcome: 'unknown', endedAtMs: 1_790_000_100_000 }]);
    const talking = callsOf(lines([0, 'ENTERQUEUE', '|0301|1'], [9, 'CONNECT', '9|c.2|4']) + restart);
    expect(talking).toMatchObject([{ outcome: 'answered', values: { wait_s: 9 } }]);
    expect(talking[0]?.values).not.toHaveProperty('talk_s');
  });

  it('of a caller who comes to the same queue again is another call', () => {
    const twice = lines(
      [0, 'ENTERQUEUE', '|0301|1'],
      [5, 'EXITWITHKEY', '1|1|1|5'],
      [9, 'ENTERQUEUE', '|0301|1'],
      [12, 'CONNECT', '3|c.2|2'],
    );
    expect(callsOf(twice).map(({ id, outcome }) => [id, outcome])).toEqual([
      ['c/q/1', 'left-by-key'],
      ['c/q/2', 'answered'],
    ]);
  });

  it.each([
    ['ENTERQUEUE of 2010, CONNECT and COMPLETE of 1.4', ['|0301', '36|c.2', '36|100'], { wait_s: 36, talk_s: 100 }],
    [
      'with the caller’s name',
      ['|0301|1|Ann', '36|c.2|4', '36|100|1'],
      { wait_s: 36, talk_s: 100, ring_s: 4, position: 1 },
    ],
  ])('has what its version said: %s', (_, [enter = '', connect = '', complete = ''], values) => {
    const text = lines([0, 'ENTERQUEUE', enter], [36, 'CONNECT', connect], [136, 'COMPLETECALLER', complete]);
    expect(callsOf(text)[0]?.values).toEqual(values);
  });

  it.each([
    ['BLINDTRANSFER', '300|internal|20|30|1'],
    ['TRANSFER', '300|internal|20|30'],
    ['ATTENDEDTRANSFER', 'BRIDGE|5a-3e|20|30|1'],
    ['ATTENDEDTRANSFER', 'LINK|SIP/1|SIP/2|20|30|1'],
  ])('that was transferred (%s|%s) is answered, once', (event, parameters) => {
    const text = lines([0, 'ENTERQUEUE', '|0301|1'], [20, 'CONNECT', '20|c.2|4'], [50, event, parameters]);
    expect(callsOf(text)).toMatchObject([{ outcome: 'answered', values: { wait_s: 20, talk_s: 30, transfers: 1 } }]);
  });

  it.each([
    ['EXITWITHTIMEOUT', '1', 'timed-out'],
    ['EXITWITHKEY', '2|1', 'left-by-key'],
    ['EXITEMPTY', '1|1|30', 'empty'],
    ['WITHDRAW', '1|1|30|a | in the text', 'withdrawn'],
    ['AGENTDUMP', '', 'dumped'],
    ['SYSCOMPAT', '', 'dumped'],
    ['ABANDON', '1|1|-3', 'abandoned'],
  ])('that ends with %s|%s is %s, after what the clock says where the line does not', (event, parameters, outcome) => {
    const [call] = callsOf(lines([0, 'ENTERQUEUE', '|0301|1'], [30, event, parameters]));
    expect(call).toMatchObject({ outcome, endedAtMs: 1_790_000_030_000, values: { wait_s: 30 } });
  });

  it('whose beginning was not seen begins as long before as its end says', () => {
    expect(callsOf(lines([200, 'COMPLETECALLER', '20|150|1']))).toMatchObject([
      { atMs: 1_790_000_030_000, outcome: 'answered', values: { wait_s: 20, talk_s: 150 } },
    ]);
  });

  it('is not ended twice, and no second call is made of the second end', () => {
    const book = new CallBook();
    const text = lines([0, 'ENTERQUEUE', '|0301|1'], [30, 'ABANDON', '1|1|30'], [31, 'EXITEMPTY', '1|1|31']);
    const calls = new QueueLogCalls(EVERY_QUEUE, book);
    expect(feed(book, text, EVERY_QUEUE, calls)).toMatchObject([{ outcome: 'abandoned', values: { wait_s: 30 } }]);
    expect(calls.counts).toEqual({ lines: 3, otherEvents: 0, strayEnds: 1 });
  });

  it('that the queue refused is known when the dial plan says so', () => {
    expect(callsOf(lines([0, 'FULL']))).toMatchObject([{ outcome: 'refused', atMs: 1_790_000_000_000 }]);
  });

  it('without a line for a day is given up, as unknown or as the answered call it was', () => {
    const book = new CallBook();
    feed(book, lines([0, 'ENTERQUEUE', '|0301|1']));
    book.forgetBefore(1_790_000_000_000 + 86_400_000);
    expect(book.takeChanged()).toEqual([]);
    book.forgetBefore(1_790_000_000_000 + 86_400_001);
    expect(book.takeChanged()).toMatchObject([{ outcome: 'unknown' }]);
  });
});

describe('what is not a call', () => {
  it('other queues are left out when queues are named', () => {
    const calls = callsOf(RUN, { ...EVERY_QUEUE, queues: new Set(['billing']) });
    expect(calls).toHaveLength(28);
    expect(new Set(calls.map(({ labels }) => labels.queue))).toEqual(new Set(['billing']));
  });

  it('events that Asterisk does not know are counted, with their call and in all', () => {
    const book = new CallBook();
    const calls = new QueueLogCalls(EVERY_QUEUE, book);
    const text = lines([0, 'DID', '0800'], [0, 'ENTERQUEUE', '|0301|1'], [1, 'INFO', 'a|b|c']);
    const events = feed(book, text, EVERY_QUEUE, calls);
    expect(events).toMatchObject([{ values: { other_events: 1 } }]);
    expect(calls.counts.otherEvents).toBe(2);
  });

  it('a caller’s number is nowhere in what is sent: dropped, or a pseudonym', () => {
    expect(JSON.stringify(callsOf(RUN))).not.toContain('4930555');
    const calls = callsOf(RUN, { queues: null, pseudonym: (number) => `p${number.slice(-2)}` });
    expect(JSON.stringify(calls)).not.toContain('4930555');
    expect(calls[0]?.labels).toEqual({ check: 'support-calls', queue: 'billing', caller: 'p01' });
  });
});

describe('whatever a log holds', () => {
  const log = RUN.split('\n').filter((line) => line !== '');
  const noise = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 60 }).map((text) => text.replaceAll('\n', '')),
    fc.constantFrom(...log).chain((line) => fc.nat(line.length).map((cut) => line.slice(0, cut))),
  );

  it('no outcome is invented, no event is one that a collector would refuse', () => {
    const anyLine = fc.oneof(fc.constantFrom(...log), noise);
    fc.assert(
      fc.property(fc.array(anyLine, { maxLength: 60 }), (some) => {
        for (const call of accepted(callsOf(some.join('\n')))) {
          if (call.outcome !== null) expect(CALL_OUTCOMES).toContain(call.outcome);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('lines that are no lines change no call', () => {
    // A cut line may still be a whole one, only shorter: those have a beginning of the real one, so they are left out.
    const rubbish = noise.filter((text) => !/^\d{10}\|/.test(text));
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(log.length), rubbish), { maxLength: 20 }), (inserts) => {
        const mixed = [...log];
        for (const [at, text] of inserts) mixed.splice(at, 0, text);
        expect(callsOf(mixed.join('\n'))).toEqual(callsOf(RUN));
      }),
      { numRuns: 40 },
    );
  });
});
