import type { Interval } from '../sla/interval.ts';
import type { JournalReader } from './journal-reader.ts';
import type { Positions } from './positions.ts';
import type { Rebuild, Series } from './series.ts';
import { ThresholdCounter } from './thresholds.ts';

/** A stretch of a series whose figures were computed anew from the journal. */
export interface RebuiltStretch extends Interval {
  readonly check: string;
  readonly agent: string;
}

/** Thresholds that came when runs had been taken in already: their past is counted from the journal. */
export interface Recount {
  /** By `agent check`. */
  readonly counters: ReadonlyMap<string, readonly ThresholdCounter[]>;
  /** What the head had taken in by then; everything later it counts as it comes. */
  readonly applied: Positions;
}

/** The key of a series inside one scan; neither name can hold a space. */
export function seriesKey(agent: string, check: string): string {
  return `${agent} ${check}`;
}

/**
 * Rebuilds the dirty stretches of some series; what is dirty again afterwards, because of arrivals meanwhile, is in
 * `again`. Rejects with `StoreError`, leaving them dirty.
 */
export async function rebuildSeries(
  dirty: readonly Series[],
  reader: JournalReader,
): Promise<{ readonly rebuilt: RebuiltStretch[]; readonly again: Series[] }> {
  const rebuilds = new Map<string, { series: Series; rebuild: Rebuild }>();
  for (const series of dirty) {
    rebuilds.set(seriesKey(series.agent, series.check), { series, rebuild: series.beginRebuild() });
  }
  try {
    await readMarks(rebuilds, reader);
  } catch (error) {
    for (const { series, rebuild } of rebuilds.values()) series.abandonRebuild(rebuild);
    throw error;
  }
  const again: Series[] = [];
  const rebuilt: RebuiltStretch[] = [];
  for (const { series, rebuild } of rebuilds.values()) {
    if (series.finishRebuild(rebuild)) again.push(series);
    const { check, agent } = series;
    rebuilt.push(...rebuild.stretches.map((stretch) => ({ check, agent, ...stretch })));
  }
  return { rebuilt, again };
}

async function readMarks(
  rebuilds: ReadonlyMap<string, { readonly series: Series; readonly rebuild: Rebuild }>,
  reader: JournalReader,
): Promise<void> {
  const intervals = [...rebuilds.values()].flatMap(({ rebuild }) =>
    rebuild.stretches.map((one) => widen(one, rebuild)),
  );
  for await (const entry of reader.between(intervals)) {
    for (const columns of entry.checks) {
      const found = rebuilds.get(seriesKey(entry.agent, columns.check));
      if (found === undefined) continue;
      const wide = found.rebuild.stretches.map((one) => widen(one, found.rebuild));
      for (const mark of found.series.marks(columns)) {
        if (wide.some((one) => mark.atMs >= one.fromMs && mark.atMs < one.toMs)) found.rebuild.marks.push(mark);
      }
    }
  }
}

function widen(stretch: Interval, { aroundMs }: Rebuild): Interval {
  return { fromMs: stretch.fromMs - aroundMs, toMs: stretch.toMs + aroundMs + 1 };
}

/** Counts the past of new thresholds. Rejects with `StoreError`, leaving them as they were. */
export async function recountThresholds(recount: Recount, reader: JournalReader): Promise<void> {
  const past = new Map<ThresholdCounter, ThresholdCounter>();
  for await (const entry of reader.upTo(recount.applied.last)) {
    if (!recount.applied.has(entry.position)) continue;
    for (const columns of entry.checks) {
      for (const counter of recount.counters.get(seriesKey(entry.agent, columns.check)) ?? []) {
        const counted = past.get(counter) ?? new ThresholdCounter(counter, true);
        past.set(counter, counted);
        counted.count(columns);
      }
    }
  }
  for (const counters of recount.counters.values()) {
    for (const counter of counters) {
      const counted = past.get(counter);
      if (counted !== undefined) counter.addAll(counted);
      counter.isReady = true;
    }
  }
}
