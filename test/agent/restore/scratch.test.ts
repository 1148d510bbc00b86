import { spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { expectRoom, inScratch, sweepScratch } from '../../../agent/src/restore/scratch.ts';
import { temporaryFolder } from '../../support/folders.ts';
import { until } from '../../support/until.ts';

function aScratch() {
  return { directory: join(temporaryFolder(), 'scratch'), maxBytes: 2 ** 20 };
}

describe('a scratch folder', () => {
  it('is gone with everything in it when the work is done, and when it failed', async () => {
    const scratch = aScratch();
    const seen = await inScratch(scratch, async ({ restored, temporary }) => {
      writeFileSync(join(restored, 'file'), 'restored');
      writeFileSync(join(temporary, 'file'), 'put aside');
      return readdirSync(scratch.directory).length;
    });
    expect(seen).toBe(1);
    expect(readdirSync(scratch.directory)).toEqual([]);
    const failing = inScratch(scratch, async ({ restored }) => {
      writeFileSync(join(restored, 'file'), 'restored');
      throw new Error('the restore failed');
    });
    await expect(failing).rejects.toThrow('the restore failed');
    expect(readdirSync(scratch.directory)).toEqual([]);
  });

  it('goes even with folders that nobody may write', async () => {
    const scratch = aScratch();
    await inScratch(scratch, async ({ restored }) => {
      const locked = join(restored, 'a', 'b');
      mkdirSync(locked, { recursive: true });
      writeFileSync(join(locked, 'file'), 'restored');
      chmodSync(locked, 0o500);
      chmodSync(join(restored, 'a'), 0o500);
    });
    expect(readdirSync(scratch.directory)).toEqual([]);
  });

  it('two runs have each their own', async () => {
    const scratch = aScratch();
    const folders = await Promise.all([1, 2].map(() => inScratch(scratch, async ({ restored }) => restored)));
    expect(new Set(folders).size).toBe(2);
  });

  it('has room for little, and not for more than the disk holds', async () => {
    const folder = temporaryFolder();
    await expectRoom(folder, 1);
    await expect(expectRoom(folder, 2 ** 60)).rejects.toMatchObject({ reason: 'scratch-full' });
  });

  it('of a killed agent is removed at the next start, and the program that still writes into it ended before', async () => {
    const scratch = aScratch();
    const run = join(scratch.directory, 'run-killed');
    mkdirSync(join(run, 'restored'), { recursive: true });
    // What a restore is: it makes its folders anew whenever they are gone.
    const script = 'while :; do mkdir -p "$TMPDIR/again"; echo x > "$TMPDIR/again/file"; done';
    const orphan = spawn('sh', ['-c', script], { env: { ...process.env, TMPDIR: join(run, 'temporary') } });
    onTestFinished(() => void orphan.kill('SIGKILL'));
    await until(() => existsSync(join(run, 'temporary', 'again')));
    await sweepScratch(scratch);
    expect(readdirSync(scratch.directory)).toEqual([]);
    await until(() => orphan.signalCode === 'SIGKILL');
    expect(readdirSync(scratch.directory)).toEqual([]);
  });

  it('that was put where others have their files: nothing is removed, and no program ended, but of runs', async () => {
    const scratch = aScratch();
    const others = join(scratch.directory, 'others');
    for (const folder of [join(scratch.directory, 'run-killed'), others]) mkdirSync(folder, { recursive: true });
    const neighbour = spawn('sleep', ['600'], { env: { ...process.env, TMPDIR: join(others, 'temporary') } });
    onTestFinished(() => void neighbour.kill('SIGKILL'));
    await sweepScratch(scratch);
    expect(readdirSync(scratch.directory)).toEqual(['others']);
    neighbour.kill('SIGTERM');
    await until(() => neighbour.signalCode === 'SIGTERM');
  });

  it('that never was leaves nothing to remove', async () => {
    await sweepScratch(aScratch());
  });
});
