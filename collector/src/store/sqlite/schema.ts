import type { Database } from 'better-sqlite3';
import { ALERTS_SCHEMA, NOTICES_SCHEMA } from './alert-table.ts';
import { CONTRACTS_SCHEMA } from './contract-table.ts';
import { DELIVERED_SCHEMA } from './delivered-ranges.ts';
import { EVENTS_SCHEMA } from './event-table.ts';
import { LEDGER_SCHEMA } from './ledger-table.ts';
import { REMOTE_WRITE_SCHEMA } from './remote-table.ts';
import { SET_ASIDE_SCHEMA } from './set-aside.ts';
import { BACKFILL_SCHEMA } from './threshold-backfill.ts';

/** "NINE" in the file's header: what tells a store from any other SQLite file. */
export const APPLICATION_ID = 0x4e494e45;

/**
 * Step N brings a file from `user_version` N to N + 1. Forward only: a step that was released is never edited.
 *
 * `deliveries` marks the journal's batches, `delivered` those that left it: a batch of last year is a duplicate for ever.
 * AUTOINCREMENT: a position is not used twice even when the newest rows are gone.
 */
export const MIGRATIONS: readonly string[] = [
  `
  CREATE TABLE spools (
    id INTEGER PRIMARY KEY,
    agent TEXT NOT NULL,
    spool TEXT NOT NULL,
    UNIQUE (agent, spool)
  ) STRICT;
  CREATE TABLE deliveries (
    spool INTEGER NOT NULL REFERENCES spools (id),
    sequence INTEGER NOT NULL,
    position INTEGER NOT NULL,
    PRIMARY KEY (spool, sequence)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE journal (
    position INTEGER PRIMARY KEY AUTOINCREMENT,
    spool INTEGER NOT NULL REFERENCES spools (id),
    sequence INTEGER NOT NULL,
    received_at_ms INTEGER NOT NULL,
    skew_ms INTEGER,
    min_at_ms INTEGER NOT NULL,
    max_at_ms INTEGER NOT NULL,
    observations INTEGER NOT NULL,
    encoding INTEGER NOT NULL,
    body BLOB NOT NULL
  ) STRICT;
  CREATE INDEX journal_by_instant ON journal (max_at_ms, min_at_ms);
  CREATE TABLE tokens (
    sha256 BLOB PRIMARY KEY,
    agent TEXT NOT NULL,
    created_at_ms INTEGER NOT NULL,
    revoked_at_ms INTEGER
  ) STRICT, WITHOUT ROWID;
  `,
  // Figures of the past depend on who was to run a check then: the configuration knows only who is to run it now.
  `
  CREATE TABLE assignments (
    check_id TEXT NOT NULL,
    agent TEXT NOT NULL,
    from_ms INTEGER NOT NULL,
    to_ms INTEGER,
    PRIMARY KEY (check_id, agent, from_ms)
  ) STRICT, WITHOUT ROWID;
  `,
  // The sample store. `series` is a check as one agent sees it; days and weeks are counted from 1970-01-01 UTC.
  // `from_ms` and `to_ms` of a chunk are its first and last instant; chunks of a series never overlap.
  `
  CREATE TABLE series (
    id INTEGER PRIMARY KEY,
    agent TEXT NOT NULL,
    check_id TEXT NOT NULL,
    UNIQUE (agent, check_id)
  ) STRICT;
  CREATE TABLE chunks (
    series INTEGER NOT NULL REFERENCES series (id),
    from_ms INTEGER NOT NULL,
    to_ms INTEGER NOT NULL,
    observations INTEGER NOT NULL,
    body BLOB NOT NULL,
    PRIMARY KEY (series, from_ms)
  ) STRICT;
  CREATE INDEX chunks_by_end ON chunks (to_ms);
  CREATE TABLE weeks (
    series INTEGER NOT NULL REFERENCES series (id),
    week INTEGER NOT NULL,
    is_merged INTEGER NOT NULL,
    body BLOB NOT NULL,
    PRIMARY KEY (series, week)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX weeks_to_merge ON weeks (week) WHERE is_merged = 0;
  CREATE TABLE days (
    series INTEGER NOT NULL REFERENCES series (id),
    day INTEGER NOT NULL,
    up INTEGER NOT NULL,
    down INTEGER NOT NULL,
    unknown INTEGER NOT NULL,
    durations BLOB,
    PRIMARY KEY (series, day)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE hours (
    series INTEGER NOT NULL REFERENCES series (id),
    day INTEGER NOT NULL,
    body BLOB NOT NULL,
    PRIMARY KEY (series, day)
  ) STRICT;
  CREATE TABLE series_states (
    series INTEGER PRIMARY KEY REFERENCES series (id),
    state TEXT NOT NULL
  ) STRICT;
  CREATE TABLE agent_states (
    agent TEXT PRIMARY KEY,
    state TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE thresholds (
    id INTEGER PRIMARY KEY,
    check_id TEXT NOT NULL,
    value TEXT NOT NULL,
    within_micros INTEGER NOT NULL,
    UNIQUE (check_id, value, within_micros)
  ) STRICT;
  CREATE TABLE threshold_weeks (
    threshold INTEGER NOT NULL REFERENCES thresholds (id),
    series INTEGER NOT NULL REFERENCES series (id),
    week INTEGER NOT NULL,
    body BLOB NOT NULL,
    PRIMARY KEY (threshold, series, week)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE damages (
    series INTEGER NOT NULL REFERENCES series (id),
    from_ms INTEGER NOT NULL,
    to_ms INTEGER NOT NULL,
    what TEXT NOT NULL,
    PRIMARY KEY (series, from_ms, what)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE retained (
    class TEXT PRIMARY KEY,
    from_ms INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  `,
  EVENTS_SCHEMA,
  LEDGER_SCHEMA,
  CONTRACTS_SCHEMA,
  DELIVERED_SCHEMA,
  SET_ASIDE_SCHEMA,
  BACKFILL_SCHEMA,
  // 1 once durations of a series were rounded to half a percent: what was counted of them before is exact all the same.
  'ALTER TABLE series ADD COLUMN is_rounded INTEGER NOT NULL DEFAULT 0;',
  ALERTS_SCHEMA,
  NOTICES_SCHEMA,
  REMOTE_WRITE_SCHEMA,
];

export const SCHEMA_VERSION = MIGRATIONS.length;

/** Brings an inspected file to `SCHEMA_VERSION`, all steps or none. */
export function migrate(database: Database): void {
  const steps = database.transaction(() => {
    const version = Number(database.pragma('user_version', { simple: true }));
    for (const step of MIGRATIONS.slice(version)) database.exec(step);
    database.pragma(`application_id = ${APPLICATION_ID}`);
    database.pragma(`user_version = ${SCHEMA_VERSION}`);
  });
  steps.immediate();
}
