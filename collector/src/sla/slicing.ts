import type { CountedTime } from './counted-time.ts';
import { clipIntervals, type Interval } from './interval.ts';

/** Where slices of a length begin: at `anchorMs` and every `lengthMs` before and after it. */
export interface SliceGrid {
  readonly anchorMs: number;
  readonly lengthMs: number;
}

/** A slice, or what of it is promised and not excluded: `parts` are apart and in order, never empty. */
export interface CutSlice extends Interval {
  readonly parts: readonly Interval[];
}

/** The slices that hold any of some time, in order; the first and last are cut with it. */
export function* slicesOf(time: readonly Interval[], { anchorMs, lengthMs }: SliceGrid): Generator<CutSlice> {
  let parts: Interval[] = [];
  let index = Number.NaN;
  for (const { fromMs, toMs } of time) {
    for (let atMs = fromMs; atMs < toMs; ) {
      const slice = Math.floor((atMs - anchorMs) / lengthMs);
      const endMs = Math.min(toMs, anchorMs + (slice + 1) * lengthMs);
      if (slice !== index && parts.length > 0) yield sliceAt(index, parts, { anchorMs, lengthMs });
      if (slice !== index) parts = [];
      index = slice;
      parts.push({ fromMs: atMs, toMs: endMs });
      atMs = endMs;
    }
  }
  if (parts.length > 0) yield sliceAt(index, parts, { anchorMs, lengthMs });
}

function sliceAt(index: number, parts: readonly Interval[], { anchorMs, lengthMs }: SliceGrid): CutSlice {
  return { fromMs: anchorMs + index * lengthMs, toMs: anchorMs + (index + 1) * lengthMs, parts };
}

/** How many slices hold any of some time. */
export function countSlices(time: readonly Interval[], { anchorMs, lengthMs }: SliceGrid): number {
  let count = 0;
  let last = Number.NEGATIVE_INFINITY;
  for (const { fromMs, toMs } of time) {
    const first = Math.max(last + 1, Math.floor((fromMs - anchorMs) / lengthMs));
    last = Math.ceil((toMs - anchorMs) / lengthMs) - 1;
    count += Math.max(0, last - first + 1);
  }
  return count;
}

/** The slices of a period by how they count. */
export interface SlicedTime {
  /** The counted time of slices that are over, and how many of these there are. */
  readonly over: readonly Interval[];
  /** Slices of which anything is promised and nothing counted; they are over. */
  readonly excluded: number;
  /** Slices that are to come, or not over: what is in them is not decided yet. */
  readonly pending: number;
}

/**
 * Tells which slices are over at `nowMs`. A slice that is excluded as a whole is not counted; of one that is excluded in
 * part the rest is.
 */
export function slicedTime({ whole, promised, denominator }: CountedTime, grid: SliceGrid, toMs: number): SlicedTime {
  const overUntilMs = grid.anchorMs + Math.floor((toMs - grid.anchorMs) / grid.lengthMs) * grid.lengthMs;
  const isLast = (promised.at(-1)?.toMs ?? toMs) <= toMs;
  const past = { fromMs: Number.NEGATIVE_INFINITY, toMs: isLast ? toMs : overUntilMs };
  const rest = { fromMs: past.toMs, toMs: Number.POSITIVE_INFINITY };
  const over = clipIntervals(whole, past);
  const promisedSlices = countSlices(clipIntervals(promised, past), grid);
  return {
    over,
    excluded: promisedSlices - countSlices(over, grid),
    pending: countSlices(clipIntervals(denominator, rest), grid),
  };
}
