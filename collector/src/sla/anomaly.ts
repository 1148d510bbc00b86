import type { Event } from '@nines/shared/event.ts';
import type { Case } from './cases.ts';
import { holds } from './event-evidence.ts';
import { caseOf, instantOf } from './event-ratio.ts';
import type { Anomaly, UsualRange } from './indicator.ts';

/** Inclusive bounds within which a value is usual. */
export interface Bounds {
  readonly low: number;
  readonly high: number;
}

const PPB = 1_000_000_000n;
const THOUSAND = 1_000n;

/**
 * The usual values after some others: within `deviations` median absolute deviations of their median, and never narrower
 * than `tolerance` of the median itself (values that are all alike have no deviation). Exact: medians of an even number lie
 * between two integers, so that everything is kept in quarters. `values` are not empty, in any order.
 */
export function usualBounds(values: readonly number[], { deviationsMilli, tolerancePpb }: UsualRange): Bounds {
  const twiceMedian = twiceMedianOf(values.map(BigInt));
  const twiceDistances = values.map((value) => absolute(2n * BigInt(value) - twiceMedian));
  const fourDeviations = twiceMedianOf(twiceDistances);
  // All over one denominator: 4 · 1,000 · 10⁹.
  const unit = 4n * THOUSAND * PPB;
  const median = twiceMedian * 2n * THOUSAND * PPB;
  const byDeviation = fourDeviations * BigInt(deviationsMilli) * PPB;
  const byTolerance = absolute(twiceMedian) * 2n * THOUSAND * BigInt(tolerancePpb);
  const allowed = byDeviation > byTolerance ? byDeviation : byTolerance;
  return { low: Number(ceiling(median - allowed, unit)), high: Number(-ceiling(-(median + allowed), unit)) };
}

/** The median of `n` integers, twice: the sum of the two in the middle. */
function twiceMedianOf(values: readonly bigint[]): bigint {
  const sorted = values.toSorted((a, b) => (a < b ? -1 : a > b ? 1 : 0));
  const upper = sorted.length >> 1;
  const lower = (sorted.length - 1) >> 1;
  return (sorted[lower] ?? 0n) + (sorted[upper] ?? 0n);
}

function absolute(value: bigint): bigint {
  return value < 0n ? -value : value;
}

/** Division rounded up, of a positive divisor. */
function ceiling(dividend: bigint, divisor: bigint): bigint {
  const quotient = dividend / divisor;
  return dividend > quotient * divisor ? quotient + 1n : quotient;
}

/**
 * Valid events as cases: good within the usual bounds of those of the same labels that came before. An event without the
 * value, or with too few before it, is none; one that goes on may still turn out either way. `events` have to reach back as
 * far as the indicator looks.
 */
export function anomalyCases(events: readonly Event[], indicator: Anomaly, nowMs: number): Case[] {
  const groups = Map.groupBy(events, ({ labels }) => JSON.stringify(indicator.by.map((name) => labels[name] ?? null)));
  return [...groups.values()].flatMap((group) => casesOfGroup(group, indicator, nowMs));
}

function casesOfGroup(events: readonly Event[], indicator: Anomaly, nowMs: number): Case[] {
  const { source, valid, value: name, last, atLeast, lookBackMs, bad } = indicator;
  const cases: Case[] = [];
  const before: { readonly atMs: number; readonly value: number }[] = [];
  const placed = events.flatMap((event) => {
    const atMs = instantOf(event, source, nowMs);
    return atMs === null ? [] : [{ event, atMs }];
  });
  placed.sort((a, b) => a.atMs - b.atMs || (a.event.id < b.event.id ? -1 : 1));
  for (const { event, atMs } of placed) {
    const isValid = holds(valid, event, nowMs);
    if (isValid === false) continue;
    if (event.endedAtMs === null) {
      cases.push(caseOf(event, { atMs, isGood: null, nowMs }));
      continue;
    }
    const value = event.values[name];
    if (value === undefined) continue;
    const usual = before.filter((one) => one.atMs >= atMs - lookBackMs).slice(-last);
    before.push({ atMs, value });
    if (usual.length < atLeast) continue;
    const { low, high } = usualBounds(
      usual.map((one) => one.value),
      indicator,
    );
    const isSmall = bad !== 'larger' && value < low;
    const isLarge = bad !== 'smaller' && value > high;
    const reason = isSmall ? `${name} ${value} is below ${low}` : isLarge ? `${name} ${value} is above ${high}` : null;
    cases.push({ ...caseOf(event, { atMs, isGood: reason === null, nowMs }), reason: reason ?? event.outcome });
  }
  return cases;
}
