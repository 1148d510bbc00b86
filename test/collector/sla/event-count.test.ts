import type { Event } from '@nines/shared/event.ts';
import { describe, expect, it } from 'vitest';
import type { Scope } from '../../../collector/src/sla/counted-time.ts';
import { addCounts, countOf, dueIn, measureCount } from '../../../collector/src/sla/event-count.ts';
import type { EventCount } from '../../../collector/src/sla/indicator.ts';

const QUALIFIED: EventCount = {
  kind: 'event_count',
  source: { stream: 'leads', checks: [], at: 'begin' },
  where: { kind: 'label', name: 'quality', in: ['qualified'] },
  atLeast: 4,
};

function lead(id: number, quality: string | null, endedAtMs: number | null = id + 1): Event {
  const labels = quality === null ? {} : { quality };
  const outcome = endedAtMs === null ? null : 'done';
  return {
    stream: 'leads',
    agent: 'crm',
    id: `lead-${id}`,
    revision: 1,
    atMs: id,
    endedAtMs,
    outcome,
    labels,
    values: {},
  };
}

/** A period from 0 to 1,000, judged at `nowMs`. */
function scope(nowMs: number): Scope {
  const period = { fromMs: 0, toMs: Math.min(nowMs, 1_000), periodToMs: 1_000, periodName: '2027-01' };
  return { period, nowMs, open: null, exclusions: [], notApplied: [], denominator: 'excluded' };
}

const leads = [lead(10, 'qualified'), lead(20, 'unqualified'), lead(30, 'qualified'), lead(40, null, null)];

function tally(nowMs: number, isSeen = true, atLeast = 4) {
  const count = addCounts([countOf(leads.slice(0, 2), QUALIFIED, nowMs), countOf(leads.slice(2), QUALIFIED, nowMs)]);
  return measureCount(count, scope(nowMs), { events: atLeast, isSeen }).tally;
}

describe('a promised number of events', () => {
  it('is kept event by event; what is missing may still come while the period runs', () => {
    // Two are qualified, one may turn out to be, one is not; the fourth may still come.
    expect(tally(500)).toEqual({ good: 2, bad: 0, unknown: 1, pending: 1 });
  });

  it('is missed by what has not come when the period is over', () => {
    expect(tally(2_000)).toEqual({ good: 2, bad: 1, unknown: 1, pending: 0 });
  });

  it('is not known to be missed while what brings the events is silent', () => {
    expect(tally(2_000, false)).toEqual({ good: 2, bad: 0, unknown: 2, pending: 0 });
  });

  it('is no more than kept by more than were promised', () => {
    expect(tally(2_000, true, 2)).toEqual({ good: 2, bad: 0, unknown: 0, pending: 0 });
    expect(tally(2_000, true, 1)).toEqual({ good: 1, bad: 0, unknown: 0, pending: 0 });
  });

  it('is due in part of a period in proportion to its time, whole events only', () => {
    // 40 in 31 days: 20.6 in 16 of them.
    expect([31, 16, 0].map((days) => dueIn(40, days * 86_400_000, 31 * 86_400_000))).toEqual([40, 20, 0]);
  });
});
