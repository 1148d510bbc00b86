import type { Attainment } from '../attainment.ts';
import { clipIntervals, type Interval, lengthMs } from '../interval.ts';
import { type Rational, rational } from '../rational.ts';
import { isAtLeast, shareOf } from '../share.ts';
import type { BadHour, CountedIncident, PeriodReading, Readings } from './reading.ts';

/** How the contract's zone writes instants. */
export interface LocalTime {
  /** `2026-10-25` */
  readonly day: (atMs: number) => string;
  /** `2026-10-25T02:00:00+02:00` */
  readonly instant: (atMs: number) => string;
}

/** An attainment as both readings of a period that is over, or will be if nothing more goes wrong. */
export function readingsOf(attainment: Attainment, local: LocalTime): Readings {
  const assumed = assumption(attainment);
  const best = readingOf(attainment, assumed === 'bad' ? 'worst' : 'best', local);
  const isOpen = assumed === 'open' && attainment.unknown > 0;
  if (!isOpen) return { best: shared(best, attainment, assumed), worst: shared(best, attainment, assumed) };
  return { best, worst: readingOf(attainment, 'worst', local) };
}

type Assumption = Attainment['profile']['unknown']['countsAs'];

/** What the contract makes of the unknown; nothing, when too little was covered for it to say so. */
function assumption({ good, bad, unknown, profile }: Attainment): Assumption {
  const coverage = shareOf(good + bad, good + bad + unknown);
  const isCovered = coverage !== null && isAtLeast(coverage, profile.unknown.coverageFloorPpb);
  return isCovered ? profile.unknown.countsAs : 'open';
}

/** The share when the unknown counts as nothing: it leaves the whole. */
function shared(reading: PeriodReading, { shares, pending }: Attainment, assumed: Assumption): PeriodReading {
  if (assumed !== 'nothing' || pending > 0 || shares.attained === null) return reading;
  return { ...reading, share: rational(shares.attained.good, shares.attained.total) };
}

function readingOf(attainment: Attainment, which: keyof Readings, local: LocalTime): PeriodReading {
  const bad = attainment.badTime[which];
  return {
    share: wholeShare(attainment, which),
    serviceMs: attainment.serviceMs,
    downMs: bad.reduce((total, one) => total + lengthMs(one), 0),
    incidents: incidentsOf(attainment, which, local),
    hours: badHours(bad, attainment, local),
  };
}

/** Over the whole period, what has not happened yet as good. Means of shares have no amounts, and no rest, of their own. */
function wholeShare({ good, bad, unknown, pending, shares }: Attainment, which: keyof Readings): Rational | null {
  const over = which === 'best' ? shares.high : shares.low;
  if (pending === 0) return over === null ? null : rational(over.good, over.total);
  const total = good + bad + unknown + pending;
  return rational(total - bad - (which === 'best' ? 0 : unknown), total);
}

function incidentsOf(attainment: Attainment, which: keyof Readings, local: LocalTime): CountedIncident[] {
  if (attainment.unknown === 0 || which === 'best') return knownIncidents(attainment, local);
  const isTime = attainment.unit === 'ms' || attainment.unit === 'slices';
  if (isTime) return attainment.badTime.worst.map((one) => countedIncident(one, local));
  return [...knownIncidents(attainment, local), ...unknownUnits(attainment)];
}

/** Units of work of which nothing is known, each as a miss of a day of its own that lasted as long as it could. */
function unknownUnits({ unknown, scale, fromMs, toMs, serviceMs }: Attainment): CountedIncident[] {
  return Array.from({ length: Math.ceil(unknown / scale) }, (_, index) => {
    return { fromMs, toMs, countedMs: serviceMs, day: `unknown ${index}` };
  });
}

function knownIncidents({ incidents, toMs }: Attainment, local: LocalTime): CountedIncident[] {
  return incidents.map((one) => ({
    fromMs: one.fromMs,
    toMs: one.toMs ?? toMs,
    countedMs: one.countedMs,
    day: local.day(one.fromMs),
  }));
}

function countedIncident(bad: Interval, local: LocalTime): CountedIncident {
  return { ...bad, countedMs: lengthMs(bad), day: local.day(bad.fromMs) };
}

const HOUR_MS = 3_600_000;

/** Clock hours are counted from the beginning of the period, which is a midnight: none is counted twice when clocks change. */
function badHours(bad: readonly Interval[], { fromMs, periodToMs }: Attainment, local: LocalTime): BadHour[] {
  const starts = new Set<number>();
  for (const one of bad) {
    const first = one.fromMs - ((one.fromMs - fromMs) % HOUR_MS);
    for (let start = first; start < one.toMs; start += HOUR_MS) starts.add(start);
  }
  return [...starts].map((start) => {
    const hour = { fromMs: start, toMs: Math.min(start + HOUR_MS, periodToMs) };
    const badMs = clipIntervals(bad, hour).reduce((total, one) => total + lengthMs(one), 0);
    return { name: local.instant(start), badMs, lengthMs: lengthMs(hour) };
  });
}
