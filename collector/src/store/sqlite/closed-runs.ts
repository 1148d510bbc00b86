import { type AgentSeen, AgentsSeen } from '../../evaluate/agents-seen.ts';
import type { CountedEntry } from '../../evaluate/journal-reader.ts';
import { RunsBuilder } from '../runs-builder.ts';
import type { JournalEntry } from '../store.ts';
import type { DeliveredBatch } from './delivered-ranges.ts';
import type { UnreadableBatch } from './set-aside.ts';

/** The observations of one series that are to be sealed. */
export interface ClosedSeries {
  readonly agent: string;
  readonly check: string;
  readonly builder: RunsBuilder;
}

/** What one step takes out of the journal, gathered by series batch by batch: no batch stays in memory as it was read. */
export class ClosedRuns {
  readonly positions: number[] = [];
  readonly batches: DeliveredBatch[] = [];
  /** Batches that are to be set aside. */
  readonly unreadable: UnreadableBatch[] = [];
  readonly #agents = new AgentsSeen();
  readonly #byAgent = new Map<string, Map<string, ClosedSeries>>();
  readonly #expectedRows: number;
  #observations = 0;

  /**
   * `known` is what agents said of themselves in batches that were sealed before; `expectedRows` about how many
   * observations a series will have: columns that grow again and again cost more than coding them.
   */
  constructor(known: readonly AgentSeen[], expectedRows: number) {
    this.#expectedRows = expectedRows;
    for (const seen of known) this.#agents.restore(seen);
  }

  get observations(): number {
    return this.#observations;
  }

  get agents(): readonly AgentSeen[] {
    return this.#agents.all();
  }

  add(entry: JournalEntry, { agent, checks, shiftMs, position }: CountedEntry): void {
    this.positions.push(position);
    const { spool, sequence } = entry.batch;
    this.batches.push({ agent: entry.batch.agent, spool, sequence });
    this.#agents.note(entry, shiftMs);
    const ofAgent = this.#byAgent.get(agent) ?? new Map<string, ClosedSeries>();
    this.#byAgent.set(agent, ofAgent);
    for (const columns of checks) {
      const { check, at_ms: instants } = columns;
      const found = ofAgent.get(check) ?? { agent, check, builder: new RunsBuilder(this.#expectedRows) };
      ofAgent.set(check, found);
      found.builder.addColumns(columns);
      this.#observations += instants.length;
    }
  }

  /** The most observations that a series has. */
  get longest(): number {
    let longest = 0;
    for (const { builder } of this.series()) longest = Math.max(longest, builder.length);
    return longest;
  }

  *series(): Generator<ClosedSeries> {
    for (const ofAgent of this.#byAgent.values()) yield* ofAgent.values();
  }
}
