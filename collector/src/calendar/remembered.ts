import { clipIntervals, type Interval } from '../sla/interval.ts';

const DAY_MS = 86_400_000;
/** Of one calendar: the periods that run, burn windows, and a few that somebody asks about. */
const MAX_SPANS = 16;

type IntervalsIn<Of> = (of: Of, within: Interval) => Interval[];

/**
 * The same for those who ask again and again: what a calendar says of some days is found once. The calendar itself, an
 * object of the configuration, is what it is remembered for.
 */
export function remembered<Of extends object>(intervalsIn: IntervalsIn<Of>): IntervalsIn<Of> {
  const known = new WeakMap<Of, Map<string, Interval[]>>();
  return (of, within) => {
    const days = {
      fromMs: DAY_MS * Math.floor(within.fromMs / DAY_MS),
      toMs: DAY_MS * Math.ceil(within.toMs / DAY_MS),
    };
    const spans = known.get(of) ?? new Map<string, Interval[]>();
    known.set(of, spans);
    const key = `${days.fromMs} ${days.toMs}`;
    let found = spans.get(key);
    if (found === undefined) {
      found = intervalsIn(of, days);
      if (spans.size >= MAX_SPANS) spans.clear();
      spans.set(key, found);
    }
    return clipIntervals(found, within);
  };
}
