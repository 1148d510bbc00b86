import { chmod, mkdir, mkdtemp, readdir, rm, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { errorCode } from '@nines/shared/errors.ts';
import { CannotTell } from '../failure-reason.ts';
import { endLeftBehind } from '../probes/command.ts';

/** Where this host lets test restores write, and how much. */
export interface Scratch {
  readonly directory: string;
  readonly maxBytes: number;
}

/** A folder of one run. */
export interface ScratchFolder {
  /** For what is restored. */
  readonly restored: string;
  /** For what the program itself puts aside. */
  readonly temporary: string;
}

/** How folders of runs are called: of nothing else in the directory is it known that it was an agent's. */
const RUN = 'run-';

/** What stays free on the disk of the scratch folder. */
const MIN_FREE_BYTES = 64 * 2 ** 20;

/** Gives a folder of its own to `use`, and removes it with everything in it, whatever comes. */
export async function inScratch<Result>(
  { directory }: Scratch,
  use: (folder: ScratchFolder) => Promise<Result>,
): Promise<Result> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const folder = await mkdtemp(join(directory, RUN));
  try {
    const made = { restored: join(folder, 'restored'), temporary: join(folder, 'temporary') };
    await mkdir(made.restored);
    await mkdir(made.temporary);
    return await use(made);
  } finally {
    await removeWhole(folder);
  }
}

/** Rejects with `CannotTell` when the disk has no room for so many bytes. */
export async function expectRoom(folder: string, bytes: number): Promise<void> {
  const { bavail, bsize } = await statfs(folder);
  if (bavail * bsize < bytes + MIN_FREE_BYTES) {
    throw new CannotTell('scratch-full', `${folder} has no room for ${bytes} bytes`);
  }
}

/**
 * Removes what runs of an earlier life of this agent have left behind, when it was killed: their folders, and before that
 * the programs that may still write into them. Rejects with the system's error.
 */
export async function sweepScratch({ directory }: Scratch): Promise<void> {
  const left = (await namesIn(directory)).filter((name) => name.startsWith(RUN));
  if (left.length === 0) return;
  await endLeftBehind(left.map((name) => join(directory, name)));
  for (const name of left) await removeWhole(join(directory, name));
}

/** A backup holds folders that their owner may not write; what was restored of them is removed all the same. */
async function removeWhole(folder: string): Promise<void> {
  try {
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  } catch (error) {
    if (errorCode(error) !== 'EACCES') throw error;
    await openFolders(folder);
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

async function openFolders(folder: string): Promise<void> {
  await chmod(folder, 0o700);
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    if (entry.isDirectory()) await openFolders(join(folder, entry.name));
  }
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return [];
    throw error;
  }
}
