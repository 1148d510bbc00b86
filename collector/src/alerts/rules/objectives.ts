import type { Attainment } from '../../sla/attainment.ts';
import { formatAmount, formatPercent } from '../../web/format.ts';
import type { Evidence } from '../evidence.ts';
import type { BurnPairNow, Finding, Holds, LimitsOf, ObjectiveNow, Snapshot } from '../finding.ts';
import type { Limits } from '../limits.ts';
import { attained, figures, labelsOf, linkTo, nameOf, subjectOf } from './objective-words.ts';

/** Certain, and it stays so until the period is over or what was measured is corrected. */
export function findBreached({ objectives }: Snapshot): Finding[] {
  return objectives.map((one) => ({
    subject: subjectOf(one),
    labels: labelsOf(one),
    severity: 'ticket',
    holds: one.attainment.verdict === 'breached' ? 'yes' : 'no',
    quiet: one.quiet,
    tell: () => ({
      summary: `${nameOf(one)} is breached`,
      cause: figures(one),
      evidence: [attained(one)],
      link: linkTo(one),
    }),
  }));
}

/** From this share of the budget on somebody has to look. */
export const TICKET_FROM_PERCENT = 75;

/** It is gone again only when it is so much below: a rolling period's budget comes back a run at a time. */
const CLEARS_BELOW_PERCENT = 5;

export function findSpent({ objectives }: Snapshot, limitsOf: LimitsOf): Finding[] {
  return objectives.flatMap((one) =>
    limitsOf(subjectOf(one)).budget_spent.levels.map((percent): Finding => {
      return {
        subject: subjectOf(one),
        labels: { ...labelsOf(one), spent: `${percent}` },
        severity: percent < TICKET_FROM_PERCENT ? 'info' : 'ticket',
        holds: spentAtLeast(one.attainment, percent),
        quiet: one.quiet,
        tell: () => ({
          summary: `${percent} % of the error budget of ${nameOf(one)} is spent`,
          cause: figures(one),
          evidence: [spentEvidence(one, percent), attained(one)],
          link: linkTo(one),
        }),
      };
    }),
  );
}

/** In integers: a hundredth of a large budget may be beyond what a float tells apart. */
function spentAtLeast({ budget: { used, total } }: Attainment, percent: number): Holds {
  if (total <= 0) return 'no';
  const [part, whole] = [BigInt(used) * 100n, BigInt(total)];
  if (part >= whole * BigInt(percent)) return 'yes';
  return part >= whole * BigInt(percent - CLEARS_BELOW_PERCENT) ? 'open' : 'no';
}

/** Both windows have to be above the limit; it is over when the long one is below again. */
export function findBurning({ objectives }: Snapshot): Finding[] {
  return objectives.flatMap((one) =>
    one.burns.map(
      (pair): Finding => ({
        subject: subjectOf(one),
        labels: { ...labelsOf(one), window: pair.window },
        severity: pair.severity,
        holds: isBurning(pair),
        quiet: one.quiet,
        settleMs: pair.shortMs,
        tell: () => ({
          summary: `${nameOf(one)} uses its error budget ${times(pair.longRate)} as fast as it may`,
          cause:
            `over ${pair.window} ${times(pair.longRate)}, over ${pair.shortWindow} ${times(pair.shortRate)}, ` +
            `limit ${times(pair.limit)}; ${figures(one)}`,
          evidence: [
            {
              kind: 'value',
              what: `burn rate over ${pair.window}`,
              value: times(pair.longRate),
              limit: times(pair.limit),
            },
            {
              kind: 'value',
              what: `burn rate over ${pair.shortWindow}`,
              value: times(pair.shortRate),
              limit: times(pair.limit),
            },
            attained(one),
          ],
          link: linkTo(one),
        }),
      }),
    ),
  );
}

/** While so little of the window was measured that the rest could make up for it, nothing is said either way. */
function isBurning({ longRate, leastRate, shortRate, limit, hasEnoughBad }: BurnPairNow): Holds {
  if (longRate === null) return 'open';
  if (longRate <= limit || !hasEnoughBad) return 'no';
  if (leastRate === null || leastRate <= limit) return 'open';
  return shortRate !== null && shortRate > limit ? 'yes' : 'open';
}

/** What is not measured is neither good nor bad, and whoever owes figures wants to know. */
export function findUncovered({ objectives }: Snapshot, limitsOf: LimitsOf): Finding[] {
  return objectives.map((one) => {
    const limits = limitsOf(subjectOf(one)).coverage_low;
    return {
      subject: subjectOf(one),
      labels: labelsOf(one),
      severity: 'ticket',
      holds: isUncovered(one.recentCoveragePpb, limits),
      quiet: one.quiet,
      tell: () => ({
        summary: `${nameOf(one)} is measured in part only`,
        cause: `${formatPercent(one.recentCoveragePpb)} of the last hour was measured, limit ${formatPercent(limits.belowPpb)}`,
        evidence: [
          {
            kind: 'value',
            what: 'coverage of the last hour',
            value: formatPercent(one.recentCoveragePpb),
            limit: formatPercent(limits.belowPpb),
          },
        ],
        link: linkTo(one),
      }),
    };
  });
}

function isUncovered(coveragePpb: number | null, { belowPpb, clearsAtPpb }: Limits['coverage_low']): Holds {
  if (coveragePpb === null || coveragePpb >= clearsAtPpb) return 'no';
  return coveragePpb < belowPpb ? 'yes' : 'open';
}

function spentEvidence({ attainment: { budget, scale, unit } }: ObjectiveNow, percent: number): Evidence {
  const amount = (count: number) => formatAmount(count / scale, unit);
  const limit = `${percent} % of ${amount(budget.total)}`;
  return { kind: 'value', what: 'error budget used', value: amount(budget.used), limit };
}

function times(rate: number | null): string {
  if (rate === null) return 'nothing measured';
  const shown = Math.round(rate * 10) / 10;
  return `${shown} ${shown === 1 ? 'time' : 'times'}`;
}
