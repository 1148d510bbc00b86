import type { Attainment, Incident, Share } from './attainment.ts';
import { explainProfile } from './explain-profile.ts';
import { clipIntervals, lengthMs, mergeIntervals, totalMs } from './interval.ts';
import type { Objective } from './objective.ts';

/** One step of the arithmetic: the rule, and the sum that a customer can redo with a pocket calculator. */
export interface ExplainedStep {
  readonly rule: string;
  readonly figure: string;
}

/** How instants are written: in the contract's zone. */
export type WriteInstant = (atMs: number) => string;

type Promised = Pick<Objective, 'targetPpb'>;

/**
 * An attainment as arithmetic, step by step: from the length of the period to the verdict. Amounts are integers in `unit`
 * (milliseconds for time), shares are written as fractions and as percentages truncated after seven decimals.
 */
export function explain(attainment: Attainment, promised: Promised, instant: WriteInstant): ExplainedStep[] {
  return [
    ...explainProfile(attainment.profile),
    ...explainPeriod(attainment, instant),
    ...explainExclusions(attainment, instant),
    ...explainIncidents(attainment, instant),
    ...explainAmounts(attainment),
    ...explainShares(attainment),
    ...explainBudget(attainment, promised),
    explainVerdict(attainment, promised),
    ...explainReliability(attainment),
  ];
}

function explainPeriod(
  { fromMs, toMs, periodToMs, serviceMs, periodName }: Attainment,
  instant: WriteInstant,
): ExplainedStep[] {
  const whole = {
    rule: `period ${periodName}`,
    figure: `${instant(fromMs)} to ${instant(periodToMs)}: ${n(periodToMs)} − ${n(fromMs)} = ${n(periodToMs - fromMs)} ms`,
  };
  const service = { rule: 'promised in it: service hours, less what is excluded', figure: `${n(serviceMs)} ms` };
  const sofar = {
    rule: 'judged until',
    figure: `${instant(toMs)}; ${n(periodToMs)} − ${n(toMs)} = ${n(periodToMs - toMs)} ms are to come`,
  };
  return [whole, ...(serviceMs === periodToMs - fromMs ? [] : [service]), ...(toMs === periodToMs ? [] : [sofar])];
}

function explainExclusions(
  { exclusions, fromMs, periodToMs, profile }: Attainment,
  instant: WriteInstant,
): ExplainedStep[] {
  const period = { fromMs, toMs: periodToMs };
  const applied = exclusions.applied.flatMap((one) =>
    clipIntervals([one], period).map((part) => ({
      rule: `excluded (${one.kind}): ${one.reason}`,
      figure: `${instant(part.fromMs)} to ${instant(part.toMs)}: ${n(lengthMs(part))} ms; ${one.evidence}`,
    })),
  );
  const refused = exclusions.notApplied.map((one) => ({
    rule: `not excluded (${one.kind}): ${one.reason}`,
    figure: `${instant(one.fromMs)} to ${instant(one.toMs)}: ${one.why.code.replaceAll('-', ' ')}`,
  }));
  const together = totalMs(clipIntervals(mergeIntervals(exclusions.applied), period));
  const sum = {
    rule: `together, what overlaps counted once; ${profile.denominator === 'kept' ? 'it stays in the whole, as good' : 'it leaves the whole'}`,
    figure: `${n(together)} ms`,
  };
  return [...applied, ...refused, ...(applied.length > 0 ? [sum] : [])];
}

function explainIncidents({ incidents, uncounted, toMs, unit }: Attainment, instant: WriteInstant): ExplainedStep[] {
  const counted = incidents.map((one, index) => ({
    rule: `incident ${index + 1}: ${one.checks.join(', ')}${one.reasons.length > 0 ? ` (${one.reasons.join(', ')})` : ''}`,
    figure: incidentFigure(one, toMs, instant),
  }));
  const short = uncounted.map((one) => ({
    rule: `not counted: ${one.why.replaceAll('-', ' ')}`,
    figure: `${instant(one.fromMs)} to ${instant(one.toMs)}: ${n(lengthMs(one))} ms`,
  }));
  const isTime = unit === 'ms' && incidents.length > 1;
  const sum = { rule: 'counted together', figure: `${sumOf(incidents.map((one) => one.countedMs))} ms` };
  return [...counted, ...(isTime ? [sum] : []), ...short];
}

function incidentFigure({ fromMs, toMs, countedMs }: Incident, judgedToMs: number, instant: WriteInstant): string {
  const lasted = (toMs ?? judgedToMs) - fromMs;
  const end = toMs === null ? 'now' : instant(toMs);
  const counted = countedMs === lasted ? '' : `, of which ${n(countedMs)} ms count`;
  return `${instant(fromMs)} to ${end}: ${n(lasted)} ms${counted}`;
}

function explainAmounts({ good, bad, unknown, excluded, pending, unit, scale }: Attainment): ExplainedStep[] {
  const of = scale === 1 ? unit : `1/${n(scale)} of ${unit}`;
  return [
    {
      rule: 'counted so far',
      figure: `good ${n(good)} + bad ${n(bad)} + unknown ${n(unknown)} = ${n(good + bad + unknown)} ${of}`,
    },
    ...(excluded > 0 ? [{ rule: 'not counted: excluded', figure: `${n(excluded)} ${of}` }] : []),
    ...(pending > 0 ? [{ rule: 'still to come', figure: `${n(pending)} ${of}` }] : []),
  ];
}

function explainShares({
  shares,
  attainmentPpb,
  lowPpb,
  highPpb,
  coveragePpb,
  good,
  bad,
  unknown,
}: Attainment): ExplainedStep[] {
  if (shares.attained === null) return [{ rule: 'attained', figure: 'nothing was measured' }];
  const same = unknown === 0;
  return [
    { rule: 'attained: good / (good + bad)', figure: shareText(shares.attained, attainmentPpb) },
    ...(same
      ? []
      : [
          { rule: 'at least: all that is unknown counted as bad', figure: shareText(shares.low, lowPpb) },
          { rule: 'at most: all that is unknown counted as good', figure: shareText(shares.high, highPpb) },
          {
            rule: 'coverage: (good + bad) / (good + bad + unknown)',
            figure: shareText({ good: BigInt(good + bad), total: BigInt(good + bad + unknown) }, coveragePpb),
          },
        ]),
  ];
}

function explainBudget(
  { budget, good, bad, unknown, pending, unit }: Attainment,
  { targetPpb }: Promised,
): ExplainedStep[] {
  if (unit === 'statistic') return [];
  const whole = good + bad + unknown + pending;
  return [
    {
      rule: 'error budget: whole × (100 % − target), rounded down',
      figure: `${n(whole)} × (100 − ${targetText(targetPpb)}) / 100 = ${n(budget.total)}`,
    },
    { rule: 'budget left', figure: `${n(budget.total)} − ${n(budget.used)} = ${n(budget.left)}` },
  ];
}

function explainVerdict(
  { verdict, statistic, good, bad, unknown, pending, profile }: Attainment,
  { targetPpb }: Promised,
): ExplainedStep {
  if (statistic !== null) {
    const value =
      statistic.value === null
        ? 'nothing to count'
        : `${statistic.value.good} / ${statistic.value.total} over ${n(statistic.events)} events`;
    return { rule: `verdict: at most ${n(statistic.atMost)}`, figure: `${value}: ${verdict}` };
  }
  const open = unknown + pending;
  const target = `${targetText(targetPpb)} %`;
  const assumed =
    profile.unknown.countsAs === 'open' ? '' : ` (the contract counts the unknown as ${profile.unknown.countsAs})`;
  const sums = {
    met: `even with all ${n(open)} that are open counted as bad the share is at least ${target}`,
    breached: `even with all ${n(open)} that are open counted as good the share is below ${target}`,
    inconclusive:
      good + bad === 0 ? 'nothing was measured' : `the ${n(open)} that are open could still turn it either way`,
  };
  return {
    rule: `verdict: share of the whole period at least ${target}${assumed}`,
    figure: `${verdict}: ${assumed === '' ? sums[verdict] : 'by that assumption'}`,
  };
}

function explainReliability({ reliability, incidents, serviceMs }: Attainment): ExplainedStep[] {
  const { mttrMs, mtbfMs } = reliability;
  if (mttrMs === null || mtbfMs === null) return [];
  const sum = incidents.reduce((total, { countedMs }) => total + countedMs, 0);
  return [
    { rule: 'mean time to repair', figure: `${n(sum)} / ${incidents.length} = ${n(mttrMs)} ms` },
    {
      rule: 'mean time between failures',
      figure: `(${n(serviceMs)} − ${n(sum)}) / ${incidents.length} = ${n(mtbfMs)} ms`,
    },
  ];
}

/** `1 + 2 = 3`. */
function sumOf(parts: readonly number[]): string {
  return `${parts.map(n).join(' + ')} = ${n(parts.reduce((total, part) => total + part, 0))}`;
}

function shareText(share: Share | null, ppb: number | null): string {
  return share === null || ppb === null ? 'nothing to divide' : `${fraction(share)} = ${percent(ppb)} %`;
}

/** Means of many shares have a denominator that nobody types into a calculator: it is named, not written. */
function fraction({ good, total }: Share): string {
  return total < 10n ** 18n
    ? `${n(good)} / ${n(total)}`
    : `a fraction with a denominator of ${String(total).length} digits`;
}

/** All seven decimals: what is cut is never rounded. */
function percent(ppb: number): string {
  const digits = String(ppb).padStart(8, '0');
  return `${digits.slice(0, -7)}.${digits.slice(-7)}`;
}

/** A target as it is written: without zeros behind. */
function targetText(ppb: number): string {
  return percent(ppb).replace(/\.?0+$/, '');
}

/** `2678400000` → `2,678,400,000`. */
function n(amount: number | bigint): string {
  return String(amount).replace(/\B(?=(?:\d{3})+$)/g, ',');
}
