import * as z from 'zod';
import { BACKUP_CHECKS_STREAM, backupCheckValues, restoreFields } from './backup-checks.ts';
import type { ProbeType } from './probe.ts';
import { resticAccess, resticChoice } from './restic.ts';
import { repositoryName } from './restore-points.ts';

const options = z.strictObject({
  type: z.literal('restic_restore'),
  ...resticAccess,
  ...resticChoice,
  ...restoreFields,
});

export type ResticRestoreOptions = z.output<typeof options>;

/** Restores some files of the newest snapshot into a folder of the agent, compares them, and removes them again. */
export const resticRestore = {
  options,
  values: backupCheckValues,
  streams: [BACKUP_CHECKS_STREAM],
  isSlow: true,
  repository: ({ repository }: ResticRestoreOptions) => repositoryName(repository),
} satisfies ProbeType;
