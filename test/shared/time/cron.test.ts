import { describe, expect, it } from 'vitest';
import { cronFault, longestGapMs, parseCron } from '../../../shared/src/time/cron.ts';

/** The instants at which an expression is due in Berlin, from the one given on. */
function dueAfter(expression: string, fromIso: string, count: number): string[] {
  const cron = parseCron(expression, 'Europe/Berlin');
  const due: string[] = [];
  let atMs: number | null = Date.parse(fromIso);
  while (due.length < count && atMs !== null) {
    atMs = cron.nextAfter(atMs);
    if (atMs !== null) due.push(new Date(atMs).toISOString());
  }
  return due;
}

describe('a cron expression', () => {
  it('is due by the wall clock of its zone, in winter and in summer', () => {
    expect(dueAfter('0 4 * * *', '2026-03-27T12:00:00Z', 3)).toEqual([
      '2026-03-28T03:00:00.000Z',
      '2026-03-29T02:00:00.000Z',
      '2026-03-30T02:00:00.000Z',
    ]);
  });

  it('in the hour that a DST change skips is due all the same, once', () => {
    expect(dueAfter('30 2 * * *', '2026-03-28T12:00:00Z', 2)).toEqual([
      '2026-03-29T01:00:00.000Z',
      '2026-03-30T00:30:00.000Z',
    ]);
  });

  it('in the hour that comes twice is due once', () => {
    const due = dueAfter('30 2 * * *', '2026-10-24T12:00:00Z', 2);
    expect(due).toHaveLength(2);
    expect(due[1]).toBe('2026-10-26T01:30:00.000Z');
  });

  it('is never due at the instant asked about, only after it', () => {
    expect(dueAfter('0 4 * * *', '2026-01-01T03:00:00Z', 1)).toEqual(['2026-01-02T03:00:00.000Z']);
  });

  it.each(['every day', '61 * * * *', '* * * *', ''])('%j is none, and the fault says so', (text) => {
    expect(cronFault(text)).toMatch(/no cron expression/);
  });

  it('that is never due is a mistake', () => {
    expect(cronFault('0 0 30 2 *')).not.toBeNull();
    expect(cronFault('0 2 * * *')).toBeNull();
  });
});

describe('the longest time between two instants of a schedule', () => {
  const HOUR_MS = 3_600_000;
  it.each([
    // A day of the autumn change has 25 hours, and a week around it an hour more.
    ['30 3 * * *', 'Europe/Berlin', 25],
    ['30 3 * * sun', 'Europe/Berlin', 169],
    ['30 3 * * *', 'UTC', 24],
    // From Saturday on there are three days to Tuesday.
    ['0 4 * * tue,sat', 'UTC', 96],
    ['0 4 1 * *', 'UTC', 31 * 24],
    ['0 4 1 1 *', 'UTC', 365 * 24],
  ])('%s in %s: %i h', (cron, timeZone, hours) => {
    expect(longestGapMs({ cron, timeZone })).toBe(hours * HOUR_MS);
  });

  it('there is none for what comes once in four years', () => {
    expect(longestGapMs({ cron: '0 4 29 2 *', timeZone: 'UTC' })).toBeNull();
  });
});
