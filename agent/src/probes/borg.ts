import type { BorgOptions } from '@nines/shared/probes/borg.ts';
import { readArchives, withStatistics } from './borg-output.ts';
import { borgOn, chosenArchives, listArchives, withBorgFolder } from './borg-program.ts';
import type { ProbeContext } from './probe-run.ts';
import { judgeRestorePoints, shipRestorePoints } from './restore-points.ts';

/** Lists the archives of a borg repository; with its cache also how large the newest is. */
export async function runBorg(options: BorgOptions, context: ProbeContext): Promise<void> {
  context.enter('local');
  await withBorgFolder(options, context, async (baseDirectory) => {
    const borg = borgOn({ ...options, baseDirectory }, context);
    const points = readArchives(await borg(listArchives(options)));
    const hasCache = options.base_directory !== undefined && points.length > 0;
    const known = hasCache
      ? withStatistics(points, await borg(['info', '--json', '--last=1', ...chosenArchives(options)]))
      : points;
    await shipRestorePoints(known, context);
    judgeRestorePoints(known, options.expect, context);
  });
}
