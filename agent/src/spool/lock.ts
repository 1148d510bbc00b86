import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { configErrorAt, errorCode } from '@nines/shared/errors.ts';

/**
 * Keeps a second agent out of a spool: it would close the first one's open batch under the same identity, and what the
 * first one adds later would count as delivered. The lock of a dead process is taken over. Throws `ConfigError` while
 * the owner lives; returns what gives the lock back.
 */
export function lockSpool(directory: string, pid: number): () => void {
  const path = join(directory, 'lock');
  const owner = readOrNull(path);
  const ownerPid = Number(owner?.split(' ')[0]);
  if (owner !== null && ownerPid !== pid && owner === identityOf(ownerPid)) {
    throw configErrorAt(directory, `in use by another agent, process ${ownerPid}`, 'spool.directory');
  }
  writeFileSync(path, identityOf(pid), { mode: 0o600 });
  return () => rmSync(path, { force: true });
}

/** A process id is used again; together with its start (in ticks since boot, field 22 of proc(5) stat) it is not. */
function identityOf(pid: number): string {
  const stat = readOrNull(`/proc/${pid}/stat`);
  if (stat === null) return `${pid} gone`;
  const afterName = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return `${pid} ${afterName[19] ?? ''}`;
}

function readOrNull(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (errorCode(error) === 'ENOENT' || errorCode(error) === 'ESRCH') return null;
    throw error;
  }
}
