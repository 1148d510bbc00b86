import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BorgOptions } from '@nines/shared/probes/borg.ts';
import { type Command, type CommandResult, runCommand } from './command.ts';
import type { ProbeContext } from './probe-run.ts';
import { repositoryOf } from './repository.ts';

export type BorgAccess = Pick<BorgOptions, 'repository' | 'passphrase' | 'program' | 'base_directory'>;

/** What is left of the deadline after waiting for a lock, so that borg can say that it was locked. */
const AFTER_LOCK_MS = 2_000;

/** How borg is called, beyond what every call has. */
type Calling = Pick<Command, 'isBackground' | 'temporaryFolder' | 'folder' | 'onLine'>;

/** Calls borg on a repository, with its own folder (BORG_BASE_DIR) at hand. It waits for a lock as long as there is time. */
export function borgOn(
  { repository, passphrase, program, baseDirectory }: BorgAccess & { readonly baseDirectory: string },
  context: ProbeContext,
) {
  const { allowed } = context;
  const access = {
    BORG_REPO: repositoryOf(repository, allowed),
    BORG_PASSPHRASE: passphrase === undefined ? '' : allowed.secret(passphrase),
    BORG_BASE_DIR: baseDirectory,
    // The questions of a first visit, to which the configuration is the answer.
    BORG_UNKNOWN_UNENCRYPTED_REPO_ACCESS_IS_OK: 'yes',
    BORG_RELOCATED_REPO_ACCESS_IS_OK: 'yes',
  };
  return (args: readonly string[], calling: Calling = {}): Promise<CommandResult> => {
    const waitSeconds = Math.max(0, Math.floor((context.remainingMs() - AFTER_LOCK_MS) / 1000));
    return runCommand(
      {
        program: allowed.command(program),
        args: ['--log-json', `--lock-wait=${waitSeconds}`, ...args],
        environment: access,
        ...calling,
      },
      context,
    );
  };
}

/** Asks for the archives that count, as `readArchives` reads them. */
export function listArchives(options: Pick<BorgOptions, 'archives'>): string[] {
  return ['list', '--json', '--format={end}{hostname}', ...chosenArchives(options)];
}

export function chosenArchives({ archives }: Pick<BorgOptions, 'archives'>): string[] {
  return archives === undefined ? [] : [`--glob-archives=${archives}`];
}

/** Borg insists on a place for what it remembers; without one of its own it gets one that goes with the run. */
export async function withBorgFolder(
  { base_directory: kept }: BorgAccess,
  { allowed }: ProbeContext,
  use: (baseDirectory: string) => Promise<void>,
): Promise<void> {
  if (kept !== undefined) return use(allowed.file(kept));
  const folder = await mkdtemp(join(tmpdir(), 'nines-borg-'));
  try {
    await use(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
