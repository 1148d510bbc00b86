import type { BorgVerifyOptions } from '@nines/shared/probes/borg-verify.ts';
import { repositoryName } from '@nines/shared/probes/restore-points.ts';
import { inScratch } from '../restore/scratch.ts';
import { shipVerdictOf } from './backup-check.ts';
import { archiveName, expectChecked, expectExtracted, readArchives } from './borg-output.ts';
import { borgOn, listArchives } from './borg-program.ts';
import type { ProbeContext } from './probe-run.ts';
import { expectNewest } from './restore-points.ts';

/** Reads all segments of the repository, and the newest archive to its end. */
export async function runBorgVerify(options: BorgVerifyOptions, context: ProbeContext): Promise<void> {
  context.enter('local');
  const check = { kind: 'verify', repository: repositoryName(options.repository) } as const;
  await shipVerdictOf(check, context, () =>
    inScratch(context.allowed.scratch(), async ({ temporary }) => {
      const calling = { isBackground: true, temporaryFolder: temporary, folder: temporary };
      const borg = borgOn({ ...options, baseDirectory: temporary }, context);
      expectChecked(await borg(['check', '--repository-only'], calling), context.values);
      const newest = expectNewest(readArchives(await borg(listArchives(options), calling)));
      expectExtracted(await borg(['extract', '--dry-run', `::${archiveName(newest)}`], calling));
    }),
  );
}
