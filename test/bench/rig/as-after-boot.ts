import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { requireProgram } from './needs.ts';

/**
 * A copy of a program whose pages come from the disk as they are needed, as after a boot; its path. What a package manager
 * has just written lies in the kernel's cache in pieces of 2 MiB, which are mapped whole: the resident memory of the
 * same program is then larger by what it never touches (a bare Node by 37 MiB), until the cache is reclaimed.
 */
export function asAfterBoot(program: string, folder: string): string {
  const bin = join(folder, 'bin');
  mkdirSync(bin, { recursive: true });
  const copy = join(bin, basename(program));
  const dd = (...operands: string[]) => execFileSync(requireProgram('dd'), [...operands, 'status=none']);
  execFileSync(requireProgram('cp'), ['--dereference', '--preserve=mode', program, copy]);
  // Only what is on the disk can leave the cache.
  dd(`of=${copy}`, 'oflag=append', 'conv=notrunc,fsync', 'if=/dev/null');
  dd(`if=${copy}`, 'iflag=nocache', 'count=0');
  return copy;
}
