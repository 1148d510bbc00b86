import { DURATION_VALUES } from '@nines/shared/probes/duration-values.ts';
import type { Interval } from '../sla/interval.ts';
import type { Archive, Damage, PackedWeek, SeriesRuns } from '../store/archive.ts';
import { toCheckColumns } from '../store/check-columns.ts';
import { RollupError } from '../store/rollup/packed.ts';
import { unpackWeekRows, type WeekRows } from '../store/rollup/week.ts';
import type { JournalEntry } from '../store/store.ts';
import { type AgentSeen, AgentsSeen, disbelievedOf } from './agents-seen.ts';
import { DEFAULT_MAX_SKEW_MS, MovedEntries } from './clock-skew.ts';
import { HOUR_MS } from './hour-counters.ts';
import { type CountedEntry, countedEntry, type Journal, JournalReader, type ReadScope } from './journal-reader.ts';
import { Labels } from './labels.ts';
import { Positions } from './positions.ts';
import { RunHours } from './run-hours.ts';
import { Series } from './series.ts';
import {
  countSealed,
  type RebuiltStretch,
  type Recount,
  rebuildSeries,
  recountThresholds,
  seriesKey,
} from './settle.ts';
import type { Threshold, ThresholdCounter } from './thresholds.ts';

export interface HeadOptions {
  /** Where everything that the head forgets can be read again. */
  readonly journal: Journal;
  /** Clock difference beyond which an agent's instants are not believed. */
  readonly maxSkewMs?: number;
  /** What latency objectives need counted from the beginning on. */
  readonly thresholds?: readonly Threshold[];
  /** Names of the values whose every run of the last day is kept; all durations of all probe types unless given. */
  readonly keptValues?: ReadonlySet<string>;
  /** Told after late observations made figures of the past change. */
  readonly onRebuilt?: (stretches: readonly RebuiltStretch[]) => void;
}

const WEEK_MS = 168 * HOUR_MS;

/**
 * The live state: a cache in memory of what the journal says, built from its entries in any order. Exact at every
 * moment but for late observations inside a stretch of another outcome, which `settle` reads again from the journal.
 */
export class Head {
  /** The runs of single hours, for what counters do not tell. */
  readonly runHours: RunHours;
  readonly #options: HeadOptions;
  readonly #maxSkewMs: number;
  readonly #kept: ReadonlySet<string>;
  readonly #reader: JournalReader;
  readonly #labels = new Labels();
  readonly #applied = new Positions();
  readonly #moved = new MovedEntries();
  readonly #agents = new AgentsSeen();
  readonly #byAgent = new Map<string, Map<string, Series>>();
  readonly #byCheck = new Map<string, Series[]>();
  readonly #dirty = new Set<Series>();
  readonly #recounts: Recount[] = [];
  #thresholds = new Map<string, Threshold[]>();
  readonly #damagedWeeks: Damage[] = [];
  #coveredFromMs = Number.NEGATIVE_INFINITY;
  #eventsFromMs = Number.NEGATIVE_INFINITY;
  #settling: Promise<readonly RebuiltStretch[]> | null = null;

  constructor(options: HeadOptions) {
    this.#options = options;
    this.#maxSkewMs = options.maxSkewMs ?? DEFAULT_MAX_SKEW_MS;
    this.#kept = options.keptValues ?? DURATION_VALUES;
    this.#reader = new JournalReader({ journal: options.journal, maxSkewMs: this.#maxSkewMs, moved: this.#moved });
    this.runHours = new RunHours(this.#reader);
    this.#thresholds = Map.groupBy(options.thresholds ?? [], ({ check }) => check);
  }

  /** Takes over what is sealed; before the first entry is applied. Rejects with `StoreError`. */
  async load(archive: Pick<Archive, 'sealed' | 'sealedAgents'>): Promise<void> {
    for (const seen of await archive.sealedAgents()) this.#agents.restore(parseAgentSeen(seen));
    const counters = new Map<string, readonly ThresholdCounter[]>();
    for await (const { agent, check, state, weeks } of archive.sealed()) {
      const series = this.#newSeries(this.#seriesByCheck(agent), check, agent);
      series.restore(state, this.#readableWeeks({ agent, check }, weeks));
      if (series.thresholds.length > 0) counters.set(seriesKey(agent, check), series.thresholds);
    }
    for (const [counter, counted] of await countSealed(counters, this.#reader)) counter.addAll(counted);
  }

  /** The oldest instant of which anything is known: what retention has let go is before it. */
  get coveredFromMs(): number {
    return this.#coveredFromMs;
  }

  /** The oldest instant of which events are kept: what ended before is gone. */
  get eventsFromMs(): number {
    return this.#eventsFromMs;
  }

  setEventsCovered(fromMs: number): void {
    this.#eventsFromMs = fromMs;
  }

  setCovered(fromMs: number): void {
    this.#coveredFromMs = fromMs;
    for (const series of this.series()) series.setCovered(fromMs);
  }

  /** Says which stored stretches are damaged; those of earlier calls are forgotten. */
  setDamages(damages: readonly Damage[]): void {
    const bySeries = Map.groupBy([...this.#damagedWeeks, ...damages], ({ agent, check }) => seriesKey(agent, check));
    for (const series of this.series()) {
      series.setDamaged(bySeries.get(seriesKey(series.agent, series.check)) ?? []);
    }
  }

  /** A week that cannot be read is a stretch of which nothing is known; the others are as good as ever. */
  #readableWeeks({ agent, check }: Pick<Damage, 'agent' | 'check'>, weeks: readonly PackedWeek[]): WeekRows[] {
    return weeks.flatMap(({ week, body }) => {
      try {
        return [unpackWeekRows(week, body)];
      } catch (error) {
        if (!(error instanceof RollupError)) throw error;
        const stretch = { fromMs: week * WEEK_MS, toMs: (week + 1) * WEEK_MS };
        this.#damagedWeeks.push({ agent, check, ...stretch, what: error.message });
        return [];
      }
    });
  }

  /** Weeks whose counts could not be read at the start. */
  get damagedWeeks(): readonly Damage[] {
    return this.#damagedWeeks;
  }

  /** Puts the sealed runs since `fromMs` of some checks back where charts read them. Rejects with `StoreError`. */
  async loadRecent(archive: Pick<Archive, 'sealedRuns'>, checks: readonly string[], interval: Interval): Promise<void> {
    const values = [...this.#kept];
    for (const { agent, check, runs } of await archive.sealedRuns({ checks, ...interval, values })) {
      const series = this.#byAgent.get(agent)?.get(check);
      for (const columns of toCheckColumns(check, runs)) series?.restoreRecent(columns);
      series?.recent.beginAt(Math.ceil(interval.fromMs / HOUR_MS));
    }
  }

  /** Takes in a journal entry, in any order; false when its position was taken in before. */
  apply(entry: JournalEntry): boolean {
    if (!this.#applied.add(entry.position)) return false;
    const { agent, checks, shiftMs } = countedEntry(entry, this.#maxSkewMs);
    if (shiftMs !== null) this.#moved.add(entry, shiftMs);
    this.#agents.note(entry, disbelievedOf(entry, shiftMs));
    const ofAgent = this.#seriesByCheck(agent);
    for (const columns of checks) {
      const series = ofAgent.get(columns.check) ?? this.#newSeries(ofAgent, columns.check, agent);
      if (series.apply(columns)) this.#dirty.add(series);
    }
    return true;
  }

  /** Observations read back, see `JournalReader.between`. Rejects with `StoreError`. */
  read(scope: ReadScope): AsyncGenerator<CountedEntry> {
    return this.#reader.between(scope);
  }

  /** The same in typed columns, see `JournalReader.runs`. Rejects with `StoreError`. */
  readRuns(scope: ReadScope): AsyncGenerator<SeriesRuns> {
    return this.#reader.runs(scope);
  }

  /** Greatest journal position taken in; 0 before the first. */
  get position(): number {
    return this.#applied.last;
  }

  /** Every series, in order of appearance. */
  *series(): Generator<Series> {
    for (const ofCheck of this.#byCheck.values()) yield* ofCheck;
  }

  /** The series of a check, one for each agent that ever ran it. */
  seriesOf(check: string): readonly Series[] {
    return this.#byCheck.get(check) ?? [];
  }

  /** The agents that ever sent something. */
  agents(): readonly AgentSeen[] {
    return this.#agents.all();
  }

  agent(name: string): AgentSeen | null {
    return this.#agents.get(name);
  }

  /**
   * Names what latency objectives need counted; what is new is counted for the past too, by the next `settle`. `release`
   * ends the caller's `Archive.holdStill`: between this call and that count nothing may leave the journal.
   */
  setThresholds(thresholds: readonly Threshold[], release: () => void = () => {}): void {
    this.#thresholds = Map.groupBy(thresholds, ({ check }) => check);
    const counters = new Map<string, readonly ThresholdCounter[]>();
    for (const series of this.series()) {
      const added = series.setThresholds(this.#thresholds.get(series.check) ?? []);
      if (added.length > 0) counters.set(seriesKey(series.agent, series.check), added);
    }
    if (counters.size > 0) this.#recounts.push({ counters, applied: this.#applied.copy(), release });
    else release();
  }

  /** Whether every figure is exact without reading the journal. */
  get isSettled(): boolean {
    return this.#dirty.size === 0 && this.#recounts.length === 0 && this.#settling === null;
  }

  /**
   * Makes every figure exact: reads again what late observations touched and counts new thresholds. Resolves with what
   * was rebuilt; at once when nothing was. Rejects with `StoreError`; then a later call tries again.
   */
  settle(): Promise<readonly RebuiltStretch[]> {
    this.#settling ??= this.#settleAll().finally(() => {
      this.#settling = null;
    });
    return this.#settling;
  }

  async #settleAll(): Promise<readonly RebuiltStretch[]> {
    const all: RebuiltStretch[] = [];
    while (this.#dirty.size > 0) {
      const dirty = [...this.#dirty];
      const { rebuilt, again } = await rebuildSeries(dirty, this.#reader);
      for (const series of dirty) if (!again.includes(series)) this.#dirty.delete(series);
      all.push(...rebuilt);
    }
    for (let recount = this.#recounts[0]; recount !== undefined; recount = this.#recounts[0]) {
      await recountThresholds(recount, this.#reader);
      this.#recounts.shift();
    }
    if (all.length > 0) this.#options.onRebuilt?.(all);
    return all;
  }

  #seriesByCheck(agent: string): Map<string, Series> {
    let ofAgent = this.#byAgent.get(agent);
    if (ofAgent === undefined) {
      ofAgent = new Map();
      this.#byAgent.set(agent, ofAgent);
    }
    return ofAgent;
  }

  #newSeries(ofAgent: Map<string, Series>, check: string, agent: string): Series {
    const series = new Series({ check, agent }, this.#labels, this.#kept);
    series.setThresholds(this.#thresholds.get(check) ?? []);
    series.setCovered(this.#coveredFromMs);
    ofAgent.set(check, series);
    const ofCheck = this.#byCheck.get(check);
    if (ofCheck === undefined) this.#byCheck.set(check, [series]);
    else ofCheck.push(series);
    return series;
  }
}

/** Safe: only sealing writes these, from what `AgentsSeen` holds. */
function parseAgentSeen(text: string): AgentSeen {
  return JSON.parse(text) as AgentSeen;
}
