import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { instantPattern, readInstant, readLengthMs } from '../../../shared/src/phone/written-times.ts';

const BERLIN = 'Europe/Berlin';

function iso(atMs: number): string {
  return new Date(atMs).toISOString();
}

describe('an instant as a source writes it', () => {
  it.each([
    ['iso', '2026-01-31T09:00:00+01:00', '2026-01-31T08:00:00.000Z'],
    ['iso', '2026-01-31 09:00:00.250 Z', '2026-01-31T09:00:00.250Z'],
    ['iso', '2026-01-31T09:00-0530', '2026-01-31T14:30:00.000Z'],
    ['unix', '1767261600', '2026-01-01T10:00:00.000Z'],
    ['unix', '1767261600.5', '2026-01-01T10:00:00.500Z'],
    ['unix_ms', '1767261600123', '2026-01-01T10:00:00.123Z'],
  ])('%s: %s needs no zone', (instants, text, expected) => {
    expect(iso(readInstant(text, { instants }))).toBe(expected);
  });

  // Berlin is an hour ahead of UTC in January and two in July.
  it.each([
    ['iso', '2026-01-31 09:00:00', '2026-01-31T08:00:00.000Z'],
    ['DD.MM.YYYY HH:mm:ss', '31.07.2026 09:00:05', '2026-07-31T07:00:05.000Z'],
    ['MM/DD/YYYY hh:mm A', '1/31/2026 12:05 AM', '2026-01-30T23:05:00.000Z'],
    ['MM/DD/YYYY hh:mm A', '1/31/2026 12:05 pm', '2026-01-31T11:05:00.000Z'],
  ])('%s: %s is in the zone that the mapping names, and without one a mistake', (instants, text, expected) => {
    expect(iso(readInstant(text, { instants, time_zone: BERLIN }))).toBe(expected);
    expect(() => readInstant(text, { instants })).toThrow('has no offset, and no time_zone says what it means');
  });

  it('that comes twice when the clocks go back is the first that is not before what came before it', () => {
    const written = { instants: 'iso', time_zone: BERLIN };
    const entered = readInstant('2026-10-25 02:50:00', written);
    expect(iso(entered)).toBe('2026-10-25T00:50:00.000Z');
    expect(iso(readInstant('2026-10-25 02:05:00', written, entered))).toBe('2026-10-25T01:05:00.000Z');
  });

  it.each([
    ['iso', 'yesterday', 'expected ISO 8601, not "yesterday"'],
    ['iso', '2026-02-30T09:00:00Z', 'there is no "2026-02-30T09:00:00Z"'],
    ['unix', '1767261600123', 'is not between 2001 and 2286'],
    ['unix', '', 'expected a number (unix), not ""'],
    ['DD.MM.YYYY HH:mm', '2026-01-31 09:00', 'expected DD.MM.YYYY HH:mm, not "2026-01-31 09:00"'],
    ['MM/DD/YYYY hh:mm A', '1/31/2026 13:05 PM', 'there is no'],
  ])('%s: %s is a mistake that says what was expected', (instants, text, message) => {
    expect(() => readInstant(text, { instants, time_zone: BERLIN })).toThrow(message);
  });

  it.each(['HH:mm', 'DD.MM.YYYY hh:mm', 'DD.MM.YYYY HH:mm A', 'now'])('the pattern %s is refused', (pattern) => {
    expect(instantPattern.safeParse(pattern).success).toBe(false);
  });

  it('is read back to the second from whatever instant was written', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1_000_000_000, max: 9_999_999_999 }), (seconds) => {
        const text = iso(seconds * 1000);
        expect(readInstant(text, { instants: 'iso' })).toBe(seconds * 1000);
        const [, year, month, day, time] = /^(\d+)-(\d+)-(\d+)T([\d:]+)/.exec(text) ?? [];
        const written = { instants: 'DD.MM.YYYY HH:mm:ss', time_zone: 'UTC' };
        expect(readInstant(`${day}.${month}.${year} ${time}`, written)).toBe(seconds * 1000);
      }),
      { numRuns: 100 },
    );
  });
});

describe('a length as a source writes it', () => {
  it.each([
    ['seconds', '20.4', 20_400],
    ['milliseconds', '20400', 20_400],
    ['clock', '1:02:03', 3_723_000],
    ['clock', '62:03', 3_723_000],
  ] as const)('%s: %s', (how, text, expected) => {
    expect(readLengthMs(text, how)).toBe(expected);
  });

  it.each([
    ['seconds', '-3'],
    ['clock', '20'],
    ['milliseconds', 'long'],
  ] as const)('%s: %s is a mistake', (how, text) => {
    expect(() => readLengthMs(text, how)).toThrow(JSON.stringify(text));
  });
});
