import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { DiskGuard } from '../../../collector/src/store/disk-guard.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { mountProblem, mountSmallDisk, skippedNote } from '../../support/small-disk.ts';

const MIN_FREE = 1_000_000;
const BLOCK = 4_096;

/** A guard over a disk of which the test says how many blocks are free; `asked` counts how often it was looked at. */
function aGuard() {
  const clock = new ManualClock();
  const disk = { blocks: 1_000, asked: 0, fault: null as Error | null };
  const logged: string[] = [];
  const settings = { minFree: MIN_FREE };
  const guard = new DiskGuard({
    directory: '/data',
    minFreeBytes: () => settings.minFree,
    clock,
    log: {
      info: (_: unknown, message?: string) => void logged.push(`info ${message}`),
      error: (_: unknown, message?: string) => void logged.push(`error ${message}`),
    },
    askDisk: async () => {
      disk.asked++;
      if (disk.fault !== null) throw disk.fault;
      return { bavail: disk.blocks, bsize: BLOCK };
    },
  });
  return { guard, clock, disk, logged, settings };
}

const FULL = { code: 'full' };
const SHORT = Math.floor(MIN_FREE / BLOCK);

describe('a disk guard', () => {
  it('refuses as full below the limit, and not at it, and goes on by itself when there is room', async () => {
    const { guard, clock, disk } = aGuard();
    for (const blocks of [SHORT, SHORT + 1, 0, 1_000]) {
      disk.blocks = blocks;
      await clock.advance(1_000);
      if (blocks * BLOCK < MIN_FREE) await expect(guard.requireRoom()).rejects.toMatchObject(FULL);
      else await guard.requireRoom();
    }
  });

  it('looks at the disk once a second at most, however many ask at once', async () => {
    const { guard, clock, disk } = aGuard();
    for (const [waited, asked] of [
      [0, 1],
      [999, 1],
      [1, 2],
      [5_000, 3],
    ] as const) {
      await clock.advance(waited);
      await Promise.all([guard.requireRoom(), guard.freeBytes(), guard.requireRoom()]);
      expect(disk.asked).toBe(asked);
    }
  });

  it('logs each change once, however many were refused in between', async () => {
    const { guard, clock, disk, logged } = aGuard();
    await guard.requireRoom();
    for (const blocks of [SHORT, SHORT, 1_000, 1_000, SHORT]) {
      disk.blocks = blocks;
      await clock.advance(1_000);
      await Promise.allSettled([guard.requireRoom(), guard.requireRoom()]);
    }
    const refused = 'error too little room on the disk, no batches are taken';
    expect(logged).toEqual([refused, 'info room on the disk again, batches are taken', refused]);
  });

  it('follows a limit that a reload changed at once', async () => {
    const { guard, settings } = aGuard();
    await guard.requireRoom();
    settings.minFree = 2 ** 30;
    await expect(guard.requireRoom()).rejects.toMatchObject(FULL);
  });

  it('refuses nothing because a disk does not say how full it is', async () => {
    const { guard, disk } = aGuard();
    disk.fault = Object.assign(new Error('no such folder'), { code: 'ENOENT' });
    await guard.requireRoom();
    expect(await guard.freeBytes()).toBeNull();
  });

  it.skipIf(mountProblem !== null)(`sees a real disk fill up and empty again${skippedNote}`, async () => {
    const directory = mountSmallDisk('4m');
    const clock = new ManualClock();
    const log = { info: () => {}, error: () => {} };
    const guard = new DiskGuard({ directory, minFreeBytes: () => 2 ** 21, clock, log });
    const ballast = join(directory, 'ballast');
    await guard.requireRoom();
    expect(await guard.freeBytes()).toBe(2 ** 22);
    writeFileSync(ballast, Buffer.alloc(3_000_000));
    await clock.advance(1_000);
    await expect(guard.requireRoom()).rejects.toMatchObject(FULL);
    rmSync(ballast);
    await clock.advance(1_000);
    await guard.requireRoom();
  });
});
