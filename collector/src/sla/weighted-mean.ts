import type { Share } from './attainment.ts';
import { mergeIntervals } from './interval.ts';
import { type ExactShares, sharesOf } from './judge.ts';
import type { Measured } from './measured.ts';
import { meanShare } from './share.ts';

/**
 * Several measurements of one period as their weighted mean: each by its own share, however much was counted for it. A
 * part of which nothing was counted has no share and no weight. Amounts are added by weight, in 1/(sum of weights).
 */
export function weightedMean(
  parts: readonly Measured[],
  weights: readonly number[],
  names: readonly string[],
): Measured {
  const [first] = parts;
  if (first === undefined) throw new Error('a mean of nothing');
  const weightOf = (index: number) => weights[index] ?? 1;
  const sum = (read: (part: Measured) => number) =>
    parts.reduce((total, part, index) => total + weightOf(index) * read(part), 0);
  const best = mergeIntervals(parts.flatMap(({ badTime }) => badTime.best));
  return {
    ...first,
    scale: first.scale * parts.reduce((total, _, index) => total + weightOf(index), 0),
    tally: {
      good: sum(({ tally }) => tally.good),
      bad: sum(({ tally }) => tally.bad),
      unknown: sum(({ tally }) => tally.unknown),
      pending: sum(({ tally }) => tally.pending),
    },
    exact: meanOf(parts, weightOf),
    workings: {
      kind: 'weighted',
      parts: parts.map(({ tally, scale, workings = null }, index) => {
        return { name: names[index] ?? '', weight: weightOf(index), scale, tally, workings };
      }),
    },
    excluded: sum(({ excluded }) => excluded),
    badTime: { best, worst: mergeIntervals(parts.flatMap(({ badTime }) => badTime.worst)) },
    incidents: parts.flatMap(({ incidents }) => incidents).sort((a, b) => a.fromMs - b.fromMs),
    uncounted: parts.flatMap(({ uncounted }) => uncounted).sort((a, b) => a.fromMs - b.fromMs),
  };
}

function meanOf(parts: readonly Measured[], weightOf: (index: number) => number): ExactShares {
  const shares = parts.map(({ tally, exact }) => exact ?? sharesOf(tally));
  const mean = (read: (one: ExactShares) => Share | null) =>
    meanShare(
      shares.flatMap((one, index) => {
        const share = read(one);
        return share === null ? [] : [{ share, weight: weightOf(index) }];
      }),
    );
  return {
    attained: mean(({ attained }) => attained),
    low: mean(({ low }) => low),
    high: mean(({ high }) => high),
    wholeLow: mean(({ wholeLow }) => wholeLow),
    wholeHigh: mean(({ wholeHigh }) => wholeHigh),
  };
}
