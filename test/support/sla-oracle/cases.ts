import type { Observation } from '@nines/shared/observation.ts';
import type { OpenHours } from '@nines/shared/time/open-hours.ts';
import fc from 'fast-check';
import type { AppliedExclusion } from '../../../collector/src/sla/exclusions.ts';
import type { Method, Profile } from '../../../collector/src/sla/profile.ts';
import type { Agent, Span } from './oracle.ts';
import { dayAround, isOpenAt, monthAround, wallTime } from './wall-clock.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
export const EVERY_MS = 10 * MINUTE_MS;

/** Months in which clocks or the calendar do something: summer time of an hour and of half an hour, Ramadan, a skipped day. */
const PLACES = [
  { zone: 'Europe/Berlin', atMs: Date.UTC(2026, 2, 29, 0, 40) },
  { zone: 'Europe/Berlin', atMs: Date.UTC(2026, 9, 25, 0, 40) },
  { zone: 'Australia/Lord_Howe', atMs: Date.UTC(2026, 3, 4, 14, 20) },
  { zone: 'Australia/Lord_Howe', atMs: Date.UTC(2026, 9, 3, 15, 0) },
  { zone: 'Africa/Casablanca', atMs: Date.UTC(2026, 1, 15, 1, 30) },
  { zone: 'Africa/Casablanca', atMs: Date.UTC(2026, 2, 22, 1, 30) },
  // Apia's calendar goes from 29 to 31 December 2011.
  { zone: 'Pacific/Apia', atMs: Date.UTC(2011, 11, 30, 9, 0) },
  { zone: 'UTC', atMs: Date.UTC(2028, 1, 29, 10, 0) },
  { zone: 'Europe/Berlin', atMs: Date.UTC(2028, 1, 28, 23, 30) },
  { zone: 'America/New_York', atMs: Date.UTC(2026, 10, 1, 5, 30) },
] as const;

export type Place = (typeof PLACES)[number];
export const place = fc.constantFrom(...PLACES);

/** How an agent's runs went: in order with gaps, now and then failing for a while, jittered to the millisecond. */
const agentRuns = fc.record({
  startSlot: fc.integer({ min: -140, max: 60 }),
  count: fc.integer({ min: 0, max: 120 }),
  phaseMs: fc.integer({ min: 0, max: EVERY_MS / 2 }),
  jitter: fc.array(fc.integer({ min: 0, max: EVERY_MS / 3 }), { minLength: 1, maxLength: 7 }),
  outages: fc.array(
    fc.record({
      from: fc.integer({ min: 0, max: 119 }),
      length: fc.integer({ min: 1, max: 9 }),
      what: fc.constantFrom('down', 'down', 'ignored', 'unknown', 'left', 'slow', 'bare'),
    }),
    { maxLength: 6 },
  ),
});

const spans = fc
  .uniqueArray(fc.integer({ min: -DAY_MS, max: DAY_MS }), { maxLength: 4 })
  .map((offsets) => offsets.toSorted((a, b) => a - b))
  .map((offsets) =>
    offsets.flatMap((from, index) => (index % 2 === 0 ? [{ from, to: offsets[index + 1] ?? null }] : [])),
  );

const agent = fc.record({ runs: agentRuns, assigned: fc.oneof(fc.constant(null), spans) });

export const checks = fc.array(fc.array(agent, { maxLength: 3 }), { minLength: 1, maxLength: 3 });

export type DrawnAgent = {
  readonly runs: DrawnRuns;
  readonly assigned: readonly { readonly from: number; readonly to: number | null }[] | null;
};
type DrawnRuns = {
  readonly startSlot: number;
  readonly count: number;
  readonly phaseMs: number;
  readonly jitter: readonly number[];
  readonly outages: readonly { readonly from: number; readonly length: number; readonly what: string }[];
};

export const SLOW_MICROS = 500_000;

/** The runs and assignments of an agent around an instant; `null`: it was assigned since ever. */
export function agentAt({ runs, assigned }: DrawnAgent, atMs: number, check: string): Agent {
  const seen: Observation[] = [];
  for (let index = 0; index < runs.count; index++) {
    const what = runs.outages.find((one) => index >= one.from && index < one.from + one.length)?.what ?? 'up';
    if (what === 'left') continue;
    const jitterMs = runs.jitter[index % runs.jitter.length] ?? 0;
    const outcome = what === 'down' || what === 'ignored' ? 'down' : what === 'unknown' ? 'unknown' : 'up';
    seen.push({
      check,
      atMs: atMs + (runs.startSlot + index) * EVERY_MS + runs.phaseMs + jitterMs,
      everyMs: EVERY_MS,
      outcome,
      reason:
        outcome === 'up' ? null : what === 'ignored' ? 'http-status' : what === 'down' ? 'timeout' : 'agent-error',
      values: what === 'bare' ? {} : { total: what === 'slow' ? SLOW_MICROS + 1 : SLOW_MICROS - index },
    });
  }
  const always = [{ fromMs: 0, toMs: Number.POSITIVE_INFINITY }];
  const times = assigned?.map(({ from, to }) => ({
    fromMs: atMs + from,
    toMs: to === null ? Number.POSITIVE_INFINITY : atMs + to,
  }));
  return { runs: seen, assigned: times ?? always };
}

const OFFICE = { weekdays: [1, 2, 3, 4, 5], fromMinute: 540, toMinute: 1_020 };
const NIGHT = { weekdays: [0, 1, 2, 3, 4, 5, 6], fromMinute: 60, toMinute: 210 };
export const serviceHours = fc.constantFrom(null, null, OFFICE, NIGHT);
type ServiceHours = typeof OFFICE | null;

/** The same hours as the program is given them. */
export function openHoursOf(hours: ServiceHours, timeZone: string): OpenHours | null {
  if (hours === null) return null;
  const range = { fromMinute: hours.fromMinute, toMinute: hours.toMinute };
  return {
    timeZone,
    week: [1, 2, 3, 4, 5, 6, 0].map((weekday) => (hours.weekdays.includes(weekday) ? [range] : [])),
    holidays: [],
  };
}

const QUARTER_MS = 15 * MINUTE_MS;

/** When the hours are open, quarter hour by quarter hour, looked up once. */
export function openness(hours: ServiceHours, zone: string, { fromMs, toMs }: Span) {
  if (hours === null) return { isOpen: () => true, openEdges: [] };
  const open = new Map<number, boolean>();
  const openEdges: number[] = [];
  let before: boolean | null = null;
  for (let atMs = Math.floor(fromMs / QUARTER_MS) * QUARTER_MS; atMs < toMs; atMs += QUARTER_MS) {
    const isOpen = isOpenAt(zone, atMs, hours);
    open.set(atMs, isOpen);
    if (isOpen !== before) openEdges.push(atMs);
    before = isOpen;
  }
  return { isOpen: (atMs: number) => open.get(Math.floor(atMs / QUARTER_MS) * QUARTER_MS) ?? false, openEdges };
}

export const exclusions = fc.array(
  fc.record({ from: fc.integer({ min: -DAY_MS, max: DAY_MS }), length: fc.integer({ min: 1, max: 8 * HOUR_MS }) }),
  { maxLength: 4 },
);

export function excludedAt(
  drawn: readonly { readonly from: number; readonly length: number }[],
  atMs: number,
): AppliedExclusion[] {
  return drawn.map(({ from, length }) => ({
    fromMs: atMs + from,
    toMs: atMs + from + length,
    kind: 'approved',
    reason: 'drawn',
    evidence: 'drawn',
  }));
}

export const failure = fc.record({
  minOutageMs: fc.constantFrom(0, 0, 1, 10 * MINUTE_MS, 25 * MINUTE_MS, HOUR_MS),
  consecutive: fc.constantFrom(1, 1, 2, 3),
  ignoredReasons: fc.constantFrom<readonly string[]>([], ['http-status']),
  slowMicros: fc.constantFrom(null, null, SLOW_MICROS),
});

export const quorum = fc.record({
  need: fc.constantFrom<Profile['quorum']['need']>('any', 'majority', 'all', 2),
  minReporting: fc.constantFrom(null, null, 1, 2),
});

export const combine = fc.constantFrom('all' as const, 'any' as const, 'weighted' as const);
export const denominator = fc.constantFrom('excluded' as const, 'kept' as const);

export const slice = fc.record({
  lengthMs: fc.constantFrom(5 * MINUTE_MS, 7 * MINUTE_MS, 15 * MINUTE_MS, HOUR_MS, 5 * HOUR_MS),
  minSamples: fc.constantFrom(1, 1, 1, 3),
  rule: fc.constantFrom<Extract<Method, { kind: 'slices' }>['rule']>(
    { kind: 'all' },
    { kind: 'majority' },
    { kind: 'any' },
    { kind: 'error_share', atLeastPpb: 50_000_000 },
    { kind: 'error_share', atLeastPpb: 333_333_333 },
  ),
});

/** The period of a place: its day or month, as the wall shows them, and the date that it begins with. */
export function periodAround({ zone, atMs }: Place, unit: 'day' | 'month'): Span & { readonly date: string } {
  const span = unit === 'day' ? dayAround(zone, atMs) : monthAround(zone, atMs);
  return { ...span, date: wallTime(zone, span.fromMs).date };
}
