import type { ResticOptions } from '@nines/shared/probes/restic.ts';
import type { ProbeContext } from './probe-run.ts';
import { readSnapshots } from './restic-output.ts';
import { chosenSnapshots, resticOn } from './restic-program.ts';
import { judgeRestorePoints, shipRestorePoints } from './restore-points.ts';

/** Lists the snapshots of a restic repository. */
export async function runRestic(options: ResticOptions, context: ProbeContext): Promise<void> {
  context.enter('local');
  const restic = resticOn(options, context);
  const points = readSnapshots(await restic(['snapshots', '--json', ...chosenSnapshots(options)]));
  await shipRestorePoints(points, context);
  judgeRestorePoints(points, options.expect, context);
}
