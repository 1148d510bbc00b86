import type { ResticOptions } from '@nines/shared/probes/restic.ts';
import { type Command, type CommandResult, runCommand } from './command.ts';
import type { ProbeContext } from './probe-run.ts';
import { repositoryOf } from './repository.ts';

export type ResticAccess = Pick<ResticOptions, 'repository' | 'password' | 'program' | 'environment'>;
export type ResticChoice = Pick<ResticOptions, 'host' | 'tags' | 'paths'>;

/** How restic is called, beyond what every call has. */
type Calling = Pick<Command, 'isBackground' | 'temporaryFolder' | 'onLine'>;

/**
 * Calls restic on a repository. Without a lock, so that a running backup is no obstacle and nothing is written; without a
 * cache, of which the agent has no place.
 */
export function resticOn({ repository, password, program, environment }: ResticAccess, context: ProbeContext) {
  const { allowed } = context;
  const secrets = Object.entries(environment).map(([name, source]) => [name, allowed.secret(source)] as const);
  const access = {
    ...Object.fromEntries(secrets),
    RESTIC_REPOSITORY: repositoryOf(repository, allowed),
    RESTIC_PASSWORD: allowed.secret(password),
  };
  return (args: readonly string[], calling: Calling = {}): Promise<CommandResult> =>
    runCommand(
      {
        program: allowed.command(program),
        args: [...args, '--no-lock', '--no-cache'],
        environment: access,
        ...calling,
      },
      context,
    );
}

/** Joined to their names, so that no value can be taken for an option. */
export function chosenSnapshots({ host, tags, paths }: ResticChoice): string[] {
  return [
    ...(host === undefined ? [] : [`--host=${host}`]),
    ...(tags.length === 0 ? [] : [`--tag=${tags.join(',')}`]),
    ...paths.map((path) => `--path=${path}`),
  ];
}
