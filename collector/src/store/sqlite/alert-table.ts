import type { Database, Statement } from 'better-sqlite3';
import type { Alert } from '../../alerts/alert.ts';
import type { AlertChanges } from '../alerts.ts';

/** What is wrong at present, a part of a migration in `schema.ts`. `body` is the alert as JSON, its key included. */
export const ALERTS_SCHEMA = `
  CREATE TABLE alerts (
    key TEXT PRIMARY KEY,
    body TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;
`;

/** Writes alerts. Synchronous; throws what SQLite throws. */
export class AlertTable {
  readonly #database: Database;
  readonly #put: Statement;
  readonly #remove: Statement;

  constructor(database: Database) {
    this.#database = database;
    this.#put = database.prepare(
      'INSERT INTO alerts VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET body = excluded.body',
    );
    this.#remove = database.prepare('DELETE FROM alerts WHERE key = ?');
  }

  /** See `AlertStore.changeAlerts`. */
  change({ put, remove }: AlertChanges): void {
    const change = this.#database.transaction(() => {
      for (const key of remove) this.#remove.run(key);
      for (const alert of put) this.#put.run(alert.key, JSON.stringify(alert));
    });
    change.immediate();
  }
}

/** Every alert, by key. Synchronous; throws what SQLite throws. */
export function readAlerts(database: Database): Alert[] {
  return database.prepare<unknown[], string>('SELECT body FROM alerts ORDER BY key').pluck().all().map(toAlert);
}

/** Safe: only `AlertTable` writes the column, from an alert. */
function toAlert(body: string): Alert {
  return JSON.parse(body);
}
