/** Wordings that price how late a piece of work was: from YAML to the cent. April 2026 has 30 days, the fee is $200.00. */
import type { Event } from '@nines/shared/event.ts';
import { describe, expect, it } from 'vitest';
import { openIntervals } from '../../../collector/src/calendar/open-hours.ts';
import { judgeCases, measureCases } from '../../../collector/src/sla/cases.ts';
import { readingsOf } from '../../../collector/src/sla/credit/readings.ts';
import { type Settlement, settle } from '../../../collector/src/sla/credit/settle.ts';
import { durationCases } from '../../../collector/src/sla/duration-target.ts';
import { attainmentOf } from '../../../collector/src/sla/measured.ts';
import { rational } from '../../../collector/src/sla/rational.ts';
import { loadYaml, mistakesOf } from '../../support/nines-file.ts';

const MINUTE_MS = 60_000;
const APRIL = { fromMs: Date.UTC(2026, 3, 1), toMs: Date.UTC(2026, 4, 1) };
/** A Tuesday at noon. */
const NOON_MS = Date.UTC(2026, 3, 14, 12);

function yaml(indicator: string, credit: string): string {
  return `
calendars: [{ id: office, time_zone: UTC, open: { mon-fri: 09:00-17:00 } }]
customers: [{ id: acme }]
contracts:
  - id: hosting
    customer: acme
    fee: { amount: "200.00", currency: USD, per: month }
    objectives: [{ id: it, indicator: { kind: duration_target, stream: work, ${indicator} }, target: "100", period: calendar_month }]
    credits: [{ objective: it, ${credit} }]
`;
}

function work(minutes: number | null, values: Event['values'] = {}): Event {
  const ends = minutes === null ? null : NOON_MS + minutes * MINUTE_MS;
  const common = { stream: 'work', id: `w-${minutes}`, agent: 'desk', revision: 0, atMs: NOON_MS, labels: {}, values };
  return { ...common, endedAtMs: ends, outcome: ends === null ? null : 'done' };
}

/** What such work in April costs, looked at on the second of May. */
function settled(text: string, events: readonly Event[]): Settlement {
  const [contract] = loadYaml(text).contracts;
  const [objective] = contract?.objectives ?? [];
  if (contract?.money == null || objective?.indicator.kind !== 'duration_target')
    throw new Error('not what was written');
  const target = objective.indicator;
  const nowMs = APRIL.toMs + 24 * 60 * MINUTE_MS;
  const period = { ...APRIL, periodToMs: APRIL.toMs, periodName: '2026-04' };
  const scope = { period, nowMs, open: null, exclusions: [], notApplied: [], denominator: 'excluded' } as const;
  const hoursOf = (limit: number) => {
    const hours = target.limits[limit]?.hours ?? null;
    return hours === null ? null : openIntervals(hours, { fromMs: APRIL.fromMs, toMs: nowMs });
  };
  const cases = durationCases(events, target, { nowMs, untilMs: APRIL.toMs, hoursOf });
  const attainment = attainmentOf(
    measureCases(judgeCases(cases, scope), scope, { unit: 'events', toCome: 0 }),
    objective,
    scope,
  );
  const iso = (atMs: number) => new Date(atMs).toISOString();
  const current = readingsOf(attainment, { instant: iso, day: (atMs) => iso(atMs).slice(0, 10) });
  const length = { ms: APRIL.toMs - APRIL.fromMs, months: rational(1) };
  const { fromMs, toMs } = APRIL;
  return settle(contract.money, { name: '2026-04', fromMs, toMs, isRunning: false, length }, [
    { id: 'it', targetPpb: objective.targetPpb, current, earlier: [] },
  ]);
}

const HARDWARE = yaml(
  'limits: [{ within: 30m }]',
  'schedule: multiplier, times: 10, counting: per_incident, allowance: 30m, cap: "100"',
);

describe('Liquid Web: hardware is replaced within 30 minutes, or ten times the additional downtime is credited', () => {
  it.each([
    ['in 30 minutes', 30, 0],
    // 10 × $200 × 60 / 43,200 = $2.777…
    ['60 minutes late', 90, 278],
    // 10 × $200 × 4,320 / 43,200 = $200, which is all of it.
    ['three days late', 30 + 4_320, 20_000],
  ])('%s', (_, minutes, cents) => {
    expect(settled(HARDWARE, [work(minutes)]).credit).toEqual({ low: cents, high: cents });
  });

  it('each one by itself', () => {
    // 60 and 30 minutes late: $2.7777… and $1.3888….
    expect(settled(HARDWARE, [work(90), work(60), work(10)]).credit.low).toBe(417);
  });
});

describe('5 % for each hour or part of it that a first reply takes beyond 4 business hours', () => {
  const text = yaml(
    'until: reply_s, paused: hold_s, limits: [{ within: 4h, calendar: office }]',
    'schedule: per_block, block: 1h, credit: "5", rounding: ceil, counting: per_incident, allowance: 4h, cap: "50"',
  );
  it.each([
    ['in time', { reply_s: 4 * 3_600 }, 0],
    // 12:00 to 16:00 is in time; a minute later the first hour beyond it has begun.
    ['a minute late', { reply_s: 4 * 3_600 + 60 }, 1_000],
    // By the next morning at 10:00 the clock ran 5 h and 1 h: two hours late.
    ['the next morning', { reply_s: 22 * 3_600 }, 2_000],
    ['the same, an hour of it on hold', { reply_s: 22 * 3_600, hold_s: 3_600 }, 1_000],
  ])('%s', (_, values, cents) => {
    expect(settled(text, [work(48 * 60, values)]).credit).toEqual({ low: cents, high: cents });
  });
});

it('downtime as a whole is not what single pieces of work have', () => {
  expect(mistakesOf(yaml('limits: [{ within: 30m }]', 'schedule: multiplier, times: 10'))).toEqual([
    expect.stringContaining('prices the time of each it by itself: say counting: per_incident'),
  ]);
});
