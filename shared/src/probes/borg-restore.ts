import * as z from 'zod';
import { BACKUP_CHECKS_STREAM, backupCheckValues, restoreFields } from './backup-checks.ts';
import { borgAccess, borgChoice } from './borg.ts';
import type { ProbeType } from './probe.ts';
import { repositoryName } from './restore-points.ts';

const options = z.strictObject({ type: z.literal('borg_restore'), ...borgAccess, ...borgChoice, ...restoreFields });

export type BorgRestoreOptions = z.output<typeof options>;

/** Restores some files of the newest archive into a folder of the agent, compares them, and removes them again. */
export const borgRestore = {
  options,
  values: backupCheckValues,
  streams: [BACKUP_CHECKS_STREAM],
  isSlow: true,
  repository: ({ repository }: BorgRestoreOptions) => repositoryName(repository),
} satisfies ProbeType;
