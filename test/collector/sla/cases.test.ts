import { describe, expect, it } from 'vitest';
import { addCases, type Case, type CaseSum, measureCases, sumOfCases } from '../../../collector/src/sla/cases.ts';
import { scopeOver } from './example-scope.ts';

const DAY_MS = 86_400_000;

function failed(name: string, fromMs: number, toMs: number): Case {
  return { atMs: fromMs, fromMs, toMs, state: 'bad', name, reason: 'late' };
}

function measured(counted: readonly CaseSum[], nowMs: number, periodToMs = DAY_MS) {
  const period = { fromMs: 0, toMs: Math.min(nowMs, periodToMs), periodToMs, periodName: 'a day' };
  return measureCases({ counted, excluded: 0 }, scopeOver(periodToMs, { period, nowMs }), {
    unit: 'events',
    toCome: 0,
  });
}

describe('a failed case', () => {
  it('is an incident from its beginning to its end', () => {
    const [incident] = measured([sumOfCases([failed('a', 5, 9)])], 2 * DAY_MS).incidents;
    expect(incident).toEqual({ fromMs: 5, toMs: 9, countedMs: 4, checks: ['a'], locations: [], reasons: ['late'] });
  });

  it('is cut at the end of its period: what goes on behind it is the next one’s', () => {
    const { incidents, badTime } = measured([sumOfCases([failed('a', 5, 2 * DAY_MS)])], 3 * DAY_MS);
    expect(incidents).toMatchObject([{ fromMs: 5, toMs: DAY_MS, countedMs: DAY_MS - 5 }]);
    expect(badTime.best).toEqual([{ fromMs: 5, toMs: DAY_MS }]);
  });

  it('that goes on now has no end yet, and counts up to now', () => {
    expect(measured([sumOfCases([failed('a', 5, 100)])], 100).incidents).toMatchObject([{ toMs: null, countedMs: 95 }]);
    expect(measured([sumOfCases([failed('a', 5, 400)])], 100).incidents).toMatchObject([{ toMs: null, countedMs: 95 }]);
  });

  it('stands by its beginning and then its name, in whatever parts and whatever order they were added up', () => {
    const [first, second, third] = [failed('a', 5, 900), failed('b', 5, 6), failed('a', 7, 8)];
    // By its end the longest is in the last part.
    const parts = [sumOfCases([second]), sumOfCases([third, first])];
    for (const counted of [parts, [addCases(parts)], [sumOfCases([third, second, first])]]) {
      const { incidents, tally } = measured(counted, 2 * DAY_MS);
      expect(incidents.map(({ checks, fromMs }) => `${checks[0]}${fromMs}`)).toEqual(['a5', 'b5', 'a7']);
      expect(tally).toMatchObject({ good: 0, bad: 3, unknown: 0 });
    }
  });
});
