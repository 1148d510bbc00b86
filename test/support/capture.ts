import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CommandResult } from '../../agent/src/probes/command.ts';

/** What a real program printed when it was called once: `restic/0.18.0/snapshots-json`. */
export function capture(name: string): CommandResult {
  const file = join(import.meta.dirname, '..', 'captures', `${name}.json`);
  const { exit, stdout, stderr } = JSON.parse(readFileSync(file, 'utf8'));
  return { code: exit, stdout, stderr };
}
