import { describe, expect, it } from 'vitest';
import { periodLength } from '../../../collector/src/evaluate/period-length.ts';
import type { Objective } from '../../../collector/src/sla/objective.ts';
import { rational } from '../../../collector/src/sla/rational.ts';
import { anObjective, areUp } from '../../support/objectives.ts';
import { judgedAt } from './judged-at.ts';

const of = (fields: Partial<Objective>) => anObjective(areUp('shop'), fields);

describe('for how many months a period is paid for', () => {
  it.each([
    ['month', 1],
    ['quarter', 3],
    ['year', 12],
  ] as const)('a whole %s counts %i, however long its months are', (unit, months) => {
    const objective = of({ period: { kind: 'calendar', calendar: { unit } } });
    for (const at of ['2026-02-10', '2026-03-10', '2026-10-10', '2028-02-10']) {
      expect(periodLength(objective, judgedAt(objective, at)).months).toEqual(rational(months));
    }
  });

  it('a billing month from the 6th to the 5th is one month too', () => {
    const calendar = { unit: 'months', count: 1, anchor: '2026-01-06' } as const;
    const objective = of({ period: { kind: 'calendar', calendar } });
    expect(periodLength(objective, judgedAt(objective, '2026-09-20')).months).toEqual(rational(1));
  });

  it('a version that begins on the 21st of 30 days is paid for a third of the month', () => {
    const objective = of({ timeZone: 'UTC', effectiveFromMs: Date.UTC(2026, 5, 21) });
    expect(periodLength(objective, judgedAt(objective, '2026-06-25'))).toEqual({
      ms: 10 * 86_400_000,
      months: rational(1, 3),
    });
  });

  it('the two versions of a month add up to one month, also when its clocks change', () => {
    // October 2026 in Berlin has 745 hours; the 25th is the day of 25 hours.
    const cut = Date.UTC(2026, 9, 20, 22);
    const before = of({ effectiveToMs: cut });
    const after = of({ effectiveFromMs: cut });
    const [first, second] = [before, after].map((one) => periodLength(one, judgedAt(one, '2026-10-20')));
    // 20 days of 24 h, and 265 h.
    expect(first?.months).toEqual(rational(480, 745));
    expect(second?.months).toEqual(rational(265, 745));
  });

  it('two weeks lie in calendar months, of each so many of its days', () => {
    const calendar = { unit: 'weeks', count: 2, anchor: '2026-06-22' } as const;
    const objective = of({ timeZone: 'UTC', period: { kind: 'calendar', calendar } });
    // 22 to 30 June are 9 of 30 days, 1 to 5 July 5 of 31.
    expect(periodLength(objective, judgedAt(objective, '2026-06-25')).months).toEqual(
      rational(9 * 31 + 5 * 30, 30 * 31),
    );
  });
});
