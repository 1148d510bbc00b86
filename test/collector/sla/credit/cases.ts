import type { CreditContext } from '../../../../collector/src/sla/credit/pricing.ts';
import type { CountedIncident, PeriodReading } from '../../../../collector/src/sla/credit/reading.ts';
import { kindOf } from '../../../../collector/src/sla/credit/schedules.ts';
import type { DowntimeTerms, Rate, Schedule, Tier } from '../../../../collector/src/sla/credit/terms.ts';
import { divide, multiply, ofPpb, type Rational, rational } from '../../../../collector/src/sla/rational.ts';

export const MINUTE_MS = 60_000;
export const HOUR_MS = 3_600_000;
export const DAY_MS = 86_400_000;
/** 30 days. */
export const MONTH_MS = 30 * DAY_MS;

export const USD = { code: 'USD', exponent: 2 } as const;

/** `"99.95"` → ppb, for numbers that stand in a test. */
export function ppb(percent: string): number {
  const [whole = '', decimals = ''] = percent.split('.');
  return Number(whole + decimals.padEnd(7, '0'));
}

/** So many percent of the fee. */
export function percentRate(percent: string): Rate {
  return { of: 'fee', share: { numerator: ppb(percent), denominator: 1_000_000_000 } };
}

export function tier(below: string, credit: string): Tier {
  return { belowPpb: ppb(below), credit: percentRate(credit), atLeastPpb: null, printedDowntimeMs: null };
}

/** `['99.5', '10'], ['99', '30']` → rows. */
export function tiers(...rows: readonly (readonly [string, string])[]): Tier[] {
  return rows.map(([below, credit]) => tier(below, credit));
}

export function downtime(terms: Partial<DowntimeTerms> = {}): DowntimeTerms {
  return { counting: 'total', allowance: { by: 'length', ms: 0 }, longerThanMs: 0, onePerDay: false, ...terms };
}

/** A period of `periodMs` with so much downtime, in one outage unless outages are given. */
export function reading(
  downMs: number,
  parts: Partial<PeriodReading> & { readonly periodMs?: number } = {},
): PeriodReading {
  const { periodMs = MONTH_MS, ...rest } = parts;
  const incidents = downMs === 0 ? [] : [outage(0, downMs)];
  return { share: rational(periodMs - downMs, periodMs), serviceMs: periodMs, downMs, incidents, hours: [], ...rest };
}

/** A period of which only the share matters. */
export function sharing(percent: string): PeriodReading {
  return { share: ofPpb(ppb(percent)), serviceMs: MONTH_MS, downMs: 0, incidents: [], hours: [] };
}

export function outage(fromMs: number, lengthMs: number, day = '2026-06-01'): CountedIncident {
  return { fromMs, toMs: fromMs + lengthMs, countedMs: lengthMs, day };
}

/** Outages of so many minutes, one a day. */
export function outages(...minutes: readonly number[]): CountedIncident[] {
  return minutes.map((length, index) =>
    outage(index * DAY_MS, length * MINUTE_MS, `2026-06-${String(index + 1).padStart(2, '0')}`),
  );
}

export function contextOf(parts: Partial<CreditContext> & { readonly feeMinor?: number } = {}): CreditContext {
  const { feeMinor = 100_000, ...rest } = parts;
  const base = { fee: rational(feeMinor), annualFee: rational(12 * feeMinor), currency: USD };
  return { base, targetPpb: ppb('99.9'), periodMs: MONTH_MS, earlier: [], ...rest };
}

/** What a schedule owes, exact minor units. */
export function owed(schedule: Schedule, seen: PeriodReading, context: CreditContext = contextOf()): Rational {
  return kindOf(schedule).owe(schedule, seen, context).minor;
}

/** The same in percent of the fee. */
export function owedPercent(schedule: Schedule, seen: PeriodReading, context: CreditContext = contextOf()): Rational {
  return multiply(divide(owed(schedule, seen, context), context.base.fee), rational(100));
}
