import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { attain } from '../../../collector/src/evaluate/attain.ts';
import type { Attainment } from '../../../collector/src/sla/attainment.ts';
import { SLOW_MICROS } from '../../support/sla-oracle/cases.ts';
import {
  type Amounts,
  occurrencesByOracle,
  ratiosByOracle,
  type SliceRules,
  scoresByOracle,
  slicesByOracle,
  timeByOracle,
} from '../../support/sla-oracle/methods.ts';
import type { Judged } from '../../support/sla-oracle/oracle.ts';
import { caseOf, type Drawn, drawn, terms, WEIGHTS } from './drawn-case.ts';

/**
 * Contracts and histories drawn at random, by four methods. The whole proof is NINES_ORACLE_RUNS=2500, which is 10,000 of
 * them and takes some minutes.
 */
const RUNS = Number(process.env.NINES_ORACLE_RUNS ?? '10');
const TIMEOUT_MS = 1_200_000;

const amountsOf = ({ good, bad, unknown, excluded, pending }: Attainment): Amounts => ({
  good,
  bad,
  unknown,
  excluded,
  pending,
});

describe('an attainment is what the oracle says', () => {
  it(
    'by time, to the millisecond',
    async () => {
      await fc.assert(
        fc.asyncProperty(drawn, async (one) => {
          const { judged, objective, evaluation, period } = caseOf(one, { kind: 'time' });
          const parts = timeByOracle(judged);
          const isWeighted = one.combine === 'weighted';
          const expected = {
            good: isWeighted ? weighed(parts, (part) => part.good) : parts[0]?.good,
            bad: isWeighted ? weighed(parts, (part) => part.bad) : parts[0]?.bad,
            unknown: isWeighted ? weighed(parts, (part) => part.unknown) : parts[0]?.unknown,
            excluded: isWeighted ? weighed(parts, (part) => part.excluded) : parts[0]?.excluded,
            pending: isWeighted ? weighed(parts, (part) => part.pending) : parts[0]?.pending,
          };
          const attained = await attain(objective, evaluation, period);
          expect(amountsOf(attained)).toEqual(expected);
          expect(attained.periodToMs - attained.fromMs).toBe(judged.toMs - judged.fromMs);
        }),
        { numRuns: RUNS },
      );
    },
    TIMEOUT_MS,
  );

  it(
    'by slices, to the slice',
    async () => {
      await fc.assert(
        fc.asyncProperty(drawn, async (one) => {
          const { judged, objective, evaluation, period } = caseOf(one, {
            kind: 'slices',
            slice: terms(one),
            rule: one.slice.rule,
          });
          const rules = sliceRules(one, judged);
          const attained = await attain(objective, evaluation, period);
          if (one.combine !== 'weighted') {
            expect(amountsOf(attained)).toEqual(slicesByOracle(judged, rules));
            return;
          }
          const parts = judged.checks.map((check) => slicesByOracle({ ...judged, checks: [check] }, rules));
          expect({ good: attained.good, bad: attained.bad, unknown: attained.unknown }).toEqual({
            good: weighed(parts, (part) => part.good),
            bad: weighed(parts, (part) => part.bad),
            unknown: weighed(parts, (part) => part.unknown),
          });
        }),
        { numRuns: RUNS },
      );
    },
    TIMEOUT_MS,
  );

  it(
    'by the mean share of slices, as exact fractions',
    async () => {
      await fc.assert(
        fc.asyncProperty(drawn, async (one) => {
          const { judged, objective, evaluation, period } = caseOf(
            { ...one, combine: 'all' },
            { kind: 'ratio_of_slices', slice: terms(one) },
          );
          const attained = await attain(objective, evaluation, period);
          expect({ attained: attained.attainmentPpb, low: attained.lowPpb, high: attained.highPpb }).toEqual(
            ratiosByOracle(judged, sliceRules(one, judged)),
          );
        }),
        { numRuns: RUNS },
      );
    },
    TIMEOUT_MS,
  );

  it(
    'by scores, to the billionth of a run',
    async () => {
      const bands = [
        { withinMicros: SLOW_MICROS - 60, scorePpb: 1_000_000_000 },
        { withinMicros: SLOW_MICROS, scorePpb: 625_000_000 },
      ];
      await fc.assert(
        fc.asyncProperty(drawn, fc.boolean(), async (one, isOpenEnded) => {
          const all = isOpenEnded ? [...bands, { withinMicros: null, scorePpb: 125_000_000 }] : bands;
          const { judged, objective, evaluation, period } = caseOf(one, { kind: 'scored', bands: all });
          const parts = scoresByOracle(judged, all);
          const sum = (read: (part: (typeof parts)[number]) => number) =>
            one.combine === 'weighted' ? weighed(parts, read) : parts.reduce((total, part) => total + read(part), 0);
          const { good, bad, unknown, pending, scale } = await attain(objective, evaluation, period);
          const weights =
            one.combine === 'weighted'
              ? judged.checks.reduce((total, _, index) => total + (WEIGHTS[index] ?? 1), 0)
              : 1;
          const unit = 1_000_000_000 / (scale / weights);
          expect([good, bad, unknown, pending].map((amount) => amount * unit)).toEqual([
            sum((part) => part.good),
            sum((part) => part.bad),
            sum((part) => part.unknown),
            sum((part) => part.pending),
          ]);
        }),
        { numRuns: RUNS },
      );
    },
    TIMEOUT_MS,
  );

  it(
    'by occurrences, to the run',
    async () => {
      await fc.assert(
        fc.asyncProperty(drawn, async (one) => {
          const { judged, objective, evaluation, period } = caseOf(one, { kind: 'occurrences' });
          const parts = occurrencesByOracle(judged);
          const isWeighted = one.combine === 'weighted';
          const sum = (read: (part: (typeof parts)[number]) => number) =>
            isWeighted ? weighed(parts, read) : parts.reduce((total, part) => total + read(part), 0);
          const { good, bad, unknown, pending } = await attain(objective, evaluation, period);
          expect({ good, bad, unknown, pending }).toEqual({
            good: sum((part) => part.good),
            bad: sum((part) => part.bad),
            unknown: sum((part) => part.unknown),
            pending: sum((part) => part.pending),
          });
        }),
        { numRuns: RUNS },
      );
    },
    TIMEOUT_MS,
  );
});

function weighed<T>(parts: readonly T[], read: (part: T) => number): number {
  return parts.reduce((sum, part, index) => sum + (WEIGHTS[index] ?? 1) * read(part), 0);
}

function sliceRules(one: Drawn, { fromMs }: Judged): SliceRules {
  const { lengthMs, minSamples, rule } = one.slice;
  return {
    lengthMs,
    minSamples,
    anchorMs: fromMs,
    rule: rule.kind === 'error_share' ? { errorPpb: rule.atLeastPpb } : rule.kind,
  };
}
