import { randomInt } from 'node:crypto';
import { join } from 'node:path';
import type { ResticRestoreOptions } from '@nines/shared/probes/restic-restore.ts';
import { repositoryName } from '@nines/shared/probes/restore-points.ts';
import { ProbeFailure } from '../failure-reason.ts';
import { compareRestored } from '../restore/compare.ts';
import { type BackedUpFile, Sample } from '../restore/sample.ts';
import { expectRoom, inScratch, type ScratchFolder } from '../restore/scratch.ts';
import { emptySample, judgeComparison, shipVerdictOf } from './backup-check.ts';
import type { ProbeContext } from './probe-run.ts';
import { expectListed, literalPattern, readFileOf, readRestored, readSnapshots } from './restic-output.ts';
import { chosenSnapshots, resticOn } from './restic-program.ts';
import { newestOf, type RestorePoint } from './restore-points.ts';

/** Restores some files of the newest snapshot and compares them. */
export async function runResticRestore(options: ResticRestoreOptions, context: ProbeContext): Promise<void> {
  context.enter('local');
  const scratch = context.allowed.scratch();
  const check = { kind: 'restore', repository: repositoryName(options.repository) } as const;
  await shipVerdictOf(check, context, () =>
    inScratch(scratch, async (folder) => {
      const restore = new ResticRestore(options, folder, context);
      const snapshot = await restore.newest();
      const files = await restore.sampleOf(snapshot, Math.min(options.max_size, scratch.maxBytes));
      await restore.compare(snapshot, files);
    }),
  );
}

/** One test restore in its folder; every step rejects with `ProbeFailure`, `CannotTell` or in restic's words. */
class ResticRestore {
  readonly #options: ResticRestoreOptions;
  readonly #folder: ScratchFolder;
  readonly #context: ProbeContext;
  readonly #restic: ReturnType<typeof resticOn>;

  constructor(options: ResticRestoreOptions, folder: ScratchFolder, context: ProbeContext) {
    this.#options = options;
    this.#folder = folder;
    this.#context = context;
    this.#restic = resticOn(options, context);
  }

  async newest(): Promise<RestorePoint> {
    const list = await this.#restic(['snapshots', '--json', ...chosenSnapshots(this.#options)], this.#calling);
    const newest = newestOf(readSnapshots(list));
    if (newest === null) throw new ProbeFailure('backup-missing', 'there is no restorable backup');
    return newest;
  }

  async sampleOf({ id }: RestorePoint, maxBytes: number): Promise<readonly BackedUpFile[]> {
    const sample = new Sample({ files: this.#options.files, bytes: maxBytes }, randomInt);
    const onLine = (line: string) => {
      const file = readFileOf(line);
      if (file !== null) sample.offer(file);
    };
    expectListed(await this.#restic(['ls', '--json', id], { ...this.#calling, onLine }));
    const { files, offered } = sample;
    if (files.length === 0) throw emptySample(offered);
    return files;
  }

  async compare({ id, startedAtMs }: RestorePoint, files: readonly BackedUpFile[]): Promise<void> {
    const { restored } = this.#folder;
    const { allowed, signal } = this.#context;
    const { source } = this.#options;
    const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
    await expectRoom(restored, bytes);
    const includes = files.map(({ path }) => `--include=${literalPattern(path)}`);
    // With `--verify` restic reads again what it wrote, and compares it with the digests in the snapshot.
    const result = await this.#restic(['restore', id, `--target=${restored}`, '--verify', ...includes], this.#calling);
    const complaints = readRestored(result, files);
    const compared = await compareRestored(
      files.map((file) => ({
        ...file,
        restored: join(restored, file.path),
        source: source === undefined ? null : allowed.file(join(source, file.path)),
        sha256: null,
        complaint: complaints.get(file.path) ?? null,
      })),
      { backedUpAtMs: startedAtMs, signal },
    );
    judgeComparison(compared, this.#context);
  }

  get #calling() {
    return { isBackground: true, temporaryFolder: this.#folder.temporary };
  }
}
