import type { BorgRestoreOptions } from '@nines/shared/probes/borg-restore.ts';
import type { ScratchFolder } from '../restore/scratch.ts';
import {
  archiveName,
  type BorgFile,
  expectExtracted,
  expectListed,
  literalPath,
  readArchives,
  readFileOf,
} from './borg-output.ts';
import { borgOn, listArchives } from './borg-program.ts';
import type { ProbeContext } from './probe-run.ts';
import type { RestorePoint } from './restore-points.ts';
import { type RestoreProgram, shipTestRestore } from './ship-test-restore.ts';

/** Restores some files of the newest archive and compares them. */
export async function runBorgRestore(options: BorgRestoreOptions, context: ProbeContext): Promise<void> {
  await shipTestRestore(options, context, (folder) => borgIn(folder, options, context));
}

interface Listing {
  readonly keys: string;
  /** None for all files. */
  readonly paths: readonly string[];
  readonly take: (file: BorgFile) => void;
}

function borgIn(
  { restored, temporary }: ScratchFolder,
  options: BorgRestoreOptions,
  context: ProbeContext,
): RestoreProgram {
  const borg = borgOn({ ...options, baseDirectory: temporary }, context);
  const calling = { isBackground: true, temporaryFolder: temporary, folder: temporary };
  const list = async (archive: RestorePoint, { keys, paths, take }: Listing) => {
    const onLine = (line: string) => {
      const file = readFileOf(line);
      if (file !== null) take(file);
    };
    const args = ['list', '--json-lines', `--format=${keys}`, `::${archiveName(archive)}`, ...paths];
    expectListed(await borg(args, { ...calling, onLine }));
  };
  return {
    async points() {
      return readArchives(await borg(listArchives(options), calling));
    },
    list: (archive, offer) => list(archive, { keys: '{size}', paths: [], take: offer }),
    async restore(archive, files) {
      const paths = files.map(({ path }) => literalPath(path));
      const extract = ['extract', `::${archiveName(archive)}`, ...paths];
      expectExtracted(await borg(extract, { ...calling, folder: restored }));
      // Borg reads the chunks once more, from the repository, and says what the whole file's digest is.
      const listed = new Map<string, BorgFile>();
      await list(archive, { keys: '{size}{sha256}', paths, take: (file) => listed.set(file.path, file) });
      return (path) => ({
        sha256: listed.get(path)?.sha256 ?? null,
        // An earlier `borg check --repair` put zeros in the place of what was lost.
        complaint: listed.get(path)?.isWhole === false ? 'chunks of it were lost' : null,
      });
    },
  };
}
