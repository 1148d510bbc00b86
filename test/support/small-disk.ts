import { spawnSync } from 'node:child_process';
import { onTestFinished } from 'vitest';
import { temporaryFolder } from './folders.ts';

/** Why no file system can be mounted here; `null` when one can. */
export const mountProblem: string | null = findProblem();

/** What a suite's name says when it is skipped. */
export const skippedNote = mountProblem === null ? '' : ` (skipped: ${mountProblem})`;

/** A file system of its own of so many bytes (`4m`), in memory; gone when the test ends. */
export function mountSmallDisk(size: string): string {
  const directory = temporaryFolder();
  const { status, stderr } = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${size}`, 'nines-test', directory]);
  if (status !== 0) throw new Error(`no tmpfs: ${String(stderr)}`);
  onTestFinished(() => {
    spawnSync('umount', ['--lazy', directory]);
  });
  return directory;
}

function findProblem(): string | null {
  if (process.getuid?.() !== 0) return 'mounting a small tmpfs needs root';
  const probe = spawnSync('unshare', ['--mount', 'mount', '-t', 'tmpfs', 'nines-test', '/mnt']);
  return probe.status === 0 ? null : 'this system does not let root mount a tmpfs';
}
