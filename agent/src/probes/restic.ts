import type { ResticOptions } from '@nines/shared/probes/restic.ts';
import { runCommand } from './command.ts';
import type { ProbeContext } from './probe-run.ts';
import { repositoryOf } from './repository.ts';
import { readSnapshots } from './restic-output.ts';
import { judgeRestorePoints, shipRestorePoints } from './restore-points.ts';

/** Lists the snapshots of a restic repository. */
export async function runRestic(options: ResticOptions, context: ProbeContext): Promise<void> {
  const { allowed } = context;
  context.enter('local');
  const secrets = Object.entries(options.environment).map(([name, source]) => [name, allowed.secret(source)] as const);
  const result = await runCommand(
    {
      program: allowed.command(options.program),
      // Without a lock, so that a running backup is no obstacle; without a cache, of which the agent has no place.
      args: ['snapshots', '--json', '--no-lock', '--no-cache', ...chosen(options)],
      environment: {
        ...Object.fromEntries(secrets),
        RESTIC_REPOSITORY: repositoryOf(options.repository, allowed),
        RESTIC_PASSWORD: allowed.secret(options.password),
      },
    },
    context,
  );
  const points = readSnapshots(result);
  await shipRestorePoints(points, context);
  judgeRestorePoints(points, options.expect, context);
}

/** Joined to their names, so that no value can be taken for an option. */
function chosen({ host, tags, paths }: ResticOptions): string[] {
  return [
    ...(host === undefined ? [] : [`--host=${host}`]),
    ...(tags.length === 0 ? [] : [`--tag=${tags.join(',')}`]),
    ...paths.map((path) => `--path=${path}`),
  ];
}
