import type { Batch } from '@nines/shared/wire.ts';

/** The earliest and latest instant in a batch, integer milliseconds, and how many observations it holds. */
export interface Extent {
  readonly minAtMs: number;
  readonly maxAtMs: number;
  readonly observations: number;
}

/** What a store indexes of a batch. */
export function extentOf(batch: Batch): Extent {
  let minAtMs = Number.POSITIVE_INFINITY;
  let maxAtMs = Number.NEGATIVE_INFINITY;
  let observations = 0;
  for (const { at_ms: instants } of batch.checks) {
    observations += instants.length;
    for (const atMs of instants) {
      if (atMs < minAtMs) minAtMs = atMs;
      if (atMs > maxAtMs) maxAtMs = atMs;
    }
  }
  return { minAtMs, maxAtMs, observations };
}

/** Whether any observation's own instant lies in `[fromMs, toMs)`. */
export function hasInstantIn(batch: Batch, fromMs: number, toMs: number): boolean {
  return batch.checks.some(({ at_ms: instants }) => instants.some((atMs) => atMs >= fromMs && atMs < toMs));
}
