import { setImmediate as nextTurn } from 'node:timers/promises';
import type { CheckColumns } from '@nines/shared/wire.ts';
import { type Interval, mergeIntervals } from '../sla/interval.ts';
import type { PackedThresholdWeek, SeriesRuns } from '../store/archive.ts';
import { toCheckColumns } from '../store/check-columns.ts';
import type { RunColumns } from '../store/run-columns.ts';
import { RunsBuilder } from '../store/runs-builder.ts';
import type { JournalEntry, Store } from '../store/store.ts';
import { clockShiftMs, disbelieved, type MovedEntries } from './clock-skew.ts';
import type { Threshold } from './thresholds.ts';

/** The part of the store that evaluation reads. */
export type Journal = Pick<Store, 'tail' | 'entriesBetween' | 'sealedRuns' | 'thresholdWeeks' | 'holdStill'>;

/** Entries read before others get a turn on the event loop. */
const ENTRIES_A_TURN = 64;

/** A journal entry as it counts: its observations at believed instants. */
export interface CountedEntry {
  readonly position: number;
  readonly agent: string;
  readonly checks: readonly CheckColumns[];
  /** How far the observations were moved; `null` when the agent's own instants are believed. */
  readonly shiftMs: number | null;
}

/** How an entry counts, whether it just arrived or is read back. */
export function countedEntry(entry: JournalEntry, maxSkewMs: number): CountedEntry {
  const { agent, checks } = entry.batch;
  const shiftMs = clockShiftMs(entry, maxSkewMs);
  if (shiftMs === null) return { position: entry.position, agent, checks, shiftMs };
  return { position: entry.position, agent, checks: checks.map((one) => disbelieved(one, shiftMs)), shiftMs };
}

export interface JournalReaderOptions {
  readonly journal: Journal;
  readonly maxSkewMs: number;
  readonly moved: MovedEntries;
}

/** What a read is about: intervals, and checks whose sealed runs belong to it. */
export interface ReadScope {
  readonly intervals: readonly Interval[];
  readonly checks: readonly string[];
  /** Names of the values that are looked at; all of them when absent. */
  readonly values?: readonly string[];
}

/** Sealed runs are read in pieces of this length. */
const SEALED_PIECE_MS = 7 * 86_400_000;

/** Reads the journal back, and what is sealed of it, in the terms of the head, without keeping the event loop to itself. */
export class JournalReader {
  readonly #options: JournalReaderOptions;

  constructor(options: JournalReaderOptions) {
    this.#options = options;
  }

  /**
   * Every entry that may count in one of the intervals; an entry may come more than once. Sealed runs come as entries of
   * negative positions. Rejects with `StoreError`.
   */
  async *between(scope: ReadScope): AsyncGenerator<CountedEntry> {
    const { journal, moved } = this.#options;
    const { intervals } = scope;
    const release = await journal.holdStill();
    try {
      for (const { fromMs, toMs } of mergeIntervals(intervals.flatMap((one) => moved.placesFor(one)))) {
        yield* this.#counted(journal.entriesBetween(fromMs, toMs));
      }
      let position = 0;
      for await (const { agent, check, runs } of this.#sealed(scope)) {
        yield { position: --position, agent, checks: toCheckColumns(check, runs), shiftMs: null };
      }
    } finally {
      release();
    }
  }

  /** The observations of the checks, at least all that count in the intervals, each once. Rejects with `StoreError`. */
  async *runs(scope: ReadScope): AsyncGenerator<SeriesRuns> {
    const { journal, moved } = this.#options;
    const checks = new Set(scope.checks);
    const seen = new Set<number>();
    const release = await journal.holdStill();
    try {
      for (const { fromMs, toMs } of mergeIntervals(scope.intervals.flatMap((one) => moved.placesFor(one)))) {
        for await (const { position, agent, checks: all } of this.#counted(journal.entriesBetween(fromMs, toMs))) {
          if (seen.has(position)) continue;
          seen.add(position);
          for (const columns of all) {
            if (checks.has(columns.check)) yield { agent, check: columns.check, runs: runsOf(columns) };
          }
        }
      }
      yield* this.#sealed(scope);
    } finally {
      release();
    }
  }

  async *#sealed({ intervals, ...wanted }: ReadScope): AsyncGenerator<SeriesRuns> {
    for (const interval of mergeIntervals(intervals)) {
      for (let fromMs = interval.fromMs; fromMs < interval.toMs; fromMs += SEALED_PIECE_MS) {
        const toMs = Math.min(interval.toMs, fromMs + SEALED_PIECE_MS);
        yield* await this.#options.journal.sealedRuns({ ...wanted, fromMs, toMs });
      }
    }
  }

  /** Counts of what is sealed, see `Archive`. Rejects with `StoreError`. */
  thresholdWeeks(threshold: Threshold): Promise<readonly PackedThresholdWeek[]> {
    return this.#options.journal.thresholdWeeks(threshold);
  }

  /** Every entry up to and with a position that is not sealed. Rejects with `StoreError`. */
  async *upTo(position: number): AsyncGenerator<CountedEntry> {
    for await (const entry of this.#counted(this.#options.journal.tail(0))) {
      if (entry.position > position) return;
      yield entry;
    }
  }

  async *#counted(entries: AsyncIterable<JournalEntry>): AsyncGenerator<CountedEntry> {
    let read = 0;
    for await (const entry of entries) {
      yield countedEntry(entry, this.#options.maxSkewMs);
      if (++read % ENTRIES_A_TURN === 0) await nextTurn();
    }
  }
}

function runsOf(columns: CheckColumns): RunColumns {
  const builder = new RunsBuilder();
  builder.addColumns(columns);
  return builder.build();
}
