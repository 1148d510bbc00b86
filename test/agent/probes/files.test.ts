import { createHash } from 'node:crypto';
import { appendFileSync, mkdirSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../../support/folders.ts';
import { allowing, probe, verdict } from '../../support/probe-targets/probe.ts';

const HOUR_S = 3_600;

function folderWith(files: Record<string, { readonly hoursAgo: number; readonly bytes: Uint8Array }>): string {
  const folder = temporaryFolder();
  for (const [name, { hoursAgo, bytes }] of Object.entries(files)) {
    const path = join(folder, name);
    mkdirSync(join(path, '..'), { recursive: true });
    writeFileSync(path, bytes);
    const at = Date.now() / 1000 - hoursAgo * HOUR_S;
    utimesSync(path, at, at);
  }
  return folder;
}

function look(directory: string, extra: Record<string, unknown> = {}) {
  const allowed = allowing({ file: (path) => path });
  return probe({ type: 'files', directory, settle: '20ms', ...extra }, { allowed });
}

const DUMP = gzipSync(Buffer.alloc(200_000, 'INSERT INTO orders VALUES (1);\n'));

describe('backups that are files', () => {
  it('are those that match: how many, how old, how large', async () => {
    const folder = folderWith({
      'a.sql.gz': { hoursAgo: 2, bytes: DUMP },
      'deep/b.sql.gz': { hoursAgo: 26, bytes: DUMP },
      'c.log': { hoursAgo: 0, bytes: Buffer.from('not a backup') },
    });
    const run = await look(folder, { pattern: '**/*.sql.gz', expect: { max_age: '25h', min_size: '100B' } });
    expect(verdict(run)).toBe('up');
    const { points, size, age } = run.observation.values;
    expect([points, size]).toEqual([2, DUMP.length]);
    expect(Math.round((age ?? 0) / 3_600_000_000)).toBe(2);
  });

  it('are missing when nothing matches, and when the folder is gone', async () => {
    const folder = folderWith({ 'a.log': { hoursAgo: 0, bytes: DUMP } });
    expect(verdict(await look(folder, { pattern: '*.gz' }))).toBe('down backup-missing');
    rmSync(folder, { recursive: true });
    expect(verdict(await look(folder))).toBe('down repository-missing');
  });

  it('that are being written are none yet', async () => {
    const folder = folderWith({ 'a.gz': { hoursAgo: 24, bytes: DUMP }, 'b.gz': { hoursAgo: 0, bytes: DUMP } });
    const growing = setInterval(() => appendFileSync(join(folder, 'b.gz'), 'more'), 5);
    const run = await look(folder, { settle: '60ms' });
    clearInterval(growing);
    expect(run.observation.values.points).toBe(1);
  });

  it('are not what a folder or a broken link of that name is', async () => {
    const folder = folderWith({ 'a.gz': { hoursAgo: 1, bytes: DUMP } });
    mkdirSync(join(folder, 'b.gz'));
    symlinkSync(join(folder, 'nowhere'), join(folder, 'c.gz'));
    expect((await look(folder)).observation.values.points).toBe(1);
  });

  it.each([
    ['gzip', DUMP, 'up'],
    ['gzip', DUMP.subarray(0, DUMP.length - 9), 'down backup-damaged'],
    ['gzip', Buffer.from('plain text'), 'down backup-damaged'],
    ['zstd', zstdCompressSync(Buffer.alloc(100_000, 'a')), 'up'],
    ['zstd', Buffer.from('plain text'), 'down backup-damaged'],
  ])('read to their end by %s are whole or not', async (test, bytes, expected) => {
    expect(verdict(await look(folderWith({ 'a.packed': { hoursAgo: 1, bytes } }), { test }))).toBe(expected);
  });

  it('are what their checksum says, or damaged', async () => {
    const digest = createHash('sha256').update(DUMP).digest('hex');
    const folder = folderWith({ 'a.gz': { hoursAgo: 1, bytes: DUMP } });
    const options = { pattern: '*.gz', checksum: 'sha256' };
    expect(verdict(await look(folder, options))).toBe('down backup-damaged');
    writeFileSync(join(folder, 'a.gz.sha256'), `${digest}  a.gz\n`);
    expect(verdict(await look(folder, options))).toBe('up');
    writeFileSync(
      join(folder, 'a.gz.sha256'),
      `${digest.replace(/^./, (first) => (first === 'a' ? 'b' : 'a'))}  a.gz\n`,
    );
    expect(verdict(await look(folder, options))).toBe('down backup-damaged');
  });

  it('are looked at only where the agent allows it', async () => {
    const run = await probe({ type: 'files', directory: '/etc', settle: '1ms' });
    expect(verdict(run)).toBe('unknown not-allowed');
  });
});
