import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeQueueLog } from './rig/queue-log-lines.ts';

// A queue log of a million lines that is read for the first time, one that is followed while nothing is written, and a
// thousand events a second of the manager interface; in a process that runs as the agent does.

const lines = process.argv.includes('--quick') ? 100_000 : 1_000_000;
/** As `nines-agent` starts itself. */
const FLAGS = ['--max-semi-space-size=2', '--no-parallel-scavenge', '--no-wasm-tier-up', '--no-maglev', '--expose-gc'];
const ENV = { MALLOC_ARENA_MAX: '1', MALLOC_TRIM_THRESHOLD_: '65536' };

const folder = mkdtempSync(join(tmpdir(), 'nines-queue-log-'));
try {
  writeQueueLog(join(folder, 'queue_log'), lines);
  const reader = join(import.meta.dirname, 'rig/queue-log-reader.ts');
  const { status } = spawnSync(process.execPath, [...FLAGS, reader, folder], {
    stdio: 'inherit',
    env: { ...process.env, ...ENV },
  });
  process.exitCode = status ?? 1;
} finally {
  rmSync(folder, { recursive: true });
}
