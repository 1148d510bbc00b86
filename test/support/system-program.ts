import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { describe, it } from 'vitest';

/** A program of the system that a suite runs for real, and where Debian has it. */
export interface SystemProgram {
  readonly program: string;
  readonly debianPackage: string;
}

export type Suite = (name: string, run: () => void) => void;

/**
 * `describe` when the program is there. When it is missing the suite is skipped and says which package to install, or
 * fails when `NINES_REQUIRE_SYSTEM=1`, so that a machine meant to run everything cannot quietly run less.
 */
export function systemProgram(wanted: SystemProgram): Suite {
  if (findProgram(wanted.program) !== null) return (name, run) => describe(name, run);
  return missingProgram(wanted, process.env.NINES_REQUIRE_SYSTEM === '1');
}

/** The suite of a program that is not there: skipped with its reason, or failing when it is required. */
export function missingProgram({ program, debianPackage }: SystemProgram, isRequired: boolean): Suite {
  const reason = `${program} is not installed (apt-get install ${debianPackage})`;
  if (isRequired) {
    return (name) =>
      describe(name, () => {
        it(reason, () => {
          throw new Error(`${reason}, and NINES_REQUIRE_SYSTEM=1 asks for it`);
        });
      });
  }
  return (name, run) => {
    console.warn(`skipped: ${name}: ${reason}`);
    describe.skip(`${name} [skipped: ${reason}]`, run);
  };
}

/** Where the program is, or `null`. Looks where daemons live too: an ordinary user's PATH leaves `/usr/sbin` out. */
export function findProgram(program: string, searchPath = process.env.PATH ?? ''): string | null {
  const folders = [...searchPath.split(delimiter), '/usr/local/sbin', '/usr/sbin', '/sbin'];
  for (const folder of folders) {
    if (folder === '') continue;
    const path = join(folder, program);
    if (isExecutable(path)) return path;
  }
  return null;
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
