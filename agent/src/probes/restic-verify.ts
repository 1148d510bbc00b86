import type { ResticVerifyOptions } from '@nines/shared/probes/restic-verify.ts';
import { repositoryName } from '@nines/shared/probes/restore-points.ts';
import { inScratch } from '../restore/scratch.ts';
import { shipVerdictOf } from './backup-check.ts';
import type { ProbeContext } from './probe-run.ts';
import { expectChecked } from './restic-output.ts';
import { resticOn } from './restic-program.ts';

/** Has restic check the repository's structure, and the part of its data that is next. */
export async function runResticVerify(options: ResticVerifyOptions, context: ProbeContext): Promise<void> {
  const { allowed, events, values } = context;
  const { parts } = options;
  context.enter('local');
  // The place is the part that was read last: what could not be read this time is next again.
  const part = (Number(await events.place()) % parts) + 1;
  values.part = part;
  const check = {
    kind: 'verify',
    repository: repositoryName(options.repository),
    nextPlace: () => String(part),
  } as const;
  await shipVerdictOf(check, context, () =>
    inScratch(allowed.scratch(), async ({ temporary }) => {
      const restic = resticOn(options, context);
      const result = await restic(['check', `--read-data-subset=${part}/${parts}`], {
        isBackground: true,
        temporaryFolder: temporary,
      });
      expectChecked(result, values);
    }),
  );
}
