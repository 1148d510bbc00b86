import { describe, expect, it } from 'vitest';
import { currentPeriod, periodBetween, periodOf } from '../../../collector/src/evaluate/judged-period.ts';
import type { Objective } from '../../../collector/src/sla/objective.ts';
import { anObjective, areUp } from '../../support/objectives.ts';

const month = anObjective(areUp('shop'));
const OCTOBER = { fromMs: 1_790_805_600_000, toMs: 1_793_487_600_000 };

describe('the period that is judged', () => {
  it('of a calendar month is the zone’s, until now while it runs', () => {
    const nowMs = OCTOBER.fromMs + 5;
    expect(currentPeriod(month, nowMs)).toEqual({
      fromMs: OCTOBER.fromMs,
      toMs: nowMs,
      periodToMs: OCTOBER.toMs,
      periodName: '2026-10',
    });
    expect(currentPeriod(month, OCTOBER.toMs)).toMatchObject({ fromMs: OCTOBER.toMs, periodName: '2026-11' });
  });

  it('that is over ends where it ended, whatever the time is', () => {
    const found = periodOf(month, '2026-10', OCTOBER.toMs + 86_400_000);
    expect(found).toMatchObject({ toMs: OCTOBER.toMs, periodToMs: OCTOBER.toMs });
  });

  it('that is still to come has no length yet', () => {
    const found = periodOf(month, '2026-10', OCTOBER.fromMs - 1);
    expect(found).toMatchObject({ fromMs: OCTOBER.fromMs, toMs: OCTOBER.fromMs, periodToMs: OCTOBER.toMs });
  });

  it('of a rolling window ends now and is complete', () => {
    const rolling: Objective = { ...month, period: { kind: 'rolling', lengthMs: 2_592_000_000 } };
    const nowMs = OCTOBER.toMs;
    expect(currentPeriod(rolling, nowMs)).toEqual({
      fromMs: nowMs - 2_592_000_000,
      toMs: nowMs,
      periodToMs: nowMs,
      periodName: 'rolling 30d',
    });
    expect(periodOf(rolling, '2026-10', nowMs)).toBeNull();
  });

  it('of a rolling window is named by its last day', () => {
    const lengthMs = 2_592_000_000;
    const rolling: Objective = { ...month, period: { kind: 'rolling', lengthMs } };
    // 31 October ends in Berlin where the month does: 30 times 24 hours before lies an hour after midnight.
    expect(periodOf(rolling, '2026-10-31', OCTOBER.toMs + 1)).toEqual({
      fromMs: OCTOBER.toMs - lengthMs,
      toMs: OCTOBER.toMs,
      periodToMs: OCTOBER.toMs,
      periodName: '2026-10-31',
    });
    expect(periodOf(rolling, '2026-02-30', OCTOBER.toMs)).toBeNull();
  });

  it('in which the next version of the contract begins is judged in two parts that touch', () => {
    const changeMs = OCTOBER.fromMs + 14 * 86_400_000;
    const first = periodOf({ ...month, effectiveToMs: changeMs }, '2026-10', OCTOBER.toMs);
    const second = periodOf({ ...month, effectiveFromMs: changeMs }, '2026-10', OCTOBER.toMs);
    expect(first).toEqual({ ...OCTOBER, toMs: changeMs, periodToMs: changeMs, periodName: '2026-10' });
    expect(second).toEqual({ ...OCTOBER, fromMs: changeMs, periodToMs: OCTOBER.toMs, periodName: '2026-10' });
    expect(periodOf({ ...month, effectiveToMs: changeMs }, '2026-11', OCTOBER.toMs)).toBeNull();
  });

  it('begins with the contract, and is empty when that begins later', () => {
    const effectiveFromMs = OCTOBER.fromMs + 1_000;
    expect(currentPeriod({ ...month, effectiveFromMs }, OCTOBER.fromMs + 5_000)).toMatchObject({
      fromMs: effectiveFromMs,
    });
    const late = currentPeriod({ ...month, effectiveFromMs: OCTOBER.toMs + 1 }, OCTOBER.fromMs + 5_000);
    expect(late).toMatchObject({ fromMs: OCTOBER.toMs, toMs: OCTOBER.toMs, periodToMs: OCTOBER.toMs });
  });

  it('that somebody asks for is named by its instants in the contract’s zone', () => {
    const found = periodBetween(
      month,
      { fromMs: Date.UTC(2026, 9, 25, 0), toMs: Date.UTC(2026, 9, 25, 2) },
      OCTOBER.toMs,
    );
    expect(found.periodName).toBe('2026-10-25T02:00:00+02:00/2026-10-25T03:00:00+01:00');
  });
});
