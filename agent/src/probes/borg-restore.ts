import { randomInt } from 'node:crypto';
import { join } from 'node:path';
import type { BorgRestoreOptions } from '@nines/shared/probes/borg-restore.ts';
import { repositoryName } from '@nines/shared/probes/restore-points.ts';
import { ProbeFailure } from '../failure-reason.ts';
import { compareRestored } from '../restore/compare.ts';
import { type BackedUpFile, Sample } from '../restore/sample.ts';
import { expectRoom, inScratch, type ScratchFolder } from '../restore/scratch.ts';
import { emptySample, judgeComparison, shipVerdictOf } from './backup-check.ts';
import {
  archiveName,
  type BorgFile,
  expectExtracted,
  expectListed,
  literalPath,
  readArchives,
  readFileOf,
} from './borg-output.ts';
import { borgOn, chosenArchives } from './borg-program.ts';
import type { ProbeContext } from './probe-run.ts';
import { newestOf, type RestorePoint } from './restore-points.ts';

/** Restores some files of the newest archive and compares them. */
export async function runBorgRestore(options: BorgRestoreOptions, context: ProbeContext): Promise<void> {
  context.enter('local');
  const scratch = context.allowed.scratch();
  const check = { kind: 'restore', repository: repositoryName(options.repository) } as const;
  await shipVerdictOf(check, context, () =>
    inScratch(scratch, async (folder) => {
      const restore = new BorgRestore(options, folder, context);
      const archive = await restore.newest();
      const files = await restore.sampleOf(archive, Math.min(options.max_size, scratch.maxBytes));
      await restore.compare(archive, files);
    }),
  );
}

/** One test restore in its folder; every step rejects with `ProbeFailure`, `CannotTell` or in borg's words. */
class BorgRestore {
  readonly #options: BorgRestoreOptions;
  readonly #folder: ScratchFolder;
  readonly #context: ProbeContext;
  readonly #borg: ReturnType<typeof borgOn>;

  constructor(options: BorgRestoreOptions, folder: ScratchFolder, context: ProbeContext) {
    this.#options = options;
    this.#folder = folder;
    this.#context = context;
    this.#borg = borgOn({ ...options, baseDirectory: folder.temporary }, context);
  }

  async newest(): Promise<RestorePoint> {
    const chosen = chosenArchives(this.#options);
    const list = await this.#borg(['list', '--json', '--format={end}{hostname}', ...chosen], this.#calling);
    const newest = newestOf(readArchives(list));
    if (newest === null) throw new ProbeFailure('backup-missing', 'there is no restorable backup');
    return newest;
  }

  async sampleOf(archive: RestorePoint, maxBytes: number): Promise<readonly BackedUpFile[]> {
    const sample = new Sample({ files: this.#options.files, bytes: maxBytes }, randomInt);
    await this.#list(archive, { keys: '{size}', paths: [], take: (file) => sample.offer(file) });
    const { files, offered } = sample;
    if (files.length === 0) throw emptySample(offered);
    return files;
  }

  async compare(archive: RestorePoint, files: readonly BackedUpFile[]): Promise<void> {
    const { restored } = this.#folder;
    const { allowed, signal } = this.#context;
    const { source } = this.#options;
    await expectRoom(
      restored,
      files.reduce((sum, { bytes }) => sum + bytes, 0),
    );
    const paths = files.map(({ path }) => literalPath(path));
    const extracted = await this.#borg(['extract', `::${archiveName(archive)}`, ...paths], {
      ...this.#calling,
      folder: restored,
    });
    expectExtracted(extracted);
    // Borg reads the chunks once more, from the repository, and says what the whole file's digest is.
    const listed = new Map<string, BorgFile>();
    await this.#list(archive, { keys: '{size}{sha256}', paths, take: (file) => listed.set(file.path, file) });
    const compared = await compareRestored(
      files.map((file) => ({
        ...file,
        restored: join(restored, file.path),
        source: source === undefined ? null : allowed.file(join(source, file.path)),
        sha256: listed.get(file.path)?.sha256 ?? null,
        // An earlier `borg check --repair` put zeros in the place of what was lost.
        complaint: listed.get(file.path)?.isWhole === false ? 'chunks of it were lost' : null,
      })),
      { backedUpAtMs: archive.startedAtMs, signal },
    );
    judgeComparison(compared, this.#context);
  }

  async #list(
    archive: RestorePoint,
    { keys, paths, take }: { keys: string; paths: readonly string[]; take: (file: BorgFile) => void },
  ): Promise<void> {
    const onLine = (line: string) => {
      const file = readFileOf(line);
      if (file !== null) take(file);
    };
    const args = ['list', '--json-lines', `--format=${keys}`, `::${archiveName(archive)}`, ...paths];
    expectListed(await this.#borg(args, { ...this.#calling, onLine }));
  }

  get #calling() {
    const { temporary } = this.#folder;
    return { isBackground: true, temporaryFolder: temporary, folder: temporary };
  }
}
