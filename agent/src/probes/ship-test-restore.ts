import { randomInt } from 'node:crypto';
import { join } from 'node:path';
import type { SecretSource } from '@nines/shared/config/fields.ts';
import { repositoryName } from '@nines/shared/probes/restore-points.ts';
import { CannotTell, ProbeFailure } from '../failure-reason.ts';
import { type Comparison, compareRestored, type RestoredFile } from '../restore/compare.ts';
import { type BackedUpFile, Sample } from '../restore/sample.ts';
import { expectRoom, inScratch, type ScratchFolder } from '../restore/scratch.ts';
import { shipVerdictOf } from './backup-check.ts';
import type { ProbeContext } from './probe-run.ts';
import { expectNewest, type RestorePoint } from './restore-points.ts';

/** What is restored, and what it is compared with. */
export interface TestRestoreOptions {
  readonly repository: string | SecretSource;
  readonly files: number;
  readonly max_size: number;
  readonly source?: string | undefined;
}

/** What a program says of a file that it restored. */
export type Testimony = Pick<RestoredFile, 'sha256' | 'complaint'>;

/** A backup program at work in a scratch folder. Its verbs reject with `ProbeFailure`, `CannotTell` or in its own words. */
export interface RestoreProgram {
  points(): Promise<readonly RestorePoint[]>;
  /** Offers every regular file of a restore point. */
  list(point: RestorePoint, offer: (file: BackedUpFile) => void): Promise<void>;
  /** Restores files below the scratch folder's `restored`, and gives what it says of each, by its path. */
  restore(point: RestorePoint, files: readonly BackedUpFile[]): Promise<(path: string) => Testimony>;
}

/** Restores some files of the newest restore point, compares them, and ships what came of it. */
export async function shipTestRestore(
  options: TestRestoreOptions,
  context: ProbeContext,
  programIn: (folder: ScratchFolder) => RestoreProgram,
): Promise<void> {
  context.enter('local');
  const scratch = context.allowed.scratch();
  const check = { kind: 'restore', repository: repositoryName(options.repository) } as const;
  await shipVerdictOf(check, context, () =>
    inScratch(scratch, async (folder) => {
      const program = programIn(folder);
      const point = expectNewest(await program.points());
      const sample = new Sample(
        { files: options.files, bytes: Math.min(options.max_size, scratch.maxBytes) },
        randomInt,
      );
      await program.list(point, (file) => sample.offer(file));
      const { files, offered } = sample;
      if (files.length === 0) throw emptySample(offered);
      await expectRoom(
        folder.restored,
        files.reduce((sum, { bytes }) => sum + bytes, 0),
      );
      const testimonyOf = await program.restore(point, files);
      const restored = files.map((file) => ({
        ...file,
        ...testimonyOf(file.path),
        restored: join(folder.restored, file.path),
        source: options.source === undefined ? null : context.allowed.file(join(options.source, file.path)),
      }));
      const { signal } = context;
      judgeComparison(await compareRestored(restored, { backedUpAtMs: point.startedAtMs, signal }), context);
    }),
  );
}

/** Reports a comparison. Throws `ProbeFailure` when something is not what was backed up. */
function judgeComparison(
  { files, bytes, changed, mismatches }: Comparison,
  { values }: Pick<ProbeContext, 'values'>,
): void {
  Object.assign(values, { files, bytes, changed, mismatches: mismatches.length });
  const [first] = mismatches;
  if (first === undefined) return;
  throw new ProbeFailure('backup-damaged', `${mismatches.length} of ${files} restored files: ${first}`);
}

/** Nothing could be chosen of what the newest backup lists. */
function emptySample(offered: number): Error {
  return offered === 0
    ? new ProbeFailure('backup-too-small', 'the newest backup holds no file')
    : new CannotTell(
        'scratch-full',
        `none of ${offered} files of the newest backup is small enough to be restored here`,
      );
}
