import { TOTAL } from '@nines/shared/probes/probe.ts';
import { boundsOf } from '../block/half-percent.ts';
import type { RunColumns } from '../run-columns.ts';
import { LatencySketch } from './latency-sketch.ts';
import { countThreshold, noThresholdRuns, THRESHOLD_COLUMNS } from './threshold-week.ts';

/** Whether a distribution can be that of these runs, some of whose values were rounded after they were counted. */
export function canBeSketchOf(stored: LatencySketch, runs: RunColumns): boolean {
  const { least, greatest } = boundsOf(runs);
  const [low, high] = [new LatencySketch(), new LatencySketch()];
  low.addRuns(least, TOTAL);
  high.addRuns(greatest, TOTAL);
  if (stored.count !== low.count) return false;
  // At every border as many values or more are below it as when all were as great as they can have been, and so on.
  let [atMost, seen, atLeast] = [0, 0, 0];
  const last = Math.max(stored.highestBin, high.highestBin);
  for (let bin = Math.min(stored.lowestBin, low.lowestBin); bin <= last; bin++) {
    atMost += low.countOf(bin);
    seen += stored.countOf(bin);
    atLeast += high.countOf(bin);
    if (seen > atMost || seen < atLeast) return false;
  }
  return true;
}

/** The same of a week's counts of a threshold. */
export function canBeThresholdOf(
  stored: Uint32Array,
  runs: RunColumns,
  threshold: { readonly value: string; readonly withinMicros: number },
): boolean {
  const { least, greatest } = boundsOf(runs);
  const [most, fewest] = [noThresholdRuns(), noThresholdRuns()];
  countThreshold(least, threshold, most);
  countThreshold(greatest, threshold, fewest);
  return stored.every((count, index) =>
    index % THRESHOLD_COLUMNS === 0
      ? count === most[index]
      : count <= (most[index] ?? 0) && count >= (fewest[index] ?? 0),
  );
}
