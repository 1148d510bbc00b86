import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BorgOptions } from '@nines/shared/probes/borg.ts';
import { readArchives, withStatistics } from './borg-output.ts';
import { type CommandResult, runCommand } from './command.ts';
import type { ProbeContext } from './probe-run.ts';
import { repositoryOf } from './repository.ts';
import { judgeRestorePoints, shipRestorePoints } from './restore-points.ts';

/** What is left of the deadline after waiting for a lock, so that borg can say that it was locked. */
const AFTER_LOCK_MS = 2_000;

/** Lists the archives of a borg repository; with its cache also how large the newest is. */
export async function runBorg(options: BorgOptions, context: ProbeContext): Promise<void> {
  context.enter('local');
  const { base_directory: kept } = options;
  if (kept === undefined) return inTemporaryFolder((folder) => look(options, folder, context));
  return look(options, context.allowed.file(kept), context);
}

async function look(options: BorgOptions, baseDirectory: string, context: ProbeContext): Promise<void> {
  const borg = commandOf(options, baseDirectory, context);
  const points = readArchives(await borg(['list', '--json', '--format={end}{hostname}', ...chosen(options)]));
  const hasCache = options.base_directory !== undefined && points.length > 0;
  const known = hasCache
    ? withStatistics(points, await borg(['info', '--json', '--last=1', ...chosen(options)]))
    : points;
  await shipRestorePoints(known, context);
  judgeRestorePoints(known, options.expect, context);
}

/** How borg is called on this repository. */
function commandOf(options: BorgOptions, baseDirectory: string, context: ProbeContext) {
  const { allowed } = context;
  const program = allowed.command(options.program);
  const environment = {
    BORG_REPO: repositoryOf(options.repository, allowed),
    BORG_PASSPHRASE: options.passphrase === undefined ? '' : allowed.secret(options.passphrase),
    BORG_BASE_DIR: baseDirectory,
    // The questions of a first visit, to which the configuration is the answer.
    BORG_UNKNOWN_UNENCRYPTED_REPO_ACCESS_IS_OK: 'yes',
    BORG_RELOCATED_REPO_ACCESS_IS_OK: 'yes',
  };
  return (args: readonly string[]): Promise<CommandResult> => {
    const waitSeconds = Math.max(0, Math.floor((context.remainingMs() - AFTER_LOCK_MS) / 1000));
    return runCommand({ program, args: ['--log-json', `--lock-wait=${waitSeconds}`, ...args], environment }, context);
  };
}

function chosen({ archives }: BorgOptions): string[] {
  return archives === undefined ? [] : [`--glob-archives=${archives}`];
}

/** Borg insists on a place for what it remembers; without one of its own it gets one that goes with the run. */
async function inTemporaryFolder(use: (folder: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'nines-borg-'));
  try {
    await use(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
