import type { Interval } from '../sla/interval.ts';
import { unpackThresholdWeek } from '../store/rollup/threshold-week.ts';
import type { JournalReader } from './journal-reader.ts';
import type { Positions } from './positions.ts';
import type { Rebuild, Series } from './series.ts';
import { type Threshold, ThresholdCounter } from './thresholds.ts';

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
  /** Until then nothing may leave the journal: what came later would be counted twice. */
  readonly release: () => void;
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
  const checks = [...new Set([...rebuilds.values()].map(({ series }) => series.check))];
  for await (const entry of reader.between({ intervals, checks, values: [] })) {
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

/** Counts of sealed runs, by counter. Rejects with `StoreError`. */
export async function countSealed(
  counters: ReadonlyMap<string, readonly ThresholdCounter[]>,
  reader: JournalReader,
): Promise<Map<ThresholdCounter, ThresholdCounter>> {
  const past = new Map<ThresholdCounter, ThresholdCounter>();
  const thresholds = new Map<string, Threshold>();
  for (const [key, ofSeries] of counters) {
    const check = key.slice(key.indexOf(' ') + 1);
    for (const { value, withinMicros } of ofSeries) {
      thresholds.set(`${check} ${value} ${withinMicros}`, { check, value, withinMicros });
    }
  }
  for (const { check, value, withinMicros } of thresholds.values()) {
    for (const { agent, week, body } of await reader.thresholdWeeks({ check, value, withinMicros })) {
      const found = counters.get(seriesKey(agent, check)) ?? [];
      for (const counter of found.filter((one) => one.value === value && one.withinMicros === withinMicros)) {
        const counted = past.get(counter) ?? new ThresholdCounter(counter, true);
        past.set(counter, counted);
        counted.addWeek(week, unpackThresholdWeek(body));
      }
    }
  }
  return past;
}

/** Counts the past of new thresholds. Rejects with `StoreError`, leaving them as they were. */
export async function recountThresholds(recount: Recount, reader: JournalReader): Promise<void> {
  const past = await countSealed(recount.counters, reader);
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
  recount.release();
}
