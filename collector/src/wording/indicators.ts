import { LENGTH } from '../sla/event-evidence.ts';
import type { Indicator, PercentileRank, Statistic } from '../sla/indicator.ts';
import type { Objective } from '../sla/objective.ts';
import type { Profile } from '../sla/profile.ts';
import { callsMust } from './calls.ts';
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

/** An indicator in words: what has to be, and how much of it. */
interface Wording<Kind extends Indicator['kind']> {
  readonly must: (indicator: Extract<Indicator, { readonly kind: Kind }>, profile: Profile) => string;
  readonly howMuch: (promised: Promised, indicator: Extract<Indicator, { readonly kind: Kind }>) => string;
}

/** THE table of wordings. */
const WORDINGS: { readonly [Kind in Indicator['kind']]: Wording<Kind> } = {
  availability: {
    must: ({ checks }, profile) => mustBeUp(checks, profile),
    howMuch: (promised, { checks }) => `${seen(promised)}${countedBy(promised, checks)}`,
  },
  latency: {
    must({ checks, withinMicros, value }) {
      const what = value === 'total' ? 'successful runs' : `successful runs, by their ${value} time,`;
      return `${what} of ${list(checks)} must end within ${spellMicros(withinMicros)}`;
    },
    howMuch: ({ target, period }, { rank }) =>
      rank === 'share'
        ? `at least ${target} of them in ${period}`
        : `judged by the ${target} percentile (${RANKS[rank]}) of ${period}`,
  },
  event_ratio: {
    must: ({ source, valid, good, calls }) =>
      calls === undefined
        ? `${source.stream} events${thoseWhere(valid)} must be good (${predicate(good)})`
        : callsMust(calls),
    howMuch: ({ target, period }, { minEvents }) => `at least ${target} of them in ${period}${judgedFrom(minEvents)}`,
  },
  event_statistic: {
    must: ({ source, valid, value, statistic, atMost }) =>
      `the ${statisticWord(statistic)} ${value} of the ${source.stream} events${thoseWhere(valid)} must be at most ${atMost}`,
    howMuch: ({ period }, { minEvents }) => `in ${period}${judgedFrom(minEvents)}`,
  },
  event_count: {
    must: ({ source, where, atLeast }) => `at least ${atLeast} ${source.stream} events${thoseWhere(where)} must come`,
    howMuch: ({ target, period }) => `in ${period}${target === '100 %' ? '' : `, of which ${target} are enough`}`,
  },
  duration_target: {
    must({ source, valid, limits, until, paused }) {
      const within = limits.map(({ where, withinMs, hours }) => {
        const inHours = hours === null ? '' : ` of ${openHours(hours)}`;
        return `${spell(withinMs)}${inHours}${where.kind === 'always' ? '' : ` when ${predicate(where)}`}`;
      });
      const stops = until === LENGTH ? '' : `, the clock stopping at ${until}`;
      const pause = paused === null ? '' : ` and standing still for ${paused}`;
      return `${source.stream}${thoseWhere(valid)} must be done within ${list(within, 'or')}${stops}${pause}`;
    },
    howMuch: ({ target, period }) => `at least ${target} of them in ${period}`,
  },
  freshness: {
    must: ({ source, good, atMostMs }) =>
      `the last ${source.stream} event where ${predicate(good)} must be at most ${spell(atMostMs)} old`,
    howMuch: ({ target, period }) => `at least ${target} of ${period}`,
  },
  scheduled_windows: {
    must: ({ source, good, windows }) =>
      `${recurringWindow(windows)} must bring a ${source.stream} event where ${predicate(good)}`,
    howMuch: ({ target, period }) => `at least ${target} of the windows of ${period}`,
  },
  anomaly: {
    must({ source, valid, value, by, last, lookBackMs, deviationsMilli, tolerancePpb, bad }) {
      const same = by.length === 0 ? '' : ` of the same ${list(by)}`;
      const usual = `${decimal(deviationsMilli)} median absolute deviations, or ${share(tolerancePpb)} if that is more`;
      const distance = {
        both: `within ${usual}, of`,
        smaller: `at most ${usual}, below`,
        larger: `at most ${usual}, above`,
      };
      return (
        `${value} of each ${source.stream} event${thoseWhere(valid)} must be ${distance[bad]} the median of ` +
        `the last ${last}${same} in ${spell(lookBackMs)} before it`
      );
    },
    howMuch: ({ target, period }) => `for at least ${target} of them in ${period}`,
  },
  gauge: {
    must: ({ checks, value, atLeast, atMost }) => `${value} of ${list(checks)} must be ${bounds(atLeast, atMost)}`,
    howMuch: (promised) => `${seen(promised)}at least ${promised.target} of ${promised.period}`,
  },
};

/** Safe: the table's type pairs every kind with its own indicator. */
function wordingFor({ kind }: Indicator): Wording<Indicator['kind']> {
  return WORDINGS[kind] as Wording<Indicator['kind']>;
}

function judgedFrom(minEvents: number | undefined): string {
  return minEvents === undefined ? '' : `, if there are ${minEvents} or more`;
}

/** What has to be, without how much of it: `shop-home and shop-cart must both be up`. */
export function mustOf({ indicator, profile }: Pick<Objective, 'indicator' | 'profile'>): string {
  return wordingFor(indicator).must(indicator, profile);
}

/** The whole clause of an indicator. */
export function wordingOf(indicator: Indicator, promised: Promised): string {
  const { must, howMuch } = wordingFor(indicator);
  return `${must(indicator, promised.profile)}, ${howMuch(promised, indicator)}`;
}

/** Thousandths in full: `3.5`. */
function decimal(thousandths: number): string {
  return String(thousandths / 1_000);
}

function seen({ seenBy }: Promised): string {
  return seenBy === null ? '' : `${seenBy}, `;
}

function mustBeUp(checks: readonly string[], { combination }: Profile): string {
  if (checks.length === 1) return `${list(checks)} must be up`;
  if (combination.kind !== 'weighted') {
    if (combination.kind === 'any') return `${list(checks, 'or')} must be up`;
    if (combination.kind === 'at_least') return `at least ${combination.up} of ${list(checks)} must be up`;
    return `${list(checks)} must ${checks.length === 2 ? 'both' : 'all'} be up`;
  }
  const { weights } = combination;
  const isPlain = weights.every((weight) => weight === weights[0]);
  const named = checks.map((check, index) => (isPlain ? check : `${check} (weight ${weights[index]})`));
  return `${list(named)} must be up, on average`;
}

/** How much of the period, in the unit that the method counts. */
function countedBy({ profile: { method }, target, period }: Promised, checks: readonly string[]): string {
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

const RANKS: Readonly<Record<PercentileRank, string>> = {
  share: 'nearest rank',
  nearest_rank: 'nearest rank',
  ddsketch: 'lower rank, as DDSketch has it',
  linear: 'interpolated between the first and the last value',
  exclusive: 'interpolated, exclusive',
};

function statisticWord(statistic: Statistic): string {
  switch (statistic.kind) {
    case 'mean':
      return 'mean';
    case 'max':
      return 'greatest';
    case 'percentile':
      return `${share(statistic.ppb)} percentile (${RANKS[statistic.rank]})`;
  }
}
