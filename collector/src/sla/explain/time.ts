import type { Attainment, Incident } from '../attainment.ts';
import { clipIntervals, type Interval, lengthMs, mergeIntervals, subtractAll, totalMs } from '../interval.ts';
import { type ExplainedStep, n, sumOf, type WriteInstant } from './step.ts';

/** The period, and how much of it was promised and is judged. */
export function explainPeriod(attainment: Attainment, instant: WriteInstant): ExplainedStep[] {
  const { fromMs, toMs, periodToMs, promisedMs, serviceMs, periodName } = attainment;
  const lengthMs = periodToMs - fromMs;
  const steps = [
    {
      rule: `period ${periodName}`,
      figure: `${instant(fromMs)} to ${instant(periodToMs)}: ${n(periodToMs)} − ${n(fromMs)} = ${n(lengthMs)} ms`,
    },
  ];
  if (promisedMs !== lengthMs) {
    const closed = `${n(lengthMs)} − ${n(lengthMs - promisedMs)} = ${n(promisedMs)} ms`;
    steps.push({ rule: 'service hours in it: the period less what lies outside of them', figure: closed });
  }
  if (serviceMs !== promisedMs) {
    const service = `${n(promisedMs)} − ${n(promisedMs - serviceMs)} = ${n(serviceMs)} ms`;
    steps.push({ rule: 'promised: that, less what is excluded of it', figure: service });
  }
  if (toMs !== periodToMs) {
    const toCome = `${instant(toMs)}; ${n(periodToMs)} − ${n(toMs)} = ${n(periodToMs - toMs)} ms are to come`;
    steps.push({ rule: 'judged until', figure: toCome });
  }
  return steps;
}

/** What is not counted and why, and what was to be and is. */
export function explainExclusions(
  { exclusions, fromMs, periodToMs, profile }: Attainment,
  instant: WriteInstant,
): ExplainedStep[] {
  const period = { fromMs, toMs: periodToMs };
  const applied = exclusions.applied.flatMap((one) =>
    clipIntervals([one], period).map((part) => ({
      rule: `excluded (${one.kind}): ${one.reason}`,
      figure: `${stretch(part, instant)}; ${one.evidence}`,
    })),
  );
  const refused = exclusions.notApplied.map((one) => ({
    rule: `not excluded (${one.kind}): ${one.reason}`,
    figure: `${instant(one.fromMs)} to ${instant(one.toMs)}: ${one.why.code.replaceAll('-', ' ')}`,
  }));
  const together = totalMs(clipIntervals(mergeIntervals(exclusions.applied), period));
  const sum = {
    rule: `together, what overlaps counted once; ${profile.denominator === 'kept' ? 'it stays in the whole, as good' : 'what of it lies in service hours leaves the whole'}`,
    figure: `${n(together)} ms`,
  };
  return [...applied, ...refused, ...(applied.length > 0 ? [sum] : [])];
}

/** Everything that went wrong, with what the contract counts of it. */
export function explainIncidents(attainment: Attainment, instant: WriteInstant): ExplainedStep[] {
  const { incidents, uncounted, toMs, unit } = attainment;
  const isWork = unit === 'events' || unit === 'windows';
  const counted = incidents.map((one, index) => ({
    rule: `${isWork ? 'failed' : 'outage'} ${index + 1}: ${one.checks.join(', ')}${one.reasons.length > 0 ? ` (${one.reasons.join(', ')})` : ''}`,
    figure: isWork ? workFigure(one, unit, instant) : outageFigure(one, toMs, instant),
  }));
  const short = uncounted.map((one) => ({
    rule: `not counted: ${one.why.replaceAll('-', ' ')}`,
    figure: stretch(one, instant),
  }));
  const isSummed = unit === 'ms' && attainment.workings === null && incidents.length > 0;
  const sum = { rule: 'counted together', figure: `${sumOf(incidents.map((one) => one.countedMs))} ms` };
  return [...counted, ...(isSummed ? [sum] : []), ...short];
}

/** A unit of work counts as one, however long it took; a credit may be for the time that it took. */
function workFigure({ fromMs, toMs, countedMs }: Incident, unit: Attainment['unit'], instant: WriteInstant): string {
  const took = unit === 'events' ? `; it took ${n(countedMs)} ms` : '';
  return `from ${instant(fromMs)}, ${toMs === null ? 'not over' : `to ${instant(toMs)}`}${took}`;
}

function outageFigure({ fromMs, toMs, countedMs }: Incident, judgedToMs: number, instant: WriteInstant): string {
  const lasted = { fromMs, toMs: toMs ?? judgedToMs };
  const counted = countedMs === lengthMs(lasted) ? '' : `, of which ${n(countedMs)} ms count`;
  return `${stretch(lasted, instant)}${toMs === null ? ' until now' : ''}${counted}`;
}

/** More of them say nothing to anybody; what they come to is said all the same. */
const MAX_UNKNOWN = 100;

/** The time of which nobody knows what it was, and that could have counted. */
export function explainUnknown(attainment: Attainment, instant: WriteInstant): ExplainedStep[] {
  const { badTime, unit, workings, unknown } = attainment;
  if (unit !== 'ms' || workings !== null || unknown === 0) return [];
  const stretches = subtractAll(badTime.worst, badTime.best);
  const [shown, rest] = [stretches.slice(0, MAX_UNKNOWN), stretches.slice(MAX_UNKNOWN)];
  const lengths = [...shown.map(lengthMs), ...(rest.length > 0 ? [totalMs(rest)] : [])];
  return [
    ...shown.map((one) => ({ rule: 'nobody knows', figure: stretch(one, instant) })),
    ...(rest.length > 0 ? [{ rule: `${n(rest.length)} more such stretches`, figure: `${n(totalMs(rest))} ms` }] : []),
    { rule: 'unknown together', figure: `${sumOf(lengths)} ms` },
  ];
}

/** Lengths of outages over their number: for time and slices, whose incidents are outages. */
export function explainReliability(attainment: Attainment): ExplainedStep[] {
  const { mttrMs, mtbfMs } = attainment.reliability;
  if (mttrMs === null || mtbfMs === null) return [];
  const { incidents, unit, scale, good, bad, unknown, pending, serviceMs } = attainment;
  const sum = incidents.reduce((total, { countedMs }) => total + countedMs, 0);
  const inSlices = `${n(serviceMs)} × ${n(good)} / ${n(good + bad + unknown + pending)}`;
  const known = unit === 'slices' ? inSlices : scale === 1 ? n(good) : `${n(good)} / ${n(scale)}`;
  return [
    { rule: 'mean time to repair, rounded down', figure: `${n(sum)} / ${incidents.length} = ${n(mttrMs)} ms` },
    {
      rule: 'mean time between failures, rounded down',
      figure: `${known} / ${incidents.length} = ${n(mtbfMs)} ms, of time known to be up`,
    },
  ];
}

/** `2026-10-01T00:00:00+02:00 to …: 1,500 ms`. */
function stretch(interval: Interval, instant: WriteInstant): string {
  return `${instant(interval.fromMs)} to ${instant(interval.toMs)}: ${n(lengthMs(interval))} ms`;
}
