import { mkdirSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { configErrorAt, errorMessage } from '@nines/shared/errors.ts';
import type { Observation } from '@nines/shared/observation.ts';
import { isJournalName, parseBatchName } from './batch-name.ts';
import { type BatchIdentity, readJournal } from './journal.ts';
import type { PendingBatch } from './pending.ts';

/** What an earlier process left in a spool. */
export interface SpoolContents {
  /** Closed batches, oldest first. */
  readonly batches: readonly PendingBatch[];
  /** Batches that were still being filled; each to be closed under its own identity and its journal deleted. */
  readonly open: readonly {
    readonly path: string;
    readonly identity: BatchIdentity;
    readonly observations: readonly Observation[];
  }[];
}

/** Makes the folder when it is missing. Throws `ConfigError` when that is not possible. */
export function makeSpoolDirectory(directory: string): void {
  try {
    mkdirSync(directory, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw configErrorAt(directory, errorMessage(error), 'spool.directory');
  }
}

/** Reads a spool that no process uses, and deletes what is of no use: half-written files, journals of closed batches. */
export function readSpool(directory: string): SpoolContents {
  const names = readdirSync(directory).sort();
  const batches: PendingBatch[] = [];
  for (const text of names) {
    const name = parseBatchName(text);
    if (name !== null) batches.push({ name, bytes: statSync(join(directory, text)).size, body: null });
    else if (text.endsWith('.tmp')) rmSync(join(directory, text));
  }
  const closed = new Set(batches.map(({ name }) => `${name.spool} ${name.sequence}`));
  const open = [];
  for (const text of names.filter(isJournalName)) {
    const path = join(directory, text);
    const journal = readJournal(path);
    const isClosed = journal !== null && closed.has(`${journal.identity.spool} ${journal.identity.sequence}`);
    if (journal === null || isClosed || journal.observations.length === 0) rmSync(path);
    else open.push({ path, ...journal });
  }
  return { batches, open };
}
