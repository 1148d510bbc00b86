import type { LatencySeries } from './page-model.ts';

/** Runs of one stretch of time, in microseconds. */
export interface LatencyCell {
  readonly fromMs: number;
  readonly minMicros: number;
  readonly meanMicros: number;
  readonly maxMicros: number;
}

/**
 * Cells, oldest first, as the columns of a chart. Where two of them are more than `gapMs` apart a `null` point stands
 * between them: a line across time that nobody measured would claim what is not known.
 */
export function latencyColumns(cells: readonly LatencyCell[], gapMs: number): LatencySeries {
  const points = cells.flatMap((cell, index) => {
    const previous = cells[index - 1];
    const hasGap = previous !== undefined && cell.fromMs - previous.fromMs > gapMs;
    return hasGap ? [{ atMs: previous.fromMs + gapMs, cell: null }, pointOf(cell)] : [pointOf(cell)];
  });
  return {
    atMs: points.map(({ atMs }) => atMs),
    meanMs: points.map(({ cell }) => cell && cell.meanMicros / 1_000),
    minMs: points.map(({ cell }) => cell && cell.minMicros / 1_000),
    maxMs: points.map(({ cell }) => cell && cell.maxMicros / 1_000),
  };
}

function pointOf(cell: LatencyCell): { readonly atMs: number; readonly cell: LatencyCell } {
  return { atMs: cell.fromMs, cell };
}
