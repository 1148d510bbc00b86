import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { callMapping } from '../../../shared/src/phone/call-mapping.ts';
import { type ReadCallOptions, RecordMistake, readCall } from '../../../shared/src/phone/read-call.ts';

const schema = callMapping(z.string());
const PLACES = { id: 'id', queue: 'queue', entered: 'in' } as const;
const BASE = { id: 'c-1', queue: 'support', in: '2026-01-01T10:00:00Z' } as const;

type Record = Readonly<{ [place: string]: string }>;

function read(mapping: object, record: Record, options: Partial<ReadCallOptions> = {}) {
  const parsed = schema.parse({ ...PLACES, ...mapping });
  const whole: Record = { ...BASE, ...record };
  const textAt = (place: string) => whole[place] ?? null;
  return readCall(textAt, { mapping: parsed, pseudonym: () => null, labels: { check: 'cloud' }, ...options });
}

function mistakeOf(mapping: object, record: Record): string {
  try {
    read(mapping, record);
  } catch (error) {
    if (error instanceof RecordMistake) return `${error.place}: ${error.message}`;
    throw error;
  }
  return 'none';
}

const INSTANTS = { answered: 'up', ended: 'out' };

describe('a record of a call', () => {
  it('that was answered has its wait and talk from the instants', () => {
    const event = read(INSTANTS, { up: '2026-01-01T10:00:12Z', out: '2026-01-01T10:03:12Z' });
    expect(event).toEqual({
      stream: 'calls',
      id: 'c-1',
      revision: 2,
      atMs: 1_767_261_600_000,
      endedAtMs: 1_767_261_792_000,
      outcome: 'answered',
      labels: { check: 'cloud', queue: 'support' },
      values: { wait_s: 12, talk_s: 180 },
    });
  });

  it('without an answer is lost, after the whole time', () => {
    expect(read(INSTANTS, { out: '2026-01-01T10:00:40Z' })).toMatchObject({ outcome: 'lost', values: { wait_s: 40 } });
  });

  it('that is under way is open, and each step of it a later revision', () => {
    const waiting = read(INSTANTS, {});
    const talking = read(INSTANTS, { up: '2026-01-01T10:00:12Z' });
    const over = read(INSTANTS, { up: '2026-01-01T10:00:12Z', out: '2026-01-01T10:00:13Z' });
    expect([waiting, talking, over].map(({ revision, outcome, endedAtMs }) => [revision, outcome, endedAtMs])).toEqual([
      [0, null, null],
      [1, 'answered', null],
      [2, 'answered', 1_767_261_613_000],
    ]);
  });

  it('has lengths where no instants are said; it ended after all of them', () => {
    const event = read(
      { wait: 'w', talk: 't', outcome: 'o', outcomes: { OK: 'answered' }, lengths: 'clock' },
      { w: '0:20', t: '1:30', o: 'OK' },
    );
    expect(event).toMatchObject({ endedAtMs: 1_767_261_710_000, values: { wait_s: 20, talk_s: 90 } });
  });

  it('waited 21 s when it waited 20.4: what is not in time must not look so', () => {
    expect(read({ wait: 'w', talk: 't' }, { w: '20.4', t: '9.9' }).values).toEqual({ wait_s: 21, talk_s: 9 });
  });

  it('is of what the source’s word means, and of no outcome that nobody named', () => {
    const mapping = { ...INSTANTS, outcome: 'o', outcomes: { hangup: 'abandoned', ringing: 'waiting' } };
    expect(read(mapping, { o: 'hangup', out: '2026-01-01T10:00:09Z' }).outcome).toBe('abandoned');
    expect(read(mapping, { o: 'ringing', out: '2026-01-01T10:00:09Z' })).toMatchObject({ endedAtMs: null });
    expect(mistakeOf(mapping, { o: 'voicemail' })).toBe('o: outcomes does not say what "voicemail" means');
    const withOthers = { ...mapping, outcomes: { ...mapping.outcomes, '*': 'lost' } };
    expect(read(withOthers, { o: 'constructor', out: '2026-01-01T10:00:09Z' }).outcome).toBe('lost');
  });

  it('is named by several fields when no single one does, in characters that an id may have', () => {
    expect(read({ id: ['id', 'queue'] }, { id: 'a b/ü', queue: 'q' }).id).toBe('a%20b%2F%C3%BC/q');
  });

  it('keeps no number, but a pseudonym when one is wanted', () => {
    const mapping = { ...INSTANTS, caller: 'from' };
    const record = { from: '+4930555', up: '2026-01-01T10:00:12Z' };
    expect(JSON.stringify(read(mapping, record))).not.toContain('4930555');
    const named = read(mapping, record, { pseudonym: () => 'p1' });
    expect(named.labels).toEqual({ check: 'cloud', queue: 'support', caller: 'p1' });
  });

  it.each([
    [{}, { in: 'soon' }, 'in: expected ISO 8601, not "soon"'],
    [INSTANTS, { up: '2026-01-01T09:59:59Z' }, 'up: answered before the caller came'],
    [INSTANTS, { out: '2026-01-01T09:59:59Z' }, 'out: ended before it began'],
    [{ outcome: 'o', outcomes: { x: 'lost' } }, { o: 'x' }, 'in: says not when it ended, or how long it took'],
    [{ transfers: 'n' }, { n: 'two' }, 'n: expected a number, not "two"'],
  ])('%j %j is a mistake with its place', (mapping, record, expected) => {
    expect(mistakeOf(mapping, record)).toBe(expected);
  });
});
