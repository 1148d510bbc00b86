import type { Attainment, Share, StatisticFigure } from '../attainment.ts';
import type { Tally } from '../judge.ts';
import { percentText, targetText } from '../percent-text.ts';
import type { WeightedPart, Workings } from '../workings.ts';
import { type ExplainedStep, n, sumText } from './step.ts';

const AMOUNTS = ['good', 'bad', 'unknown'] as const;

/** What was counted, from what it was put together to what is still to come. */
export function explainAmounts(attainment: Attainment): ExplainedStep[] {
  const { good, bad, unknown, excluded, pending, unit, scale, workings } = attainment;
  const counted = { rule: 'counted so far', figure: `${tallyText(attainment)} ${unitText(attainment)}` };
  return [
    ...explainWorkings(workings, scale),
    ...(unit === 'ms' && workings === null ? [explainRest(attainment)] : []),
    ...(unit === 'slices' && scale > 1 && workings === null ? [explainRatios(attainment)] : []),
    counted,
    ...(excluded > 0 ? [{ rule: 'not counted: excluded', figure: `${n(excluded)} ${unitText(attainment)}` }] : []),
    ...(pending > 0
      ? [
          {
            rule: 'with what is still to come',
            figure: `${n(good + bad + unknown)} + ${n(pending)} = ${n(good + bad + unknown + pending)} ${unitText(attainment)}`,
          },
        ]
      : []),
  ];
}

function unitText({ unit, scale }: Pick<Attainment, 'unit' | 'scale'>): string {
  return scale === 1 ? unit : `1/${n(scale)} of ${unit}`;
}

function tallyText({ good, bad, unknown }: Tally): string {
  return `good ${n(good)} + bad ${n(bad)} + unknown ${n(unknown)} = ${n(good + bad + unknown)}`;
}

/** Time that was neither bad nor unknown was good. */
function explainRest({ serviceMs, pending, bad, unknown, good }: Attainment): ExplainedStep {
  return {
    rule: 'good: what was promised, less what is to come, what was bad and what is unknown',
    figure: `${n(serviceMs)} − ${n(pending)} − ${n(bad)} − ${n(unknown)} = ${n(good)} ms`,
  };
}

/** Means of shares are not whole: as amounts they are cut to a part of a slice. */
function explainRatios({ shares: { low }, good, bad, unknown, scale }: Attainment): ExplainedStep {
  const slices = (good + bad + unknown) / scale;
  return {
    rule: `good, as amounts: the slices times their least mean share, in 1/${n(scale)}, rounded down`,
    figure: low === null ? `${n(good)}` : `${n(slices)} × ${n(scale)} × ${sumText(low)} = ${n(good)}`,
  };
}

function explainWorkings(workings: Workings | null, scale: number): ExplainedStep[] {
  switch (workings?.kind) {
    case undefined:
    case 'percentile':
      return [];
    case 'scores':
      return [
        ...workings.scores.map(({ runs, scorePpb }) => {
          const each = (scorePpb * scale) / 1_000_000_000;
          return {
            rule: `runs that score ${targetText(scorePpb)} %: ${n(each)} of ${n(scale)} each`,
            figure: `${n(runs)} × ${n(each)} = ${n(runs * each)}`,
          };
        }),
      ];
    case 'weighted':
      return [
        ...workings.parts.flatMap((part) => explainPart(part)),
        ...AMOUNTS.map((amount) => explainWeighted(amount, workings.parts)),
      ];
  }
}

function explainPart({ name, scale, tally, workings }: WeightedPart): ExplainedStep[] {
  return [...explainWorkings(workings, scale), { rule: `counted of ${name}`, figure: tallyText(tally) }];
}

function explainWeighted(amount: (typeof AMOUNTS)[number], parts: readonly WeightedPart[]): ExplainedStep {
  const terms = parts.map(({ weight, tally }) => `${n(weight)} × ${n(tally[amount])}`);
  const total = parts.reduce((sum, { weight, tally }) => sum + weight * tally[amount], 0);
  return { rule: `${amount}, by weight`, figure: `${terms.join(' + ')} = ${n(total)}` };
}

/** What was attained, its bounds and how much is known. */
export function explainShares(attainment: Attainment): ExplainedStep[] {
  const { shares, attainmentPpb, lowPpb, highPpb, coveragePpb, good, bad, unknown } = attainment;
  if (shares.attained === null) return [{ rule: 'attained', figure: 'nothing was measured' }];
  const attained = { rule: 'attained: good / (good + bad)', figure: shareText(shares.attained, attainmentPpb) };
  if (unknown === 0) return [attained];
  const coverage = { good: BigInt(good + bad), total: BigInt(good + bad + unknown) };
  return [
    attained,
    { rule: 'at least: all that is unknown counted as bad', figure: shareText(shares.low, lowPpb) },
    { rule: 'at most: all that is unknown counted as good', figure: shareText(shares.high, highPpb) },
    { rule: 'coverage: (good + bad) / (good + bad + unknown)', figure: shareText(coverage, coveragePpb) },
  ];
}

function shareText(share: Share | null, ppb: number | null): string {
  return share === null || ppb === null ? 'nothing to divide' : `${sumText(share)} = ${percentText(ppb)} %`;
}

/** One figure over all values, from the values that made it. */
export function explainStatistic({ value, events, from }: StatisticFigure): ExplainedStep[] {
  if (value === null || from === null) return [{ rule: 'the figure', figure: 'nothing to count' }];
  if (from.kind === 'sum') {
    const mean = `${n(from.sum)} / ${n(events)} = ${decimal(value)}`;
    return [{ rule: `mean of ${n(events)} values: all of them added up, over their number`, figure: mean }];
  }
  const { place, weightPpb, next } = from;
  const rule = `of ${n(events)} values in order, the one at place ${n(place)}`;
  if (weightPpb === 0) return [{ rule, figure: n(from.value) }];
  const way = targetText(weightPpb);
  return [
    {
      rule: `${rule}, and ${way} % of the way to the next`,
      figure: `${n(from.value)} + ${way} % × (${n(next)} − ${n(from.value)}) = ${decimal(value)}`,
    },
  ];
}

const DECIMALS = 1_000_000n;

/** With six decimals, the rest cut off. */
function decimal({ good, total }: Share): string {
  const scaled = (good * DECIMALS) / total;
  const fraction = String(scaled % DECIMALS).padStart(6, '0');
  return `${n(scaled / DECIMALS)}.${fraction}`;
}
