import type { Predicate } from './indicator.ts';

/** What became of a call, by the outcome that its source reports. Outcomes that no list names are neutral. */
export interface CallOutcomes {
  readonly answered: readonly string[];
  /** Left before anybody answered. */
  readonly abandoned: readonly string[];
  /** Offered as well, and neither: a denominator of offered calls counts them, and nothing else does. */
  readonly alsoOffered: readonly string[];
}

/** The service-level formulas of contracts; `SERVICE_LEVEL` says what each is. */
export const SERVICE_LEVEL_FORMULAS = [
  'answered_or_abandoned_in_threshold_over_offered',
  'answered_in_threshold_over_answered',
  'answered_in_threshold_over_offered',
  'answered_in_threshold_over_answered_and_late_abandoned',
  'answered_in_threshold_or_short_abandoned_over_offered',
  'answered_in_threshold_over_offered_less_short_abandoned',
] as const;

export type ServiceLevelFormula = (typeof SERVICE_LEVEL_FORMULAS)[number];

export interface ServiceLevelTerms {
  readonly formula: ServiceLevelFormula;
  readonly outcomes: CallOutcomes;
  /** The value that says how long the caller waited, and the longest wait that is in time: inclusive, in its unit. */
  readonly wait: string;
  readonly threshold: number;
  /** A call that was abandoned after at most this long is a short one; `null`: none is. */
  readonly shortAbandon: number | null;
}

/** A ratio of calls: good ones of the valid ones. */
export interface CallRatio {
  readonly valid: Predicate;
  readonly good: Predicate;
}

interface Calls {
  readonly answered: Predicate;
  readonly answeredInTime: Predicate;
  readonly abandoned: Predicate;
  readonly abandonedInTime: Predicate;
  readonly abandonedShort: Predicate;
  readonly alsoOffered: Predicate;
}

const either = (...of: readonly Predicate[]): Predicate => ({ kind: 'any', of });
const both = (...of: readonly Predicate[]): Predicate => ({ kind: 'all', of });
/** Every call has a wait: one that came without it is neither in time nor late. */
const waited = (name: string, atMost: number): Predicate => ({
  kind: 'value',
  name,
  atLeast: null,
  atMost,
  isDuration: true,
});
const not = (of: Predicate): Predicate => ({ kind: 'not', of });

/**
 * THE table of service-level formulas (ICMI's F1 to F5, and F5b, in this order), with ans, ab = answered, abandoned. What
 * is offered besides counts in the denominator of those over offered calls.
 */
const SERVICE_LEVEL: Readonly<Record<ServiceLevelFormula, (calls: Calls) => CallRatio>> = {
  // (ansIn + abIn) / (ans + ab)
  answered_or_abandoned_in_threshold_over_offered: (calls) => ({
    valid: either(calls.answered, calls.abandoned, calls.alsoOffered),
    good: either(calls.answeredInTime, calls.abandonedInTime),
  }),
  // ansIn / ans
  answered_in_threshold_over_answered: (calls) => ({ valid: calls.answered, good: calls.answeredInTime }),
  // ansIn / (ans + ab)
  answered_in_threshold_over_offered: (calls) => ({
    valid: either(calls.answered, calls.abandoned, calls.alsoOffered),
    good: calls.answeredInTime,
  }),
  // ansIn / (ans + ab after the threshold)
  answered_in_threshold_over_answered_and_late_abandoned: (calls) => ({
    valid: either(calls.answered, both(calls.abandoned, not(calls.abandonedInTime))),
    good: calls.answeredInTime,
  }),
  // (ansIn + abShort) / (ans + ab)
  answered_in_threshold_or_short_abandoned_over_offered: (calls) => ({
    valid: either(calls.answered, calls.abandoned, calls.alsoOffered),
    good: either(calls.answeredInTime, calls.abandonedShort),
  }),
  // ansIn / (ans + ab − abShort)
  answered_in_threshold_over_offered_less_short_abandoned: (calls) => ({
    valid: either(calls.answered, both(calls.abandoned, not(calls.abandonedShort)), calls.alsoOffered),
    good: calls.answeredInTime,
  }),
};

/** A service level as a ratio of calls. */
export function serviceLevel({ formula, outcomes, wait, threshold, shortAbandon }: ServiceLevelTerms): CallRatio {
  const answered: Predicate = { kind: 'outcome', in: outcomes.answered };
  const abandoned: Predicate = { kind: 'outcome', in: outcomes.abandoned };
  const waitedAtMost = (atMost: number) => waited(wait, atMost);
  const short: Predicate = shortAbandon === null ? { kind: 'never' } : both(abandoned, waitedAtMost(shortAbandon));
  return SERVICE_LEVEL[formula]({
    answered,
    answeredInTime: both(answered, waitedAtMost(threshold)),
    abandoned,
    abandonedInTime: both(abandoned, waitedAtMost(threshold)),
    abandonedShort: short,
    alsoOffered: { kind: 'outcome', in: outcomes.alsoOffered },
  });
}

/** The share of offered calls that were not abandoned, short ones left out: 95 % of it is an abandonment of at most 5 %. */
export function notAbandoned({
  outcomes,
  wait,
  shortAbandon,
}: Omit<ServiceLevelTerms, 'formula' | 'threshold'>): CallRatio {
  const answered: Predicate = { kind: 'outcome', in: [...outcomes.answered, ...outcomes.alsoOffered] };
  const abandoned: Predicate = { kind: 'outcome', in: outcomes.abandoned };
  const counted = shortAbandon === null ? abandoned : both(abandoned, not(waited(wait, shortAbandon)));
  return { valid: either(answered, counted), good: answered };
}
