import type { ResticRestoreOptions } from '@nines/shared/probes/restic-restore.ts';
import type { ScratchFolder } from '../restore/scratch.ts';
import type { ProbeContext } from './probe-run.ts';
import { expectListed, literalPattern, readFileOf, readRestored, readSnapshots } from './restic-output.ts';
import { chosenSnapshots, resticOn } from './restic-program.ts';
import { type RestoreProgram, shipTestRestore } from './ship-test-restore.ts';

/** Restores some files of the newest snapshot and compares them. */
export async function runResticRestore(options: ResticRestoreOptions, context: ProbeContext): Promise<void> {
  await shipTestRestore(options, context, (folder) => resticIn(folder, options, context));
}

function resticIn(
  { restored, temporary }: ScratchFolder,
  options: ResticRestoreOptions,
  context: ProbeContext,
): RestoreProgram {
  const restic = resticOn(options, context);
  const calling = { isBackground: true, temporaryFolder: temporary };
  return {
    async points() {
      return readSnapshots(await restic(['snapshots', '--json', ...chosenSnapshots(options)], calling));
    },
    async list({ id }, offer) {
      const onLine = (line: string) => {
        const file = readFileOf(line);
        if (file !== null) offer(file);
      };
      expectListed(await restic(['ls', '--json', id], { ...calling, onLine }));
    },
    async restore({ id }, files) {
      const includes = files.map(({ path }) => `--include=${literalPattern(path)}`);
      // With `--verify` restic reads again what it wrote, and compares it with the digests in the snapshot.
      const result = await restic(['restore', id, `--target=${restored}`, '--verify', ...includes], calling);
      const complaints = readRestored(result, files);
      return (path) => ({ sha256: null, complaint: complaints.get(path) ?? null });
    },
  };
}
