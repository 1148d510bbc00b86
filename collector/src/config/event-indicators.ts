import { duration, identifier, percent, timeZone } from '@nines/shared/config/fields.ts';
import * as z from 'zod';
import { LENGTH } from '../sla/event-evidence.ts';
import type { DurationLimit, Predicate } from '../sla/indicator.ts';
import { PLAIN_PROFILE, type Profile, type UnknownPolicy } from '../sla/profile.ts';
import { lengthValue, sourceFields, toSource } from './event-fields.ts';
import { recurringDays } from './maintenance.ts';
import { type MeasuredBy, measuredBy } from './measured-by.ts';
import { predicate } from './predicate.ts';
import { outageFields, unknownField } from './profile-fields.ts';
import { wallRange } from './wall-range.ts';

const ALWAYS: Predicate = { kind: 'always' };

/** Units of work are counted one by one. */
export function countedOneByOne(unknown: UnknownPolicy): Profile {
  return { ...PLAIN_PROFILE, method: { kind: 'occurrences' }, unknown };
}

/** Good events of the valid ones. */
export const eventRatio = z
  .strictObject({
    kind: z.literal('event_ratio'),
    ...sourceFields,
    valid: predicate.prefault({}),
    good: predicate,
    unknown: unknownField,
  })
  .transform(({ kind, valid, good, unknown, ...source }) =>
    measuredBy({ kind, source: toSource(source), valid, good }, countedOneByOne(unknown)),
  );

/** So many events come in each period: leads, visits, deliveries. */
export const eventCount = z
  .strictObject({
    kind: z.literal('event_count'),
    ...sourceFields,
    /** Which events count. */
    where: predicate.prefault({}),
    at_least: z.int().min(1),
    unknown: unknownField,
  })
  .transform(({ kind, where, at_least, unknown, ...source }) =>
    measuredBy({ kind, source: toSource(source), where, atLeast: at_least }, countedOneByOne(unknown)),
  );

const percentile = z.strictObject({
  percentile: percent,
  definition: z.enum(['nearest_rank', 'ddsketch', 'linear', 'exclusive']),
});

const statistic = z
  .union([z.enum(['mean', 'max']), percentile], 'expected mean, max or { percentile: "95", definition: nearest_rank }')
  .transform((written) =>
    typeof written === 'string'
      ? ({ kind: written } as const)
      : ({ kind: 'percentile', ppb: written.percentile, rank: written.definition } as const),
  );

/** A statistic of a value over events, at most a limit: judged as one, so the target is 100 %. */
export const eventStatistic = z
  .strictObject({
    kind: z.literal('event_statistic'),
    ...sourceFields,
    valid: predicate.prefault({}),
    /** A value's name, or `length`: from beginning to end, in milliseconds. */
    value: identifier,
    statistic,
    at_most: z.int().min(0),
    unknown: unknownField,
  })
  .transform(({ kind, valid, value, statistic: which, at_most, unknown, ...source }) =>
    measuredBy(
      { kind, source: toSource(source), valid, value, statistic: which, atMost: at_most },
      countedOneByOne(unknown),
    ),
  );

const limit = z.strictObject({
  /** Which events it is for; those that no limit before it was for, when absent. */
  where: predicate.optional(),
  within: duration,
  /** The clock runs only in these hours. */
  calendar: identifier.optional(),
});

/** Work is done in time: tickets answered or solved, patches installed. */
export const durationTarget = z
  .strictObject({
    kind: z.literal('duration_target'),
    ...sourceFields,
    valid: predicate.prefault({}),
    /** What stops the clock: the event's end, or a value that says how long after its beginning it was done. */
    until: z.literal('end').or(lengthValue).default('end'),
    /** A value that says for how long the clock stood still, of the time in which it could run. */
    paused: lengthValue.optional(),
    limits: z.array(limit).min(1),
    unknown: unknownField,
  })
  .transform(({ kind, valid, until, paused, limits, unknown, ...source }): MeasuredBy => {
    const indicator = {
      kind,
      source: toSource(source),
      valid,
      until: until === 'end' ? LENGTH : until,
      paused: paused ?? null,
      limits: limits.map(
        ({ where, within }): DurationLimit => ({ where: where ?? ALWAYS, withinMs: within, hours: null }),
      ),
    };
    return {
      ...measuredBy(indicator, countedOneByOne(unknown)),
      limitCalendars: limits.map(({ calendar }) => calendar ?? null),
    };
  });

/** The last good event is not older than promised, over time: a recovery point objective. */
export const freshness = z
  .strictObject({
    kind: z.literal('freshness'),
    ...sourceFields,
    good: predicate,
    at_most: duration,
    ...outageFields,
  })
  .transform(({ kind, good, at_most, min_outage, unknown, ...source }) =>
    measuredBy(
      { kind, source: { ...toSource(source), at: 'end' }, good, atMostMs: at_most },
      { ...PLAIN_PROFILE, failure: { ...PLAIN_PROFILE.failure, minOutageMs: min_outage ?? 0 }, unknown },
    ),
  );

/** In each window of a schedule something good happened; a window without is missed. */
export const scheduledWindows = z
  .strictObject({
    kind: z.literal('scheduled_windows'),
    ...sourceFields,
    good: predicate,
    windows: z.strictObject({ every: recurringDays, at: wallRange, time_zone: timeZone }),
    unknown: unknownField,
  })
  .transform(({ kind, good, windows: { every, at, time_zone }, unknown, ...source }) =>
    measuredBy(
      {
        kind,
        source: { ...toSource(source), at: 'end' },
        good,
        windows: { days: every, at, timeZone: time_zone },
      },
      countedOneByOne(unknown),
    ),
  );

/** `"3.5"` → 3500. */
const thousandths = z
  .string()
  .regex(/^\d{1,6}(?:\.\d{1,3})?$/, 'expected a number as text in quotes, such as "6" or "3.5"')
  .transform((text) => {
    const [whole = '', fraction = ''] = text.split('.');
    return Number(whole) * 1_000 + Number(fraction.padEnd(3, '0'));
  });

/** A value is not far from the median of those before it: a backup that is suddenly small has lost something. */
export const anomaly = z
  .strictObject({
    kind: z.literal('anomaly'),
    ...sourceFields,
    valid: predicate.prefault({}),
    value: identifier,
    /** Only events with the same of these labels are compared with each other. */
    by: z.array(identifier).default([]),
    /** The median is that of so many before, if there are `at_least` in `look_back`. */
    last: z.int().min(2).max(1_000).default(14),
    at_least: z.int().min(2).default(5),
    look_back: duration.prefault('60d'),
    /** How many median absolute deviations from the median are usual, and which share of the median always is. */
    deviations: thousandths.prefault('6'),
    tolerance: percent.prefault('10'),
    bad: z.enum(['smaller', 'larger', 'both']).default('both'),
    unknown: unknownField,
  })
  .refine(({ at_least, last }) => at_least <= last, {
    path: ['at_least'],
    error: 'more than last: nothing is compared',
  })
  .transform(({ kind, valid, value, by, last, at_least, look_back, deviations, tolerance, bad, unknown, ...source }) =>
    measuredBy(
      {
        kind,
        source: { ...toSource(source), at: 'end' },
        valid,
        value,
        by,
        last,
        atLeast: at_least,
        lookBackMs: look_back,
        deviationsMilli: deviations,
        tolerancePpb: tolerance,
        bad,
      },
      countedOneByOne(unknown),
    ),
  );
