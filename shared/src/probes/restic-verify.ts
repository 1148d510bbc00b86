import * as z from 'zod';
import { BACKUP_CHECKS_STREAM, backupCheckValues } from './backup-checks.ts';
import type { ProbeType } from './probe.ts';
import { resticAccess } from './restic.ts';
import { repositoryName } from './restore-points.ts';

const { mismatches, total } = backupCheckValues;

const options = z.strictObject({
  type: z.literal('restic_verify'),
  ...resticAccess,
  /** The data is read in so many parts, one of them each time: after as many runs all of it was read. 1 reads all. */
  parts: z.int().min(1).max(256).default(20),
});

export type ResticVerifyOptions = z.output<typeof options>;

/** `restic check` of a whole repository's structure and of a part of its data, without a lock: nothing is written. */
export const resticVerify = {
  options,
  values: {
    part: { unit: 'code', help: 'Which part of the data was read.', metric: null },
    mismatches,
    total,
  },
  streams: [BACKUP_CHECKS_STREAM],
  isSlow: true,
  repository: ({ repository }: ResticVerifyOptions) => repositoryName(repository),
} satisfies ProbeType;
