import { execFileSync } from 'node:child_process';
import { lstatSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export interface DiskBytes {
  /** Whole blocks, as `du` counts. */
  readonly occupied: number;
  /** What the files say that they hold. */
  readonly apparent: number;
}

/** Everything below a folder, or a file. */
export function bytesOf(...paths: readonly string[]): DiskBytes {
  let [occupied, apparent] = [0, 0];
  for (const path of paths) {
    const status = lstatSync(path);
    if (status.isDirectory()) {
      const inside = bytesOf(...readdirSync(path).map((name) => join(path, name)));
      occupied += inside.occupied;
      apparent += inside.apparent;
    } else {
      occupied += status.blocks * 512;
      apparent += status.size;
    }
  }
  return { occupied, apparent };
}

/** Makes the kernel forget what it has read of files. False where this is not allowed: then "cold" means restarted only. */
export function dropCaches(): boolean {
  try {
    execFileSync('sync');
    writeFileSync('/proc/sys/vm/drop_caches', '3');
    return true;
  } catch {
    return false;
  }
}
