import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import { openStore } from '../../collector/src/store/open.ts';
import { aDelivery, upColumns } from '../support/batches.ts';
import { runCommand } from '../support/programs.ts';
import { Deployment } from './deployment.ts';

/** What is wrong with the file, what makes it so, and what the sentence says. */
const DAMAGES: readonly (readonly [string, (file: string) => void, RegExp])[] = [
  ['is no database', (file) => writeFileSync(file, 'Dear diary, '.repeat(1_000)), /not a SQLite database/],
  ['is cut short', (file) => writeFileSync(file, readFileSync(file).subarray(0, 40_000)), /cut short/],
  ['has damaged pages', overwritePages, /damaged.*restore the newest backup/],
  [
    'is of a newer version',
    (file) => withDatabase(file, 'PRAGMA user_version = 9999'),
    /newer version.*update the collector/,
  ],
  ['belongs to another program', (file) => withDatabase(file, 'PRAGMA application_id = 7'), /another program/],
];

describe('a collector that cannot use its database', () => {
  it.each(DAMAGES)('because it %s: exit 1, one sentence, and the file as it was', async (_, damage, sentence) => {
    const deployment = await Deployment.create({ agents: [], checks: [] });
    const file = await filledStore(deployment);
    damage(file);
    const before = digestOf(file);
    const { code, out, err } = await runCommand('collector', ['serve', '--config', deployment.ninesPath], {
      cwd: deployment.folder,
    });
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(err).toMatch(/^[^\n]+\n$/);
    expect(err).toMatch(sentence);
    expect(err).toContain(file);
    expect(digestOf(file)).toBe(before);
  });
});

describe('a collector with one damaged batch', () => {
  it('goes on with all the others: it is set aside, named in the log and by verify', async () => {
    const deployment = await Deployment.create({ agents: [], checks: [] });
    const file = await filledStore(deployment);
    withDatabase(file, "UPDATE journal SET body = x'7b7d7d' WHERE position = 3");
    await deployment.startCollector();
    expect(readFileSync(deployment.collectorLog, 'utf8')).toContain('the stored batch 3 cannot be read');
    const { code, out } = await runCommand('collector', ['verify', '--config', deployment.ninesPath], {
      cwd: deployment.folder,
    });
    expect(code).toBe(1);
    expect(out).toMatch(/^set_aside .* batch 3: the stored batch 3 cannot be read$/m);
  });
});

describe('a collector that cannot listen', () => {
  it('because the address is taken: exit 2, one sentence', async () => {
    const deployment = await Deployment.create({ agents: [], checks: [] });
    await deployment.startCollector();
    const other = await Deployment.create({ agents: [], checks: [] });
    const listen = new URL(deployment.url).host;
    other.configure({ collector: { listen } });
    const { code, err } = await runCommand('collector', ['serve', '--config', other.ninesPath], { cwd: other.folder });
    expect(code).toBe(2);
    expect(err).toMatch(/^[^\n]+already in use\n$/);
    expect(err).toContain(listen);
  });

  it('because another collector has its data folder: exit 1, one sentence', async () => {
    const deployment = await Deployment.create({ agents: [], checks: [] });
    await deployment.startCollector();
    const { code, err } = await runCommand('collector', ['serve', '--config', deployment.ninesPath], {
      cwd: deployment.folder,
    });
    expect(code).toBe(1);
    expect(err).toMatch(/^another collector is using [^\n]+\n$/);
  });
});

/** A store of some hundred kilobytes where the collector will look for it. */
async function filledStore({ data }: Deployment): Promise<string> {
  mkdirSync(data);
  const store = await openStore({ directory: data });
  for (let sequence = 0; sequence < 40; sequence++) {
    await store.append(aDelivery({ sequence, checks: [upColumns('shop-home', 300)] }));
  }
  await store.close();
  return join(data, 'nines.db');
}

function withDatabase(file: string, sql: string): void {
  const database = new Sqlite(file);
  database.exec(sql);
  database.close();
}

function overwritePages(file: string): void {
  const bytes = readFileSync(file);
  bytes.fill(0xa5, 8_192 * 2, 8_192 * 8);
  writeFileSync(file, bytes);
}

function digestOf(file: string): string {
  return createHash('sha256').update(readFileSync(file)).digest('hex');
}
