import { statSync } from 'node:fs';
import { StoreError } from '../store.ts';

/**
 * The very files that a connection has open. A file that was deleted or replaced under a running process goes on taking
 * writes, which are gone with the process: whoever acknowledges them has to look whether the name still leads there.
 */
export class FileIdentity {
  readonly #file: string;
  readonly #inode: bigint | null;
  #walInode: bigint | null = null;

  /** For a database that is open, so that the file exists. */
  constructor(file: string) {
    this.#file = file;
    this.#inode = inodeOf(file);
  }

  /** Throws `StoreError` `io` unless both files are those that were opened. Called after a write: then there is a WAL. */
  requireSame(): void {
    const wal = inodeOf(`${this.#file}-wal`);
    this.#walInode ??= wal;
    if (inodeOf(this.#file) === this.#inode && wal === this.#walInode) return;
    throw new StoreError('io', `${this.#file} was removed or replaced while in use; put it back or start anew`);
  }
}

/** `null` when there is no such file. Two microseconds, and once for a whole group of batches. */
function inodeOf(file: string): bigint | null {
  return statSync(file, { bigint: true, throwIfNoEntry: false })?.ino ?? null;
}
