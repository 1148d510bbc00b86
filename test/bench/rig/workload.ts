import { OUTCOME_CODES, type RunColumns } from '../../../collector/src/store/run-columns.ts';

/** `independent`: each run by chance. `diurnal`: each run near the one before, slower by day, checks of different pace. */
export type Variant = 'independent' | 'diurnal';

/** What is observed; everything follows from the seed. */
export interface Workload {
  readonly variant: Variant;
  readonly checks: number;
  /** So many checks are made by chance; those behind them have the same runs again, so that years are written in minutes. */
  readonly distinct: number;
  readonly days: number;
  readonly everyMs: number;
  /** Midnight UTC: the first run comes within an interval after it, the last before `toMs`. */
  readonly fromMs: number;
  readonly toMs: number;
  readonly seed: number;
  /**
   * Whether everybody is given the phase `transfer` too, as agents and blackbox_exporter report it. Without it, as the
   * goals have it, `total` is the only place where it is, so that nobody can do without.
   */
  readonly hasTransfer: boolean;
  /**
   * Whether a phase is a metric of its own to the others instead of blackbox_exporter's one metric with a label. Then
   * VictoriaMetrics cannot share instants between phases and takes some 10 % more.
   */
  readonly hasMetricAPhase: boolean;
}

const DAY_MS = 86_400_000;
const EVERY_MS = 30_000;

/** As the store counts weeks: from 1970-01-01, a Thursday. */
const WEEK_MS = 7 * DAY_MS;

/**
 * A data set that ends with the last week that ended a day ago or earlier: every hour and week of it is closed, so that
 * it can be compacted as far as it ever is, and no clock calls it the future.
 */
export function workload(
  chosen: Pick<Workload, 'variant' | 'checks' | 'days' | 'hasTransfer' | 'hasMetricAPhase'> &
    Partial<Pick<Workload, 'distinct'>>,
): Workload {
  const toMs = Math.floor((Date.now() - DAY_MS) / WEEK_MS) * WEEK_MS;
  const { variant, checks, days, hasTransfer, hasMetricAPhase } = chosen;
  const distinct = Math.min(checks, chosen.distinct ?? checks);
  const own = { variant, checks, distinct, days, hasTransfer, hasMetricAPhase };
  return { ...own, everyMs: EVERY_MS, fromMs: toMs - days * DAY_MS, toMs, seed: 20_261_123 };
}

/** The same runs, those of the first days only. */
export function firstDays(whole: Workload, days: number): Workload {
  return { ...whole, days, toMs: whole.fromMs + days * DAY_MS };
}

export function runsPerCheck({ fromMs, toMs, everyMs }: Workload): number {
  return Math.floor((toMs - fromMs) / everyMs);
}

/** The check whose runs a check has: itself, unless it is a copy. */
export function sourceOf({ distinct }: Workload, index: number): number {
  return index % distinct;
}

export function observationsOf(set: Workload): number {
  return set.checks * runsPerCheck(set);
}

export function describeWorkload(set: Workload): string {
  const { variant, checks, days, everyMs } = set;
  return `${variant}: ${checks} checks × ${days} days every ${everyMs / 1_000} s, ${observationsOf(set)} results`;
}

export function checkId(index: number): string {
  return `site-${String(index).padStart(4, '0')}`;
}

/** Phases with their medians in microseconds; `total` is their sum. */
const PHASES = [
  { name: 'resolve', medianMicros: 800 },
  { name: 'connect', medianMicros: 9_000 },
  { name: 'tls', medianMicros: 20_000 },
  { name: 'processing', medianMicros: 60_000 },
  { name: 'transfer', medianMicros: 300 },
] as const;

export type ValueName = (typeof PHASES)[number]['name'] | 'total' | 'status';

const SIGMA = 0.3;
const JITTER_MS = 2;
/** 0.093 % of the runs are down, 6.4 in a row on average. */
const DOWN_SHARE = 0.000_93;
const DOWN_RUNS = 6.4;
const DOWN_BEGINS = DOWN_SHARE / DOWN_RUNS / (1 - DOWN_SHARE);
const DOWN_REASON = 'http-status';
const GOOD_STATUS = 200;
const BAD_STATUS = 503;

/** `diurnal`: how much of a deviation is left a run later, its spread, what comes on top of it, and day against night. */
const KEPT = 0.97;
const SLOW_SIGMA = 0.12;
const FAST_SIGMA = 0.04;
const DAY_AMPLITUDE = 0.2;
const PACE_SIGMA = 0.4;

/** Runs of one check, in order of time, as many at a time as are wanted. */
export class CheckRuns {
  readonly #set: Workload;
  readonly #chance: Chance;
  readonly #firstAtMs: number;
  readonly #medians: readonly number[];
  readonly #dayPhase: number;
  readonly #deviations: Float64Array;
  #made = 0;
  #isDown = false;

  constructor(set: Workload, index: number) {
    const chance = new Chance(set.seed + sourceOf(set, index) * 7_919);
    this.#set = set;
    this.#chance = chance;
    // Away from the interval's ends: no run lies on a bound at which a window begins or ends, jitter or not.
    this.#firstAtMs = set.fromMs + 1_000 + Math.floor(chance.share() * (set.everyMs - 2_000));
    const pace = () => (set.variant === 'diurnal' ? Math.exp(PACE_SIGMA * chance.normal()) : 1);
    this.#medians = PHASES.map(({ medianMicros }) => medianMicros * pace());
    this.#dayPhase = chance.share() * 2 * Math.PI;
    this.#deviations = Float64Array.from(PHASES, () => SLOW_SIGMA * chance.normal());
  }

  /** The next `count` runs. */
  next(count: number): RunColumns {
    const phases = PHASES.map(() => new Float64Array(count));
    const total = new Float64Array(count);
    const status = new Float64Array(count);
    const atMs = new Float64Array(count);
    const outcomes = new Uint8Array(count);
    const reasons = new Uint16Array(count);
    let anyDown = false;
    for (let row = 0; row < count; row++) {
      const at = this.#firstAtMs + this.#made++ * this.#set.everyMs + this.#chance.integer(-JITTER_MS, JITTER_MS);
      atMs[row] = at;
      const daily = this.#daily(at);
      let sum = 0;
      for (const [phase, numbers] of phases.entries()) {
        const micros = this.#micros(phase, daily);
        numbers[row] = micros;
        sum += micros;
      }
      total[row] = sum;
      this.#isDown = this.#chance.share() < (this.#isDown ? 1 - 1 / DOWN_RUNS : DOWN_BEGINS);
      anyDown ||= this.#isDown;
      outcomes[row] = this.#isDown ? OUTCOME_CODES.down : OUTCOME_CODES.up;
      reasons[row] = this.#isDown ? 1 : 0;
      status[row] = this.#isDown ? BAD_STATUS : GOOD_STATUS;
    }
    return {
      length: count,
      atMs,
      everyMs: new Float64Array(count).fill(this.#set.everyMs),
      outcomes,
      reasons,
      reasonNames: anyDown ? [DOWN_REASON] : [],
      values: this.#columns([
        ...PHASES.map(({ name }, phase) => ({ name, numbers: phases[phase] ?? total })),
        { name: 'status', numbers: status },
        { name: 'total', numbers: total },
      ]),
    };
  }

  /** Ascending by name, as `RunColumns` wants them. */
  #columns(columns: readonly { readonly name: ValueName; readonly numbers: Float64Array }[]): RunColumns['values'] {
    return columns
      .filter(({ name }) => this.#set.hasTransfer || name !== 'transfer')
      .map(({ name, numbers }) => ({ name, present: new Uint8Array(numbers.length).fill(1), numbers }))
      .toSorted((a, b) => (a.name < b.name ? -1 : 1));
  }

  #daily(atMs: number): number {
    if (this.#set.variant === 'independent') return 1;
    return Math.exp(DAY_AMPLITUDE * Math.sin((atMs / DAY_MS) * 2 * Math.PI + this.#dayPhase));
  }

  #micros(phase: number, daily: number): number {
    const median = this.#medians[phase] ?? 0;
    if (this.#set.variant === 'independent') return Math.round(median * this.#chance.factor());
    const innovation = SLOW_SIGMA * Math.sqrt(1 - KEPT * KEPT) * this.#chance.normal();
    const deviation = (this.#deviations[phase] ?? 0) * KEPT + innovation;
    this.#deviations[phase] = deviation;
    return Math.round(median * daily * Math.exp(deviation + FAST_SIGMA * this.#chance.normal()));
  }
}

/**
 * Standard normal numbers and their lognormal factors, drawn once: a draw from so many is as good as a new one for
 * whoever compresses it, and a billion runs are made in minutes.
 */
const DRAWS = 2 ** 20;
let drawn: { readonly normals: Float64Array; readonly factors: Float64Array } | null = null;

function draws() {
  if (drawn !== null) return drawn;
  const chance = new Chance(1);
  const normals = Float64Array.from({ length: DRAWS }, () => boxMuller(1 - chance.share(), chance.share()));
  drawn = { normals, factors: normals.map((normal) => Math.exp(SIGMA * normal)) };
  return drawn;
}

// https://en.wikipedia.org/wiki/Box%E2%80%93Muller_transform
function boxMuller(u: number, v: number): number {
  return Math.sqrt(-2 * Math.log(u)) * Math.cos(2 * Math.PI * v);
}

/** Seeded chance: xorshift128, Marsaglia 2003. */
class Chance {
  #x: number;
  #y = 362_436_069;
  #z = 521_288_629;
  #w = 88_675_123;

  constructor(seed: number) {
    this.#x = seed >>> 0 || 1;
    for (let i = 0; i < 16; i++) this.#next();
  }

  /** In `[0, 1)`. */
  share(): number {
    return this.#next() / 2 ** 32;
  }

  /** In `[least, greatest]`. */
  integer(least: number, greatest: number): number {
    return least + Math.floor(this.share() * (greatest - least + 1));
  }

  normal(): number {
    return draws().normals[this.#next() & (DRAWS - 1)] ?? 0;
  }

  /** Lognormal with median 1. */
  factor(): number {
    return draws().factors[this.#next() & (DRAWS - 1)] ?? 1;
  }

  #next(): number {
    const t = this.#x ^ (this.#x << 11);
    this.#x = this.#y;
    this.#y = this.#z;
    this.#z = this.#w;
    this.#w = this.#w ^ (this.#w >>> 19) ^ t ^ (t >>> 8);
    return this.#w >>> 0;
  }
}
