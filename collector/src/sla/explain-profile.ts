import type { ExplainedStep } from './explain.ts';
import type { FailureRule, Method, Profile, QuorumRule } from './profile.ts';

const METHODS: { readonly [Kind in Method['kind']]: (method: Extract<Method, { kind: Kind }>) => string } = {
  time: () => 'milliseconds of time',
  slices: ({ slice, rule }) =>
    `slices of ${slice.lengthMs} ms; one is bad when ${rule.kind === 'error_share' ? `at least ${rule.atLeastPpb} ppb` : RULES[rule.kind]} of its samples failed${slice.minSamples > 1 ? `, with fewer than ${slice.minSamples} samples it is good` : ''}`,
  ratio_of_slices: ({ slice }) => `the mean of the shares of slices of ${slice.lengthMs} ms, all of one weight`,
  occurrences: () => 'one by one',
  scored: ({ bands }) =>
    `scores: ${bands.map(({ withinMicros, scorePpb }) => `${scorePpb} ppb ${withinMicros === null ? 'otherwise' : `within ${withinMicros} µs`}`).join(', ')}; a failure scores 0`,
};

const RULES = { all: 'all', majority: 'more than half', any: 'any' } as const;

/** The rules that made a figure, those that say something. */
export function explainProfile({ method, failure, quorum, combination, unknown }: Profile): ExplainedStep[] {
  // Safe: the table's type pairs every kind with its own method.
  const describe = METHODS[method.kind] as (method: Method) => string;
  const weights =
    combination.kind === 'weighted'
      ? `the mean of the checks' shares, weights ${combination.weights.join(', ')}`
      : null;
  return [
    { rule: 'counted', figure: describe(method) },
    ...failureSteps(failure),
    ...quorumSteps(quorum),
    ...(weights === null ? [] : [{ rule: 'several checks', figure: weights }]),
    ...(combination.kind === 'any' ? [{ rule: 'several checks', figure: 'up while any of them is' }] : []),
    ...(unknown.countsAs === 'open'
      ? []
      : [
          {
            rule: 'unknown',
            figure: `counts as ${unknown.countsAs} for the verdict, from a coverage of ${unknown.coverageFloorPpb} ppb on`,
          },
        ]),
  ];
}

function failureSteps({ minOutageMs, consecutive, ignoredReasons, slowMicros }: FailureRule): ExplainedStep[] {
  return [
    ...(minOutageMs > 0 ? [{ rule: 'an outage counts', figure: `from ${minOutageMs} ms on, and then whole` }] : []),
    ...(consecutive > 1
      ? [
          {
            rule: 'an agent sees an outage',
            figure: `after ${consecutive} failures in a row, from the first of them on`,
          },
        ]
      : []),
    ...(ignoredReasons.length > 0 ? [{ rule: 'no failure', figure: ignoredReasons.join(', ') }] : []),
    ...(slowMicros === null ? [] : [{ rule: 'a failure too', figure: `a run longer than ${slowMicros} µs` }]),
  ];
}

function quorumSteps({ need, minReporting }: QuorumRule): ExplainedStep[] {
  const who =
    typeof need === 'number'
      ? `${need} agents see`
      : { any: 'any agent sees', majority: 'a majority of the agents sees', all: 'all agents see' }[need];
  const asked =
    minReporting === null
      ? 'a silent agent might have said anything'
      : `only those that report are asked, at least ${minReporting}`;
  return [{ rule: 'a check is down when', figure: `${who} it down; ${asked}` }];
}
