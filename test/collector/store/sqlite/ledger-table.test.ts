import { join } from 'node:path';
import type { Database } from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { LedgerHead } from '../../../../collector/src/store/ledger.ts';
import { openForWriting } from '../../../../collector/src/store/sqlite/journal-writer.ts';
import { LedgerReader, verifyLedger } from '../../../../collector/src/store/sqlite/ledger-reader.ts';
import { LedgerTable } from '../../../../collector/src/store/sqlite/ledger-table.ts';
import { temporaryFolder } from '../../../support/folders.ts';
import { aDraft } from '../../../support/ledger-contract.ts';

const NEVER = ['ledger_never_updated', 'ledger_never_deleted', 'ledger_never_replaced'];

let database: Database;
let heads: LedgerHead[] = [];

beforeEach(() => {
  database = openForWriting(join(temporaryFolder(), 'nines.db'));
  const table = new LedgerTable(database);
  heads = Array.from({ length: 6 }, (_, index) => {
    const { sequence, hash } = table.append(aDraft({ subject: `maintenance/m-${index}` }), 0) ?? {
      sequence: 0,
      hash: '',
    };
    return { sequence, hash };
  });
});

afterEach(() => {
  database.close();
});

const found = (anchor: LedgerHead | null = null) => [...verifyLedger(database, anchor)];

/** Takes the triggers away, does it, and puts them back: what somebody with the file and SQLite can do. */
function tamper(sql: string): void {
  const sqlOf = database.prepare("SELECT sql FROM sqlite_schema WHERE type = 'trigger' AND name = ?").pluck();
  const triggers = NEVER.map((name) => String(sqlOf.get(name)));
  for (const name of NEVER) database.exec(`DROP TRIGGER ${name}`);
  database.exec(sql);
  for (const trigger of triggers) database.exec(trigger);
}

describe('the audit log in its table', () => {
  it.each([
    "UPDATE ledger SET actor = 'mallory' WHERE sequence = 3",
    'DELETE FROM ledger WHERE sequence = 3',
    'DELETE FROM ledger',
    "INSERT OR REPLACE INTO ledger VALUES (3, 0, 'mallory', 'a', 's', 'null', '', '')",
  ])('%s is refused by a trigger, and nothing changes', (sql) => {
    expect(() => database.exec(sql)).toThrow('the audit log is append-only');
    expect(found()).toEqual([]);
    expect(new LedgerReader(database).head()).toEqual(heads.at(-1));
  });

  it('a row that was changed with the triggers away is the first broken link, and it is named', () => {
    tamper(`UPDATE ledger SET body = '{"from_ms":1}' WHERE sequence = 3`);
    expect(found()).toEqual(['entry 3 (maintenance.announced maintenance/m-2) was changed after it was written']);
  });

  it('a body that is no JSON any more is found too', () => {
    tamper("UPDATE ledger SET body = '{' WHERE sequence = 2");
    expect(found()).toEqual(['entry 2 (maintenance.announced maintenance/m-1) was changed after it was written']);
  });

  it('a row taken out of the middle is missed', () => {
    tamper('DELETE FROM ledger WHERE sequence = 4');
    expect(found()).toEqual(['entry 4 is missing']);
  });

  it('the last entry taken away leaves a chain that holds: only the head that was kept elsewhere catches it', () => {
    tamper('DELETE FROM ledger WHERE sequence = 6');
    expect(found()).toEqual([]);
    expect(found(heads[5])).toEqual(['entry 6 is missing: the chain was kept up to entry 6']);
    expect(found(heads[4])).toEqual([]);
  });

  it('a chain that was written anew from an entry on is caught by the head that was kept', () => {
    tamper('DELETE FROM ledger WHERE sequence >= 5');
    const table = new LedgerTable(database);
    table.append(aDraft({ subject: 'maintenance/m-4', actor: 'mallory' }), 0);
    table.append(aDraft({ subject: 'maintenance/m-5' }), 0);
    expect(found()).toEqual([]);
    expect(found(heads[5])).toEqual([
      'entry 6 is another than the one whose hash was kept: the chain was written anew',
    ]);
  });

  it('triggers that are away are a finding even when no entry was touched', () => {
    for (const name of NEVER) database.exec(`DROP TRIGGER ${name}`);
    expect(found()).toEqual(NEVER.map((name) => `trigger ${name} was removed: entries can be changed`));
  });
});
