import * as z from 'zod';
import { BACKUP_CHECKS_STREAM, backupCheckValues } from './backup-checks.ts';
import { borgAccess, borgChoice } from './borg.ts';
import type { ProbeType } from './probe.ts';
import { repositoryName } from './restore-points.ts';

const { mismatches, total } = backupCheckValues;

const options = z.strictObject({ type: z.literal('borg_verify'), ...borgAccess, ...borgChoice });

export type BorgVerifyOptions = z.output<typeof options>;

/**
 * Reads all segments of a borg repository (`check --repository-only`), and the newest archive to its end (`extract
 * --dry-run`), which proves every chunk of it by its key. `borg check` of archives would write the repository's nonce.
 */
export const borgVerify = {
  options,
  values: { mismatches, total },
  streams: [BACKUP_CHECKS_STREAM],
  isSlow: true,
  repository: ({ repository }: BorgVerifyOptions) => repositoryName(repository),
} satisfies ProbeType;
