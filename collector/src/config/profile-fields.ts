import { duration, identifier, percent } from '@nines/shared/config/fields.ts';
import * as z from 'zod';
import { type Method, PLAIN_PROFILE, type Profile, type ScoreBand, type SliceRule } from '../sla/profile.ts';

const METHODS = ['time', 'slices', 'ratio_of_slices', 'occurrences', 'scored'] as const;

const sliceRule = z.union(
  [z.enum(['all', 'majority', 'any']), z.strictObject({ error_share: percent })],
  'expected all, majority, any or { error_share: "5" }',
);

const band = z.strictObject({ within: duration.optional(), score: percent });

const unknown = z.union(
  [
    z.enum(['open', 'good', 'bad', 'nothing']),
    z.strictObject({ counts_as: z.enum(['open', 'good', 'bad', 'nothing']), coverage_floor: percent.prefault('0') }),
  ],
  'expected open, good, bad or nothing, or { counts_as: nothing, coverage_floor: "95" }',
);

/** How what is unknown counts for the verdict. */
export const unknownField = unknown
  .prefault('open')
  .transform((written) =>
    typeof written === 'string'
      ? { countsAs: written, coverageFloorPpb: 0 }
      : { countsAs: written.counts_as, coverageFloorPpb: written.coverage_floor },
  );

/** What makes an outage count; for everything that is judged over time. */
export const outageFields = {
  /** Outages shorter than this do not count; one that is as long counts whole. */
  min_outage: duration.optional(),
  unknown: unknownField,
};

/** How runs of checks are counted; a field that the method has no use for is refused by `refuseUseless`. */
export const runFields = {
  ...outageFields,
  method: z.enum(METHODS).default('time'),
  slice: duration.optional(),
  /** When a slice is bad. */
  rule: sliceRule.optional(),
  min_samples: z.int().min(1).optional(),
  empty: z.enum(['good', 'skipped']).optional(),
  /** So many failures of one agent in a row make an outage. */
  failures: z.int().min(1).max(100).optional(),
  /** Reasons that are no failure by this contract. */
  ignore_reasons: z.array(z.string().min(1)).default([]),
  /** A run that took longer has failed. */
  slow_after: duration.optional(),
  scores: z.array(band).min(1).optional(),
  quorum: z
    .union([z.enum(['any', 'majority', 'all']), z.int().min(1)], 'expected any, majority, all or a number')
    .default('majority'),
  min_reporting: z.int().min(1).optional(),
  combine: z
    .union(
      [
        z.enum(['all', 'any', 'mean']),
        z.strictObject({ at_least: z.int().min(1) }),
        z.strictObject({ weights: z.record(identifier, z.int().min(1).max(1_000_000)) }),
      ],
      'expected all, any, mean, { at_least: 2 } or { weights: { check: 2, … } }',
    )
    .default('all'),
};

const runSchema = z.strictObject(runFields);
type RunFields = z.output<typeof runSchema>;

/** Which methods have a use for a field. */
const USED_BY: Readonly<Record<string, readonly (typeof METHODS)[number][]>> = {
  slice: ['slices', 'ratio_of_slices'],
  rule: ['slices'],
  min_samples: ['slices', 'ratio_of_slices'],
  empty: ['slices', 'ratio_of_slices'],
  min_outage: ['time'],
  failures: ['time'],
  scores: ['scored'],
  min_reporting: ['time', 'slices'],
};

/** Says which fields a method has no use for, and which it lacks. */
export function refuseUseless(
  fields: Pick<RunFields, 'method'> & Partial<RunFields> & { readonly checks: readonly string[] },
  context: z.core.$RefinementCtx,
): void {
  const { method, combine, checks } = fields;
  const report = (key: string, message: string) => context.addIssue({ code: 'custom', path: [key], message });
  for (const [key, methods] of Object.entries(USED_BY)) {
    const isSaid = Object.entries(fields).some(([name, value]) => name === key && value !== undefined);
    if (isSaid && !methods.includes(method)) report(key, `only with method: ${methods.join(' or ')}, not ${method}`);
  }
  if (USED_BY.slice?.includes(method) && fields.slice === undefined)
    report('slice', `${method} needs a slice, such as 1m or 5m`);
  if (method === 'slices' && fields.rule === undefined)
    report('rule', 'slices need a rule: all, majority, any or { error_share: "5" }');
  if (method === 'scored') reportScores(fields.scores, report);
  if (typeof combine === 'object' && 'weights' in combine) reportWeights(combine.weights, checks, report);
  if (typeof combine === 'object' && 'at_least' in combine && combine.at_least > checks.length)
    report('combine', `at_least ${combine.at_least} of ${checks.length} checks: it could never be up`);
  const isState = combine === 'any' || (typeof combine === 'object' && 'at_least' in combine);
  if (isState && method !== 'time' && method !== 'slices')
    report('combine', `only all, mean or weights with method: ${method}, which counts the runs of all checks`);
  if (
    fields.ignore_reasons !== undefined &&
    fields.ignore_reasons.length > 0 &&
    (method === 'occurrences' || method === 'scored')
  )
    report('ignore_reasons', `only with method: time, slices or ratio_of_slices, not ${method}`);
}

function reportScores(scores: RunFields['scores'], report: (key: string, message: string) => void): void {
  if (scores === undefined) {
    report('scores', 'scored needs scores, such as [{ within: 1s, score: "100" }, { score: "0" }]');
    return;
  }
  const limits = scores.map(({ within }) => within ?? Number.POSITIVE_INFINITY);
  const ascends = limits.every((limit, index) => index === 0 || limit > (limits[index - 1] ?? 0));
  if (!ascends || limits.at(-1) !== Number.POSITIVE_INFINITY)
    report('scores', 'each within has to be longer than the one before, and the last score has none');
  const descends = scores.every(({ score }, index) => index === 0 || score <= (scores[index - 1]?.score ?? 0));
  if (!descends) report('scores', 'a slower run scores more than a quicker one');
}

function reportWeights(
  weights: Readonly<Record<string, number>>,
  checks: readonly string[],
  report: (key: string, message: string) => void,
): void {
  const without = checks.filter((check) => weights[check] === undefined);
  if (without.length > 0) report('combine', `no weight for ${without.join(', ')}`);
  const strange = Object.keys(weights).filter((check) => !checks.includes(check));
  if (strange.length > 0) report('combine', `${strange.join(', ')}: not among the checks of this indicator`);
}

/** The profile that the fields say; they have passed `refuseUseless`. */
export function toProfile(fields: RunFields, checks: readonly string[]): Profile {
  return {
    method: toMethod(fields),
    failure: {
      minOutageMs: fields.min_outage ?? 0,
      consecutive: fields.failures ?? 1,
      ignoredReasons: fields.ignore_reasons,
      slowMicros: fields.slow_after === undefined ? null : fields.slow_after * 1_000,
    },
    quorum: { need: fields.quorum, minReporting: fields.min_reporting ?? null },
    combination: toCombination(fields.combine, checks),
    denominator: PLAIN_PROFILE.denominator,
    unknown: fields.unknown,
  };
}

function toMethod({ method, slice, rule, min_samples, empty, scores }: RunFields): Method {
  const terms = { lengthMs: slice ?? 0, minSamples: min_samples ?? 1, empty: empty ?? 'skipped' } as const;
  switch (method) {
    case 'slices':
      return { kind: method, slice: terms, rule: toRule(rule) };
    case 'ratio_of_slices':
      return { kind: method, slice: terms };
    case 'scored':
      return { kind: method, bands: (scores ?? []).map(toBand) };
    case 'time':
    case 'occurrences':
      return { kind: method };
  }
}

function toRule(rule: RunFields['rule']): SliceRule {
  return typeof rule === 'object' ? { kind: 'error_share', atLeastPpb: rule.error_share } : { kind: rule ?? 'all' };
}

function toBand({ within, score }: z.output<typeof band>): ScoreBand {
  return { withinMicros: within === undefined ? null : within * 1_000, scorePpb: score };
}

function toCombination(combine: RunFields['combine'], checks: readonly string[]): Profile['combination'] {
  if (combine === 'mean') return { kind: 'weighted', weights: checks.map(() => 1) };
  if (typeof combine === 'string') return { kind: combine };
  if ('at_least' in combine) return { kind: 'at_least', up: combine.at_least };
  return { kind: 'weighted', weights: checks.map((check) => combine.weights[check] ?? 1) };
}
