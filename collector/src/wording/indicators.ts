import { LENGTH } from '../sla/event-evidence.ts';
import type { Indicator, Statistic } from '../sla/indicator.ts';
import type { Profile } from '../sla/profile.ts';
import { openHours, recurringWindow } from './hours.ts';
import { list, share, spell, spellMicros } from './plain.ts';
import { bounds, predicate, thoseWhere } from './predicates.ts';

/** What an indicator is put into words with. */
export interface Promised {
  readonly profile: Profile;
  /** `99.95 %`. */
  readonly target: string;
  /** `each calendar month in Europe/Berlin`. */
  readonly period: string;
  /** `as seen by a majority of 3 locations`; `null` when one agent alone looks. */
  readonly seenBy: string | null;
}

type Wording<Kind extends Indicator['kind']> = (
  indicator: Extract<Indicator, { readonly kind: Kind }>,
  promised: Promised,
) => string;

/** THE table of wordings: what has to be, and how much of it, as one clause. */
const WORDINGS: { readonly [Kind in Indicator['kind']]: Wording<Kind> } = {
  availability: ({ checks }, promised) =>
    `${mustBeUp(checks, promised)}${seen(promised)}, ${howMuch(promised, checks)}`,

  latency({ checks, withinMicros, value }, { target, period }) {
    const what = value === 'total' ? 'successful runs' : `successful runs, by their ${value} time,`;
    return `${what} of ${list(checks)} must end within ${spellMicros(withinMicros)}, at least ${target} of them in ${period}`;
  },

  event_ratio({ source, valid, good }, { target, period }) {
    return `at least ${target} of the ${source.stream} events of ${period}${thoseWhere(valid)} must be good: ${predicate(good)}`;
  },

  event_statistic({ source, valid, value, statistic, atMost }, { period }) {
    return `the ${statisticWord(statistic)} ${value} of the ${source.stream} events of ${period}${thoseWhere(valid)} must be at most ${atMost}`;
  },

  event_count({ source, where, atLeast }, { target, period }) {
    const share = target === '100 %' ? '' : `, of which ${target} are enough`;
    return `at least ${atLeast} ${source.stream} events${thoseWhere(where)} must come in ${period}${share}`;
  },

  duration_target({ source, valid, limits, until, paused }, { target, period }) {
    const within = limits.map(({ where, withinMs, hours }) => {
      const inHours = hours === null ? '' : ` of ${openHours(hours)}`;
      return `${spell(withinMs)}${inHours}${where.kind === 'always' ? '' : ` when ${predicate(where)}`}`;
    });
    const stops = until === LENGTH ? '' : `, the clock stopping at ${until}`;
    const pause = paused === null ? '' : ` and standing still for ${paused}`;
    return `at least ${target} of the ${source.stream} of ${period}${thoseWhere(valid)} must be done within ${list(within, 'or')}${stops}${pause}`;
  },

  freshness({ source, good, atMostMs }, { target, period }) {
    return `the last ${source.stream} event where ${predicate(good)} must be at most ${spell(atMostMs)} old, at least ${target} of ${period}`;
  },

  scheduled_windows({ source, good, windows }, { target, period }) {
    return `${recurringWindow(windows)} must bring a ${source.stream} event where ${predicate(good)}, at least ${target} of the windows of ${period}`;
  },

  gauge({ checks, value, atLeast, atMost }, promised) {
    return `${value} of ${list(checks)} must be ${bounds(atLeast, atMost)}${seen(promised)}, at least ${promised.target} of ${promised.period}`;
  },
};

/** The clause of an indicator. Safe: the table's type pairs every kind with its own indicator. */
export function wordingOf(indicator: Indicator, promised: Promised): string {
  const wording = WORDINGS[indicator.kind] as Wording<Indicator['kind']>;
  return wording(indicator, promised);
}

function seen({ seenBy }: Promised): string {
  return seenBy === null ? '' : `, ${seenBy}`;
}

function mustBeUp(checks: readonly string[], { profile: { combination } }: Promised): string {
  if (checks.length === 1) return `${list(checks)} must be up`;
  if (combination.kind !== 'weighted') {
    if (combination.kind === 'any') return `${list(checks, 'or')} must be up`;
    return `${list(checks)} must ${checks.length === 2 ? 'both' : 'all'} be up`;
  }
  const { weights } = combination;
  const isPlain = weights.every((weight) => weight === weights[0]);
  const named = checks.map((check, index) => (isPlain ? check : `${check} (weight ${weights[index]})`));
  return `${list(named)} must be up, on average`;
}

/** How much of the period, in the unit that the method counts. */
function howMuch({ profile: { method }, target, period }: Promised, checks: readonly string[]): string {
  switch (method.kind) {
    case 'time':
      return `at least ${target} of ${period}`;
    case 'slices':
      return `in at least ${target} of the ${spell(method.slice.lengthMs)} slices of ${period}`;
    case 'ratio_of_slices':
      return `at least ${target} of the runs on average over the ${spell(method.slice.lengthMs)} slices of ${period}`;
    case 'occurrences':
      return `at least ${target} of the runs of ${list(checks)} in ${period}`;
    case 'scored':
      return `scoring at least ${target} on average over the runs in ${period} (${bands(method.bands)})`;
  }
}

function bands(all: readonly { readonly withinMicros: number | null; readonly scorePpb: number }[]): string {
  const words = all.map(({ withinMicros, scorePpb }) => {
    const score = share(scorePpb);
    return withinMicros === null ? `${score} for slower ones` : `${score} within ${spellMicros(withinMicros)}`;
  });
  return list(words);
}

function statisticWord(statistic: Statistic): string {
  switch (statistic.kind) {
    case 'mean':
      return 'mean';
    case 'max':
      return 'greatest';
    case 'percentile':
      return `${share(statistic.ppb)} percentile (${statistic.rank})`;
  }
}
