import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

/** Debian's package of each program that a benchmark runs beside ours. */
const PACKAGES = {
  chromium: 'chromium',
  cp: 'coreutils',
  dd: 'coreutils',
  nginx: 'nginx-light',
  openssl: 'openssl',
  prometheus: 'prometheus',
  'prometheus-blackbox-exporter': 'prometheus-blackbox-exporter',
  setpriv: 'util-linux',
  taskset: 'util-linux',
  'victoria-metrics': 'victoria-metrics',
  wrk: 'wrk',
} as const;

export type SystemProgram = keyof typeof PACKAGES;

/** Where the program is, or `null`. Looks where daemons live too: an ordinary user's PATH leaves `/usr/sbin` out. */
export function findProgram(program: SystemProgram): string | null {
  const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/local/sbin', '/usr/sbin', '/sbin'];
  for (const folder of folders) {
    if (folder === '') continue;
    const path = join(folder, program);
    try {
      accessSync(path, constants.X_OK);
      return path;
    } catch {
      // Not in this folder.
    }
  }
  return null;
}

/** Where the program is; throws when it is not installed. */
export function requireProgram(program: SystemProgram): string {
  const path = findProgram(program);
  if (path === null) throw new Error(`${program} is not installed (apt-get install ${PACKAGES[program]})`);
  return path;
}

/** Whether all are installed; names what is missing, and that `what` is left out for it. */
export function hasAll(what: string, programs: readonly SystemProgram[]): boolean {
  const missing = programs.filter((program) => findProgram(program) === null);
  for (const program of missing) {
    console.log(`${what}: left out, ${program} is not installed (apt-get install ${PACKAGES[program]})`);
  }
  return missing.length === 0;
}
