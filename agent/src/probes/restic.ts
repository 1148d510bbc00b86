import type { ResticOptions } from '@nines/shared/probes/restic.ts';
import type { ProbeContext } from './probe-run.ts';
import { readSize, readSnapshots } from './restic-output.ts';
import { chosenSnapshots, resticOn } from './restic-program.ts';
import { judgeRestorePoints, newestOf, type RestorePoint, shipRestorePoints } from './restore-points.ts';

/** Lists the snapshots of a restic repository. */
export async function runRestic(options: ResticOptions, context: ProbeContext): Promise<void> {
  context.enter('local');
  const restic = resticOn(options, context);
  const listed = readSnapshots(await restic(['snapshots', '--json', ...chosenSnapshots(options)]));
  const points = options.sizes
    ? await withSize(listed, context, async (id) => readSize(await restic(['stats', '--json', id])))
    : listed;
  await shipRestorePoints(points, context);
  judgeRestorePoints(points, options.expect, context);
}

/** The size of the newest snapshot, kept until there is a newer one. */
class KnownSize {
  id: string | null = null;
  bytes = 0;

  close(): void {}
}

/** The points with the size of the newest one, which is asked for once. */
async function withSize(
  points: readonly RestorePoint[],
  context: ProbeContext,
  ask: (id: string) => Promise<number>,
): Promise<readonly RestorePoint[]> {
  const newest = newestOf(points);
  if (newest === null || newest.bytes !== null) return points;
  const known = context.keep(() => new KnownSize());
  if (known.id !== newest.id) {
    known.bytes = await ask(newest.id);
    known.id = newest.id;
  }
  return points.map((point) => (point === newest ? { ...point, bytes: known.bytes } : point));
}
