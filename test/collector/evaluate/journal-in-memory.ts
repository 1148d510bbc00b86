import type { Observation } from '@nines/shared/observation.ts';
import { toColumns } from '@nines/shared/wire.ts';
import type { Journal } from '../../../collector/src/evaluate/journal-reader.ts';
import type { JournalEntry } from '../../../collector/src/store/store.ts';

/** The reading half of a store, as strict as its promises allow: nothing outside the asked interval comes. */
export class JournalInMemory implements Journal {
  readonly entries: JournalEntry[] = [];
  /** Awaited before each entry is handed out; lets a test act in the middle of a read. */
  beforeEach: () => Promise<void> = async () => {};
  reads = 0;

  /** Appends a batch of one agent and returns its entry. */
  append(agent: string, observations: readonly Observation[], fields: Partial<JournalEntry> = {}): JournalEntry {
    const position = this.entries.length + 1;
    const checks = toColumns(observations);
    const newestMs = Math.max(...observations.map((one) => one.atMs));
    const batch = { version: 1, agent, spool: 'spool-0001', sequence: position, checks } as const;
    const entry: JournalEntry = { position, batch, receivedAtMs: newestMs + 5_000, skewMs: 0, ...fields };
    this.entries.push(entry);
    return entry;
  }

  async *tail(afterPosition: number): AsyncGenerator<JournalEntry> {
    this.reads++;
    for (const entry of [...this.entries].sort((a, b) => a.position - b.position)) {
      await this.beforeEach();
      if (entry.position > afterPosition) yield entry;
    }
  }

  async *entriesBetween(fromMs: number, toMs: number): AsyncGenerator<JournalEntry> {
    this.reads++;
    // A read sees what was there when it began.
    for (const entry of [...this.entries]) {
      await this.beforeEach();
      const isIn = (atMs: number) => atMs >= fromMs && atMs < toMs;
      if (entry.batch.checks.some((columns) => columns.at_ms.some(isIn))) yield entry;
    }
  }

  /** Nothing is ever sealed here. */
  async sealedRuns(): Promise<readonly never[]> {
    return [];
  }

  async thresholdWeeks(): Promise<readonly never[]> {
    return [];
  }

  async holdStill(): Promise<() => void> {
    return () => {};
  }
}
