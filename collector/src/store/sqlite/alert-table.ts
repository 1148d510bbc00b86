import type { Database, Statement } from 'better-sqlite3';
import type { Alert } from '../../alerts/alert.ts';
import { type PostedNotice, posted } from '../../alerts/notices/notice.ts';
import type { AlertChanges, NoticeChanges } from '../alerts.ts';

/** What is wrong at present, a part of a migration in `schema.ts`. `body` is the alert as JSON, its key included. */
export const ALERTS_SCHEMA = `
  CREATE TABLE alerts (
    key TEXT PRIMARY KEY,
    body TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;
`;

/**
 * What is on its way to people, the oldest first; `body` is the notice as JSON. Alerts get what they had not before this
 * step: when a receiver was told of a state was not known, and of all of them somebody was.
 */
export const NOTICES_SCHEMA = `
  CREATE TABLE notices (
    position INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    body TEXT NOT NULL
  ) STRICT;
  UPDATE alerts SET body = json_set(
    body,
    '$.evidence', json('[]'), '$.quiet', NULL, '$.quietUntilMs', NULL,
    '$.told', json((
      SELECT json_group_object(key, json_object('state', value, 'atMs', json_extract(body, '$.sinceMs')))
      FROM json_each(body, '$.told')
    ))
  );
`;

/** Writes alerts and notices. Synchronous; throws what SQLite throws. */
export class AlertTable {
  readonly #database: Database;
  readonly #put: Statement;
  readonly #remove: Statement;
  readonly #addNotice: Statement;
  readonly #putNotice: Statement;
  readonly #removeNotice: Statement;

  constructor(database: Database) {
    this.#database = database;
    this.#put = database.prepare(
      'INSERT INTO alerts VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET body = excluded.body',
    );
    this.#remove = database.prepare('DELETE FROM alerts WHERE key = ?');
    this.#addNotice = database.prepare('INSERT INTO notices (id, body) VALUES (?, ?) ON CONFLICT (id) DO NOTHING');
    this.#putNotice = database.prepare('UPDATE notices SET body = ? WHERE id = ?');
    this.#removeNotice = database.prepare('DELETE FROM notices WHERE id = ?');
  }

  /** See `AlertStore.changeAlerts`. */
  change({ put, remove, notices }: AlertChanges): void {
    const change = this.#database.transaction(() => {
      for (const key of remove) this.#remove.run(key);
      for (const alert of put) this.#put.run(alert.key, JSON.stringify(alert));
      for (const notice of notices) this.#addNotice.run(notice.id, JSON.stringify(posted(notice)));
    });
    change.immediate();
  }

  /** See `NoticeStore.changeNotices`. */
  changeNotices({ put, remove }: NoticeChanges): void {
    const change = this.#database.transaction(() => {
      for (const id of remove) this.#removeNotice.run(id);
      for (const notice of put) this.#putNotice.run(JSON.stringify(notice), notice.id);
    });
    change.immediate();
  }
}

/** Every alert, by key. Synchronous; throws what SQLite throws. */
export function readAlerts(database: Database): Alert[] {
  return database.prepare<unknown[], string>('SELECT body FROM alerts ORDER BY key').pluck().all().map(toAlert);
}

/** Every notice, the oldest first. Synchronous; throws what SQLite throws. */
export function readNotices(database: Database): PostedNotice[] {
  return database.prepare<unknown[], string>('SELECT body FROM notices ORDER BY position').pluck().all().map(toNotice);
}

/** Safe: only `AlertTable` writes the column, from an alert. */
function toAlert(body: string): Alert {
  return JSON.parse(body);
}

/** Safe: only `AlertTable` writes the column, from a notice. */
function toNotice(body: string): PostedNotice {
  return JSON.parse(body);
}
