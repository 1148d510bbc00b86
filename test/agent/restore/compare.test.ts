import { hash } from 'node:crypto';
import { mkdirSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { compareRestored, type RestoredFile } from '../../../agent/src/restore/compare.ts';
import { temporaryFolder } from '../../support/folders.ts';

const { signal } = new AbortController();
/** A backup that began long after everything here was written, and one that began long before. */
const LATER_MS = Date.now() + 3_600_000;
const EARLIER_MS = Date.now() - 3_600_000;

/** A file of three bytes that was restored, and its source with another content when one is given. */
function restoredFile(fields: Partial<RestoredFile> & { sourceText?: string } = {}): RestoredFile {
  const folder = temporaryFolder();
  const { sourceText, ...others } = fields;
  const file = { path: 'etc/motd', bytes: 3, restored: join(folder, 'motd'), source: null, sha256: null };
  writeFileSync(file.restored, 'hi\n');
  const source = join(folder, 'source');
  if (sourceText !== undefined) writeFileSync(source, sourceText);
  return { ...file, complaint: null, source: sourceText === undefined ? null : source, ...others };
}

function compared(file: RestoredFile, backedUpAtMs = LATER_MS) {
  return compareRestored([file], { backedUpAtMs, signal });
}

describe('a restored file', () => {
  it('is as it was when size and digest are', async () => {
    const sha256 = hash('sha256', 'hi\n');
    expect(await compared(restoredFile({ sha256 }))).toEqual({ files: 1, bytes: 3, changed: 0, mismatches: [] });
  });

  it.each<[string, Partial<RestoredFile>]>([
    ['was restored with 3 bytes instead of 4', { bytes: 4 }],
    ['has SHA-256', { sha256: hash('sha256', 'ho\n') }],
    ['could not be restored: bad blob', { complaint: 'bad blob' }],
    ['was not restored', { restored: '/nowhere/motd' }],
  ])('%s: that is no backup', async (sentence, fields) => {
    const { mismatches } = await compared(restoredFile(fields));
    expect(mismatches).toEqual([expect.stringContaining(`etc/motd ${sentence}`)]);
  });

  it('that came back as a link or a folder was not restored', async () => {
    const folder = temporaryFolder();
    symlinkSync('/etc/hostname', join(folder, 'link'));
    mkdirSync(join(folder, 'folder'));
    for (const name of ['link', 'folder']) {
      const { mismatches } = await compared(restoredFile({ restored: join(folder, name) }));
      expect(mismatches).toHaveLength(1);
    }
  });

  it('is compared with a source that was last touched before the backup', async () => {
    expect(await compared(restoredFile({ sourceText: 'hi\n' }))).toMatchObject({ changed: 0, mismatches: [] });
    const { mismatches } = await compared(restoredFile({ sourceText: 'ho\n' }));
    expect(mismatches).toEqual([expect.stringMatching(/^etc\/motd is not what .*source holds$/)]);
  });

  it('is not compared with one that was touched since, whatever its time of modification says, nor with one that is gone', async () => {
    const file = restoredFile({ sourceText: 'ho\n' });
    expect(await compared(file, EARLIER_MS)).toMatchObject({ changed: 1, mismatches: [] });
    // The change that nobody can set back (ctime) is now.
    utimesSync(file.source ?? '', 1_000_000_000, 1_000_000_000);
    expect(await compared(file, EARLIER_MS)).toMatchObject({ changed: 1, mismatches: [] });
    expect(await compared(restoredFile({ source: '/nowhere/motd' }))).toMatchObject({ changed: 1, mismatches: [] });
  });
});
