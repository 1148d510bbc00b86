import { readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { errorCode } from '@nines/shared/errors.ts';
import { moveInto } from './durable-file.ts';

/** What is kept of refused batches: enough for a person to see why, never enough to fill the disk. */
const MAX_REFUSED_BYTES = 64 * 2 ** 20;

/** The folder `refused/`: batches that the collector will never take, oldest thrown away first. */
export class RefusedFolder {
  readonly #directory: string;
  readonly #files: { readonly name: string; readonly bytes: number }[];

  constructor(spoolDirectory: string) {
    this.#directory = join(spoolDirectory, 'refused');
    this.#files = listFiles(this.#directory);
  }

  /** Sets a batch file aside. Rejects with the system's error. */
  async take(path: string, bytes: number): Promise<void> {
    await moveInto(this.#directory, path);
    this.#files.push({ name: path.slice(path.lastIndexOf('/') + 1), bytes });
    let total = this.#files.reduce((sum, file) => sum + file.bytes, 0);
    while (total > MAX_REFUSED_BYTES) {
      const oldest = this.#files.shift();
      if (oldest === undefined) return;
      rmSync(join(this.#directory, oldest.name), { force: true });
      total -= oldest.bytes;
    }
  }
}

function listFiles(directory: string): { name: string; bytes: number }[] {
  try {
    return readdirSync(directory)
      .sort()
      .map((name) => ({ name, bytes: statSync(join(directory, name)).size }));
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return [];
    throw error;
  }
}
