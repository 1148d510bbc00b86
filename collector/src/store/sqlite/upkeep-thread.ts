import { workerData } from 'node:worker_threads';
import Sqlite, { type Database } from 'better-sqlite3';
import type { PackedThresholdWeek, Retention, SealedThreshold, ThresholdProgress, UpkeepReport } from '../archive.ts';
import { RetentionKeeper } from './retention-keeper.ts';
import { Sealer, type SealerOptions } from './sealer.ts';
import { serveThread, type Verb } from './thread-link.ts';

/** What the upkeep thread is started with. */
export interface UpkeepSettings extends SealerOptions {
  readonly file: string;
}

/** What the upkeep thread answers. */
export type UpkeepVerbs = {
  readonly makeReady: Verb<{ nowMs: number }, null>;
  readonly step: Verb<{ nowMs: number; retention: Retention }, UpkeepReport>;
  readonly prepareThresholds: Verb<readonly SealedThreshold[], readonly ThresholdProgress[]>;
  readonly thresholdWeeks: Verb<SealedThreshold, readonly PackedThresholdWeek[]>;
};

// Safe: only store-threads.ts starts this file, with exactly these settings.
const { file, ...options } = workerData as UpkeepSettings;
let database: Database | null = null;
let opened: Sealer | null = null;
let keeper: RetentionKeeper | null = null;

/** Sealing first: what waits in the journal is read again at every start. */
function step(nowMs: number, retention: Retention): UpkeepReport {
  const report = sealer().step(nowMs);
  if (report.hasMore) return report;
  const removed = keeper?.step(nowMs, retention) ?? 0;
  return { ...report, removed, hasMore: removed > 0 };
}

function sealer(): Sealer {
  if (opened !== null) return opened;
  database = new Sqlite(file, { fileMustExist: true });
  database.pragma('synchronous = FULL');
  // Checkpoints have a thread of their own: here one would hold up the next step and whoever waits for the lock.
  database.pragma('wal_autocheckpoint = 0');
  opened = new Sealer(database, options);
  keeper = new RetentionKeeper(database);
  return opened;
}

serveThread<UpkeepVerbs>(
  file,
  {
    makeReady: ({ nowMs }) => {
      sealer().makeReady(nowMs);
      return null;
    },
    step: ({ nowMs, retention }) => step(nowMs, retention),
    prepareThresholds: (wanted) => sealer().prepareThresholds(wanted),
    thresholdWeeks: (threshold) => sealer().thresholdWeeks(threshold),
  },
  () => database?.close(),
);
