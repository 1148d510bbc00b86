import { type Observation, type Outcome, outcomeOf } from '@nines/shared/observation.ts';
import { TOTAL } from '@nines/shared/probes/probe.ts';
import { type CheckColumns, observationAt } from '@nines/shared/wire.ts';
import { areSame, type Interval, intersect, mergeIntervals } from '../sla/interval.ts';
import { type Timeline, timelineFrom, withUnknown } from '../sla/timeline.ts';
import type { SeriesState } from '../store/archive.ts';
import type { WeekRows } from '../store/rollup/week.ts';
import { ChangedHours } from './changed-hours.ts';
import { DurationHistogram } from './duration-histogram.ts';
import { Edges, type Mark } from './edges.ts';
import { forEachHour, HOUR_MS, HourCounters, hourOf } from './hour-counters.ts';
import type { Labels } from './labels.ts';
import { RecentRuns } from './recent-runs.ts';
import { type Threshold, ThresholdCounter } from './thresholds.ts';

const OUTCOMES: readonly Outcome[] = ['up', 'down', 'unknown'];
/** The reason of time whose observations cannot be read any more. */
export const DAMAGED = 'damaged';
/** The reason of time whose observations retention has let go. */
export const NOT_KEPT = 'not-kept';
/** The order of columns in a week's counts, too (`store/rollup/week.ts`). */
const COLUMN: Readonly<Record<Outcome, number>> = { up: 0, down: 1, unknown: 2 };
/** A last observation is read from its columns when asked for; columns longer than this are not kept for it. */
const MAX_COLUMNS_KEPT = 64;

/** What a rebuild reads from the journal and puts in the place of `stretches`. */
export interface Rebuild {
  readonly stretches: readonly Interval[];
  /** How far around a stretch observations matter. */
  readonly aroundMs: number;
  readonly marks: Mark[];
}

/** All that is known of one check as one agent sees it. */
export class Series {
  readonly check: string;
  readonly agent: string;
  /** Runs by outcome since the first journal entry, monotone. */
  readonly runsTotal: Record<Outcome, number> = { up: 0, down: 0, unknown: 0 };
  readonly durations = new DurationHistogram();
  readonly recent: RecentRuns;
  readonly #labels: Labels;
  readonly #edges: Edges;
  readonly #runs = new HourCounters(3);
  readonly #dirtyHours = new Set<number>();
  #thresholds: ThresholdCounter[] = [];
  #damaged: readonly Interval[] = [];
  #coveredFromMs = Number.NEGATIVE_INFINITY;
  #revision = 0;
  /** Where what is said changed, also by what comes in its order. */
  readonly changes = new ChangedHours();
  #upLabel = -1;
  #everyMs = 0;
  #maxHoldMs = 0;
  #newestAtMs = Number.NEGATIVE_INFINITY;
  #newest: { readonly columns: CheckColumns; readonly index: number } | Observation | null = null;
  /** Observations that arrive while a rebuild reads the journal, which may or may not see them. */
  #meanwhile: Mark[] | null = null;

  constructor(identity: { readonly check: string; readonly agent: string }, labels: Labels, kept: ReadonlySet<string>) {
    this.check = identity.check;
    this.agent = identity.agent;
    this.#labels = labels;
    this.#edges = new Edges(labels);
    this.recent = new RecentRuns(kept);
  }

  /** Takes over what is sealed, before anything else is applied. Weeks ascend. */
  restore(state: SeriesState, weeks: Iterable<WeekRows>): void {
    for (const outcome of OUTCOMES) this.runsTotal[outcome] += state.runs[outcome];
    this.durations.addAll(state.durations, state.durationsSumMicros);
    for (const { week, rows, edges } of weeks) {
      this.#runs.addRows(week, rows);
      this.#edges.restore(edges, (row) => this.#labelOf(row));
    }
    this.#newest = state.newest;
    this.#newestAtMs = state.newest.atMs;
    this.recent.beginAt(hourOf(state.newest.atMs) + 1);
  }

  /** Puts sealed runs of the last day back where charts read them; they are counted already. */
  restoreRecent(columns: CheckColumns): void {
    forEachHour(columns.at_ms, (hour, rows) => this.recent.append(columns, hour, rows));
  }

  #labelOf({ outcome, reason, everyMs }: Pick<Observation, 'outcome' | 'reason' | 'everyMs'>): number {
    if (everyMs !== this.#everyMs) this.#changeInterval(everyMs);
    if (outcome === 'up' && reason === null) return this.#upLabel;
    const label = this.#labels.idOf(outcome, reason, everyMs);
    this.#maxHoldMs = Math.max(this.#maxHoldMs, this.#labels.label(label).holdMs);
    return label;
  }

  /** Grows with everything that may change figures of the past: what came late, is damaged, or is not kept any more. */
  get revision(): number {
    return this.#revision;
  }

  /** Takes in the observations of one batch; true when a stretch must be rebuilt before figures are exact. */
  apply(columns: CheckColumns): boolean {
    this.#applyEdges(columns);
    forEachHour(columns.at_ms, (hour, rows) => this.#applyHour(columns, hour, rows));
    for (const threshold of this.#thresholds) threshold.count(columns);
    const totals = columns.values[TOTAL];
    if (totals !== undefined) {
      for (let i = 0; i < totals.length; i++) {
        const micros = totals[i] ?? null;
        if (micros !== null) this.durations.add(micros);
      }
    }
    return this.#dirtyHours.size > 0;
  }

  #applyEdges(columns: CheckColumns): void {
    const { at_ms: instants, up } = columns;
    if (columns.every_ms !== this.#everyMs) this.#changeInterval(columns.every_ms);
    const before = { firstMs: this.#edges.firstAtMs, holdsUntilMs: this.lastHoldsUntilMs };
    let newest = -1;
    let [fromMs, lastMs] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
    for (let i = 0; i < instants.length; i++) {
      const atMs = instants[i] ?? 0;
      if (atMs < fromMs) fromMs = atMs;
      if (atMs > lastMs) lastMs = atMs;
      const label = up[i] === 1 ? this.#upLabel : this.#labelNotUp(columns, i);
      if (!this.#edges.add(atMs, label)) this.#dirtyHours.add(hourOf(atMs));
      if (this.#meanwhile !== null) this.#meanwhile.push({ atMs, label });
      if (atMs > this.#newestAtMs) {
        this.#newestAtMs = atMs;
        newest = i;
      } else this.#revision++;
    }
    this.#noteChange({ fromMs, toMs: lastMs }, before);
    if (newest < 0) return;
    this.#newest = instants.length > MAX_COLUMNS_KEPT ? observationAt(columns, newest) : { columns, index: newest };
  }

  /** Silence from the last observation on, or behind these up to the next, may be something else than it was, too. */
  #noteChange(
    { fromMs, toMs: lastMs }: Interval,
    { firstMs, holdsUntilMs }: { readonly firstMs: number | null; readonly holdsUntilMs: number | null },
  ): void {
    // All silence before the first one is counted at its interval.
    if (firstMs === null || fromMs < firstMs) {
      this.changes.noteAll();
      return;
    }
    const nextMs = this.#edges.startAfter(lastMs) ?? lastMs;
    this.changes.note({
      fromMs: Math.min(fromMs, holdsUntilMs ?? fromMs),
      toMs: Math.max(lastMs + this.#maxHoldMs, nextMs),
    });
  }

  #changeInterval(everyMs: number): void {
    // How many runs are missing is counted at this interval everywhere.
    if (this.#everyMs !== 0) this.changes.noteAll();
    this.#everyMs = everyMs;
    this.#upLabel = this.#labels.idOf('up', null, everyMs);
    this.#maxHoldMs = Math.max(this.#maxHoldMs, this.#labels.label(this.#upLabel).holdMs);
  }

  #labelNotUp(columns: CheckColumns, index: number): number {
    return this.#labels.idOf(outcomeOf(columns.up[index]), columns.reasons[index] ?? null, columns.every_ms);
  }

  #applyHour(columns: CheckColumns, hour: number, rows: { readonly first: number; readonly end: number }): void {
    let up = 0;
    let down = 0;
    for (let i = rows.first; i < rows.end; i++) {
      const outcome = columns.up[i];
      if (outcome === 1) up++;
      else if (outcome === 0) down++;
    }
    this.#count('up', hour, up);
    this.#count('down', hour, down);
    this.#count('unknown', hour, rows.end - rows.first - up - down);
    this.recent.append(columns, hour, rows);
  }

  #count(outcome: Outcome, hour: number, count: number): void {
    if (count === 0) return;
    this.runsTotal[outcome] += count;
    this.#runs.add(hour, COLUMN[outcome], count);
  }

  /** The newest observation with its values; `null` before the first. */
  get last(): Observation | null {
    // Read once: every scrape asks for it, whether anything came since or not.
    if (this.#newest !== null && 'columns' in this.#newest)
      this.#newest = observationAt(this.#newest.columns, this.#newest.index);
    return this.#newest;
  }

  /** The interval at which the newest observation was made. */
  get everyMs(): number {
    const newest = this.#newest;
    if (newest === null) return this.#everyMs;
    return 'columns' in newest ? newest.columns.every_ms : newest.everyMs;
  }

  /** The time piece by piece with the interval of the observation before it, else of the first; empty without any. */
  everyMsIn(time: Interval): (Interval & { readonly everyMs: number })[] {
    return this.#edges
      .labelsIn(time)
      .map(({ fromMs, toMs, label }) => ({ fromMs, toMs, everyMs: this.#labels.label(label).everyMs }));
  }

  /** Instant of the newest observation; before every other instant when there is none. */
  get newestAtMs(): number {
    return this.#newestAtMs;
  }

  /** Instant of the first observation; `null` when there is none. */
  get firstAtMs(): number | null {
    return this.#edges.firstAtMs;
  }

  /** Until when the last observation speaks; `null` when there is none. */
  get lastHoldsUntilMs(): number | null {
    return this.#edges.lastHold?.untilMs ?? null;
  }

  /** Runs by outcome over the whole hours `[fromHour, toHour)`. */
  runsBetween(fromHour: number, toHour: number): Record<Outcome, number> {
    return {
      up: this.#runs.sum(fromHour, toHour, COLUMN.up),
      down: this.#runs.sum(fromHour, toHour, COLUMN.down),
      unknown: this.#runs.sum(fromHour, toHour, COLUMN.unknown),
    };
  }

  /**
   * The series inside the interval: what it says, and unknown where it is expected to speak and is silent. Elsewhere it
   * does not take part.
   */
  timeline(interval: Interval, expected: readonly Interval[]): Timeline {
    const timeline = timelineFrom(this.#edges.readings(interval.fromMs, interval.toMs), { expected, interval });
    if (this.#damaged.length === 0 && interval.fromMs >= this.#coveredFromMs) return timeline;
    const damaged = this.#damaged.map((one) => intersect(one, interval)).filter((one) => one !== null);
    const gone = intersect({ fromMs: Number.NEGATIVE_INFINITY, toMs: this.#coveredFromMs }, interval);
    return withUnknown(withUnknown(timeline, damaged, DAMAGED), gone === null ? [] : [gone], NOT_KEPT);
  }

  /** Says from which instant on anything is kept: everything before is unknown, whatever is remembered of it. */
  setCovered(fromMs: number): void {
    if (fromMs !== this.#coveredFromMs) this.#changeAll();
    this.#coveredFromMs = fromMs;
  }

  #changeAll(): void {
    this.#revision++;
    this.changes.noteAll();
  }

  /** Says which stretches were damaged where they are stored: unknown, whatever was counted of them. */
  setDamaged(stretches: readonly Interval[]): void {
    const damaged = mergeIntervals(stretches);
    if (!areSame(damaged, this.#damaged)) this.#changeAll();
    this.#damaged = damaged;
  }

  threshold(value: string, withinMicros: number): ThresholdCounter | null {
    return this.#thresholds.find((one) => one.value === value && one.withinMicros === withinMicros) ?? null;
  }

  get thresholds(): readonly ThresholdCounter[] {
    return this.#thresholds;
  }

  /** Counts these thresholds from now on and forgets others; returns those that lack the runs of the past. */
  setThresholds(wanted: readonly Threshold[]): ThresholdCounter[] {
    const isFresh = this.#edges.length === 0;
    const added: ThresholdCounter[] = [];
    this.#thresholds = wanted.map((one) => {
      const present = this.threshold(one.value, one.withinMicros);
      if (present !== null) return present;
      const counter = new ThresholdCounter(one, isFresh);
      if (!isFresh) added.push(counter);
      return counter;
    });
    return added;
  }

  /** Begins a rebuild of everything that is not exact; until it is finished or abandoned arrivals are remembered. */
  beginRebuild(): Rebuild {
    const hours = [...this.#dirtyHours].map((hour) => ({ fromMs: hour * HOUR_MS, toMs: (hour + 1) * HOUR_MS }));
    this.#dirtyHours.clear();
    this.#meanwhile = [];
    return { stretches: mergeIntervals(hours), aroundMs: this.#maxHoldMs, marks: [] };
  }

  /** Puts what was read in place; true when another rebuild is needed because of what arrived meanwhile. */
  finishRebuild(rebuild: Rebuild): boolean {
    // The journal was read as it stood at the beginning; rows may have grown across the stretch's ends since.
    const meanwhile = this.#meanwhile ?? [];
    this.#meanwhile = null;
    this.#revision++;
    for (const { fromMs, toMs } of rebuild.stretches) {
      this.changes.note({ fromMs: fromMs - this.#maxHoldMs, toMs: toMs + this.#maxHoldMs });
      this.#edges.splice(fromMs, toMs, [...around(rebuild, fromMs, toMs), ...meanwhile]);
    }
    return this.#dirtyHours.size > 0;
  }

  abandonRebuild(rebuild: Rebuild): void {
    this.#meanwhile = null;
    this.#markDirty(rebuild.stretches);
  }

  /** The observations of some columns as a rebuild needs them. */
  *marks(columns: CheckColumns): Generator<Mark> {
    for (const [index, atMs] of columns.at_ms.entries()) yield { atMs, label: this.#labelNotUp(columns, index) };
  }

  #markDirty(stretches: readonly Interval[]): void {
    for (const { fromMs, toMs } of stretches) {
      for (let hour = hourOf(fromMs); hour * HOUR_MS < toMs; hour++) this.#dirtyHours.add(hour);
    }
  }

  /** Bytes held, by part; small objects are not counted. */
  get bytes(): { readonly edges: number; readonly hours: number; readonly recent: number } {
    const thresholds = this.#thresholds.reduce((total, one) => total + one.bytes, 0);
    return { edges: this.#edges.bytes, hours: this.#runs.bytes + thresholds, recent: this.recent.bytes };
  }
}

function around({ marks, aroundMs }: Rebuild, fromMs: number, toMs: number): Mark[] {
  return marks.filter(({ atMs }) => atMs >= fromMs - aroundMs && atMs <= toMs + aroundMs);
}
