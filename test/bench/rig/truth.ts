import { OUTCOME_CODES, type RunColumns } from '../../../collector/src/store/run-columns.ts';
import { runsPerCheck, sourceOf, type Workload } from './workload.ts';

export interface Window {
  readonly fromMs: number;
  readonly toMs: number;
}

/** An observation speaks for at most this many intervals: shared/WIRE.md. */
const HOLD_INTERVALS = 2;

/** What a check was in a window, computed from the very runs that were sent, without any code of the programs. */
export interface CheckTruth {
  readonly runs: number;
  readonly upRuns: number;
  readonly upMs: number;
  readonly downMs: number;
  readonly unknownMs: number;
}

/** Instants, outcomes and durations of all runs of the last days of a data set. */
export class Truth {
  readonly set: Workload;
  readonly #keepFromMs: number;
  readonly #checks: { length: number; atMs: Float64Array; outcomes: Uint8Array; totals: Uint32Array }[];

  /** Runs before `keepFromMs` are not kept; a window must begin some minutes after it, or with the data set. */
  constructor(set: Workload, keepFromMs: number = set.fromMs) {
    this.set = set;
    this.#keepFromMs = keepFromMs;
    const room = Math.min(runsPerCheck(set), Math.ceil((set.toMs - keepFromMs) / set.everyMs) + 1);
    this.#checks = Array.from({ length: set.distinct }, () => ({
      length: 0,
      atMs: new Float64Array(room),
      outcomes: new Uint8Array(room),
      totals: new Uint32Array(room),
    }));
  }

  /** Takes in the next runs of a check; those of a copy are known. */
  add(index: number, runs: RunColumns): void {
    if (index !== sourceOf(this.set, index)) return;
    if ((runs.atMs[runs.length - 1] ?? 0) < this.#keepFromMs) return;
    const check = this.#check(index);
    const totals = runs.values.find(({ name }) => name === 'total')?.numbers;
    for (let row = 0; row < runs.length; row++) {
      const at = runs.atMs[row] ?? 0;
      if (at < this.#keepFromMs) continue;
      check.atMs[check.length] = at;
      check.outcomes[check.length] = runs.outcomes[row] ?? 0;
      check.totals[check.length] = totals?.[row] ?? 0;
      check.length++;
    }
  }

  of(index: number, { fromMs, toMs }: Window): CheckTruth {
    const { length, atMs, outcomes } = this.#check(index);
    const heldMs = HOLD_INTERVALS * this.set.everyMs;
    let [runs, upRuns, upMs, downMs] = [0, 0, 0, 0];
    for (let row = 0; row < length; row++) {
      const at = atMs[row] ?? 0;
      if (at >= toMs) break;
      const next = row + 1 < length ? (atMs[row + 1] ?? 0) : Number.POSITIVE_INFINITY;
      const spokenMs = Math.min(toMs, next, at + heldMs) - Math.max(fromMs, at);
      const isUp = outcomes[row] === OUTCOME_CODES.up;
      if (spokenMs > 0 && isUp) upMs += spokenMs;
      if (spokenMs > 0 && !isUp) downMs += spokenMs;
      if (at < fromMs) continue;
      runs++;
      if (isUp) upRuns++;
    }
    return { runs, upRuns, upMs, downMs, unknownMs: toMs - fromMs - upMs - downMs };
  }

  /** Durations in microseconds of runs in the window, ascending; of those that were up, or of all. */
  totals(index: number, { fromMs, toMs }: Window, which: 'up' | 'all'): Uint32Array {
    const { length, atMs, outcomes, totals } = this.#check(index);
    const chosen = totals.subarray(0, length).filter((_, row) => {
      const at = atMs[row] ?? 0;
      return at >= fromMs && at < toMs && (which === 'all' || outcomes[row] === OUTCOME_CODES.up);
    });
    return chosen.sort();
  }

  #check(index: number) {
    const check = this.#checks[sourceOf(this.set, index)];
    if (check === undefined) throw new Error(`there is no check ${index}`);
    return check;
  }
}

/** The two values between which the quantile lies, and what linear interpolation between them gives. */
export function quantileOf(sorted: Uint32Array, share: number): { low: number; high: number; between: number } {
  const rank = share * (sorted.length - 1);
  const low = sorted[Math.floor(rank)] ?? Number.NaN;
  const high = sorted[Math.ceil(rank)] ?? Number.NaN;
  return { low, high, between: low + (high - low) * (rank - Math.floor(rank)) };
}
