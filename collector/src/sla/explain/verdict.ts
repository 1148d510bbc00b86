import type { Attainment, Share } from '../attainment.ts';
import type { Objective } from '../objective.ts';
import { percentText, targetText } from '../percent-text.ts';
import { positionOf } from '../percentile.ts';
import { ppbOf } from '../share.ts';
import type { PercentileWorkings } from '../workings.ts';
import { type ExplainedStep, n, sumText } from './step.ts';

type Promised = Pick<Objective, 'targetPpb'>;

/** What may go wrong, and what is left of it. */
export function explainBudget(attainment: Attainment, { targetPpb }: Promised): ExplainedStep[] {
  const { budget, good, bad, unknown, pending, unit } = attainment;
  if (unit === 'statistic') return [];
  return [
    {
      rule: 'error budget: whole × (100 % − target), rounded down',
      figure: `${n(good + bad + unknown + pending)} × (100 % − ${targetText(targetPpb)} %) = ${n(budget.total)}`,
    },
    { rule: 'budget left', figure: `${n(budget.total)} − ${n(budget.used)} = ${n(budget.left)}` },
  ];
}

/** The verdict, from the two shares that the whole period may still come to. */
export function explainVerdict(attainment: Attainment, promised: Promised): ExplainedStep[] {
  const { statistic, verdict, workings } = attainment;
  if (statistic !== null) return [{ rule: `verdict: at most ${n(statistic.atMost)}`, figure: verdict }];
  if (workings?.kind === 'percentile' && workings.percentile.rank !== 'share') {
    return explainPercentile(attainment, workings.percentile);
  }
  return [...explainWhole(attainment), explainComparison(attainment, promised)];
}

/** While something is open the share of the whole period lies between two others. */
function explainWhole({ whole: { low, high }, good, bad, unknown, pending }: Attainment): ExplainedStep[] {
  if (good + bad === 0 || low === null || high === null) return [];
  if (unknown + pending === 0 && low.good * high.total === high.good * low.total) return [];
  return [
    { rule: 'whole period, all that is open counted as bad', figure: wholeText(low) },
    { rule: 'whole period, all that is open counted as good', figure: wholeText(high) },
  ];
}

/** Any number of units may still come: then the least share is 0 and the greatest 100 %, or next to it. */
function wholeText(share: Share): string {
  const ppb = ppbOf(share) ?? 0;
  if (share.sum !== undefined || ppb === 1_000_000_000) return `${sumText(share)} = ${percentText(ppb)} %`;
  return share.good === NEARLY_ALL
    ? 'below 100 %, since any number may follow'
    : `${sumText(share)} = ${percentText(ppb)} %`;
}

/** See `openEnded` in `cases.ts`. */
const NEARLY_ALL = 1_999_999_999n;

function explainComparison(attainment: Attainment, { targetPpb }: Promised): ExplainedStep {
  const { verdict, good, bad, unknown, pending, profile } = attainment;
  const target = `${targetText(targetPpb)} %`;
  const { countsAs, coverageFloorPpb } = profile.unknown;
  const floor = coverageFloorPpb > 0 ? ` from a coverage of ${targetText(coverageFloorPpb)} % on` : '';
  const assumed = countsAs === 'open' ? '' : `; the contract counts the unknown as ${countsAs}${floor}`;
  const isSure = explainWhole(attainment).length === 0;
  const open = unknown + pending === 0 ? 'what may still come' : `the ${n(unknown + pending)} that are open`;
  const certain = {
    met: `${isSure ? '' : `even with ${open} as bad `}the share is at least ${target}`,
    breached: `${isSure ? '' : `even with ${open} as good `}the share is below ${target}`,
    inconclusive: good + bad === 0 ? 'nothing was measured' : `${open} could still turn it either way`,
  };
  return {
    rule: `verdict: share of the whole period at least ${target}${assumed}`,
    figure: `${verdict}: ${isAssumed(attainment, targetPpb) ? 'by what the contract assumes' : certain[verdict]}`,
  };
}

/** Whether only the contract's assumption about the unknown gives this verdict. */
function isAssumed({ verdict, whole: { low, high } }: Attainment, targetPpb: number): boolean {
  if (verdict === 'met') return (ppbOf(low) ?? 0) < targetPpb;
  return verdict === 'breached' && (ppbOf(high) ?? 0) >= targetPpb;
}

const RANKS = {
  share: 'p × n, rounded up',
  nearest_rank: 'p × n, rounded up',
  ddsketch: '1 + p × (n − 1), rounded down',
  linear: '1 + p × (n − 1)',
  exclusive: 'p × (n + 1)',
} as const;

/** By a named definition of a percentile its place in the order decides. */
function explainPercentile(attainment: Attainment, { ppb, rank, limit, around }: PercentileWorkings): ExplainedStep[] {
  const { good, bad, unknown, pending, verdict } = attainment;
  const count = good + bad + unknown + pending;
  if (count === 0) return [{ rule: 'verdict', figure: `${verdict}: nothing was measured` }];
  const { lower, weight } = positionOf(ppb, count, rank);
  const beside = around === null ? [] : [around];
  return [
    {
      rule: `place of the ${targetText(ppb)} % percentile among ${n(count)} values: ${RANKS[rank]}, within 1 and ${n(count)}`,
      figure: weight === 0 ? n(lower) : `${n(lower)}, and ${targetText(weight)} % of the way to the next`,
    },
    ...beside.map(({ below, above }) => ({
      rule: 'the measured values beside the limit, in µs',
      figure: `${below === null ? 'none' : n(below)} and ${above === null ? 'none' : n(above)}`,
    })),
    {
      rule: `verdict: that value at most ${n(limit)} µs`,
      figure: `${verdict}: ${n(good)} values are, ${n(bad)} are not, ${n(unknown + pending)} are open`,
    },
  ];
}
