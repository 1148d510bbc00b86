import type { Database, Statement } from 'better-sqlite3';
import type { ContractVersion, RecordedContract } from '../contracts.ts';

/** What contract versions said, a part of a migration in `schema.ts`. Nothing in it ever changes, by hand neither. */
export const CONTRACTS_SCHEMA = `
  CREATE TABLE contract_versions (
    contract TEXT NOT NULL,
    version INTEGER NOT NULL,
    digest TEXT NOT NULL,
    canonical TEXT NOT NULL,
    recorded_at_ms INTEGER NOT NULL,
    PRIMARY KEY (contract, version)
  ) STRICT;
  CREATE TRIGGER contract_versions_are_never_edited BEFORE UPDATE ON contract_versions
    BEGIN SELECT RAISE(ABORT, 'a recorded contract version is never edited'); END;
  CREATE TRIGGER contract_versions_are_never_removed BEFORE DELETE ON contract_versions
    BEGIN SELECT RAISE(ABORT, 'a recorded contract version is never removed'); END;
`;

/** Writes contract versions. Synchronous; throws what SQLite throws. */
export class ContractTable {
  readonly #database: Database;
  readonly #known: Statement<[string, number], number>;
  readonly #insert: Statement;

  constructor(database: Database) {
    this.#database = database;
    this.#known = database
      .prepare<[string, number], number>('SELECT 1 FROM contract_versions WHERE contract = ? AND version = ?')
      .pluck();
    this.#insert = database.prepare('INSERT INTO contract_versions VALUES (?, ?, ?, ?, ?)');
  }

  /** See `ContractStore.recordContracts`. Writes nothing when all are known, so a full disk is no obstacle. */
  record(versions: readonly ContractVersion[], atMs: number): void {
    const record = this.#database.transaction(() => {
      for (const { contract, version, digest, canonical } of versions) {
        if (this.#known.get(contract, version) === undefined) {
          this.#insert.run(contract, version, digest, canonical, atMs);
        }
      }
    });
    record.immediate();
  }
}

/** Every recorded version, in order. Synchronous; throws what SQLite throws. */
export function readContracts(database: Database): RecordedContract[] {
  return database
    .prepare<unknown[], RecordedContract>(
      `SELECT contract, version, digest, canonical, recorded_at_ms AS recordedAtMs
       FROM contract_versions ORDER BY contract, version`,
    )
    .all();
}
