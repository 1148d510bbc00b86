import { formatDuration } from '@nines/shared/time/duration.ts';
import type { OpenHours } from '@nines/shared/time/open-hours.ts';
import type { RecurringWindow } from '@nines/shared/time/recurring.ts';
import { openIntervals } from '../calendar/open-hours.ts';
import { recurringIntervals } from '../calendar/recurring.ts';
import type { Indicator } from '../sla/indicator.ts';
import { mergeIntervals, subtractAll } from '../sla/interval.ts';
import type { ObjectivePeriod } from '../sla/objective.ts';
import { periodSpan } from '../sla/period-span.ts';
import type { Cadence } from './cadence.ts';
import { toOpenHours } from './calendars.ts';
import type { NinesFile } from './nines.ts';
import type { Path, Report } from './references.ts';
import type { ContractEntry } from './to-contract.ts';

/** What is well written and names only what is there, and yet says nothing that could be computed. */
export function reportImpossible(file: NinesFile, report: Report): void {
  const hours = new Map(file.calendars.map((calendar) => [calendar.id, toOpenHours(calendar)]));
  for (const [index, { week }] of [...hours.values()].entries()) {
    if (week.every((ranges) => ranges.length === 0)) report(['calendars', index, 'open'], 'never open: name a weekday');
  }
  const isAllExcluded = remembered(leavesNothing);
  for (const [index, contract] of file.contracts.entries()) {
    const place: Path = ['contracts', index];
    reportUnanchored(contract, { place, report });
    for (const [position, objective] of contract.objectives.entries()) {
      const at: Path = [...place, 'objectives', position];
      const calendar = objective.calendar === undefined ? undefined : hours.get(objective.calendar);
      if (isAllExcluded(windowsOf(contract), calendar)) {
        const what = calendar === undefined ? 'all time' : `all hours of ${objective.calendar}`;
        report([...at, 'id'], `nothing is left to be judged: maintenance.recurring takes ${what} away`);
      }
      const { indicator, profile } = objective.indicator;
      const longest = periodSpan(objective.period).longestMs;
      if (profile.failure.minOutageMs > longest) {
        const message = `longer than the period (${formatDuration(longest)}): no outage would ever count`;
        report([...at, 'indicator', 'min_outage'], message);
      }
      if (mayMissWindows(indicator, objective.period)) {
        report([...at, 'period'], 'shorter than the time between two windows: some periods would have none to judge');
      }
    }
  }
}

/** `2 weeks` have to be counted from some day. */
function reportUnanchored(
  { effective, reports, reviews }: ContractEntry,
  { place, report }: { readonly place: Path; readonly report: Report },
): void {
  if (effective.from !== undefined) return;
  const dues = [
    ...reports.map((one, index) => ({ ...one, at: ['reports', index, 'every'] })),
    ...(reviews === undefined ? [] : [{ ...reviews, at: ['reviews', 'every'] }]),
  ];
  for (const { every, anchor, at } of dues) {
    if (every.count > 1 && anchor === undefined)
      report([...place, ...at], `${spell(every)} counted from when? add anchor: 2026-01-05, or effective.from`);
  }
}

function spell({ unit, count }: Cadence): string {
  return `${count} ${unit}s`;
}

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** A Monday, and a week of it with a day on either side: windows by weekday take the same time away in every week. */
const WEEK = { fromMs: Date.UTC(2026, 0, 4), toMs: Date.UTC(2026, 0, 13) };

/** Whether standing windows leave nothing of the hours that count. */
function leavesNothing(windows: readonly RecurringWindow[], calendar: OpenHours | undefined): boolean {
  if (windows.length === 0) return false;
  const open = calendar === undefined ? [WEEK] : openIntervals({ ...calendar, holidays: [] }, WEEK);
  const taken = mergeIntervals(windows.flatMap((window) => recurringIntervals(window, WEEK)));
  return open.length > 0 && subtractAll(open, taken).length === 0;
}

function windowsOf({ maintenance, time_zone }: ContractEntry): RecurringWindow[] {
  return maintenance.recurring.map(({ every, at, time_zone: own }) => ({
    days: every,
    at,
    timeZone: own ?? time_zone,
  }));
}

/** Thousands of objectives share a few windows and calendars: each pair is looked at once. */
function remembered(compute: typeof leavesNothing): typeof leavesNothing {
  const known = new Map<string, boolean>();
  return (windows, calendar) => {
    const key = JSON.stringify([windows, calendar]);
    const answer = known.get(key) ?? compute(windows, calendar);
    known.set(key, answer);
    return answer;
  };
}

/** Windows by weekday come at least once a week, those of the nth of a month may be five weeks and a day apart. */
function mayMissWindows(indicator: Indicator, period: ObjectivePeriod): boolean {
  if (indicator.kind !== 'scheduled_windows') return false;
  const { days } = indicator.windows;
  const { longestMs } = periodSpan(period);
  if (days.kind === 'weekdays') return days.weekdays.length < 7 && longestMs < 7 * DAY_MS;
  const isFifth = days.nth === 5;
  return longestMs < (isFifth ? 92 * DAY_MS : 31 * DAY_MS);
}
