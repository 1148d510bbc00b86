import * as z from 'zod';
import { secret } from '../config/fields.ts';
import type { ProbeType } from './probe.ts';
import {
  BACKUPS_STREAM,
  programPath,
  repositoryName,
  repositoryText,
  restorePointExpectation,
  restorePointValues,
} from './restore-points.ts';

/** Names of variables with which restic reaches a store; others could make it run a program. */
const STORE_VARIABLE = /^(?:AWS|AZURE|B2|GOOGLE|OS|ST|RESTIC_REST)_[A-Z0-9_]+$/;

/** Where the repository is, and what opens it. */
export const resticAccess = {
  /** A path of this host, an address that restic knows, or a secret that holds one. */
  repository: z.union(
    [
      repositoryText(
        /^(?:s3|rest|b2|azure|gs|swift):|^sftp:(?:\/\/)?(?:[A-Za-z0-9_.-]*@)?[A-Za-z0-9[]/,
        'an absolute path, or an address that begins with s3:, rest:, b2:, azure:, gs:, swift: or sftp:',
      ),
      secret,
    ],
    'expected a path, an address, { env: NAME } or { file: PATH }',
  ),
  password: secret,
  program: programPath('/usr/bin/restic'),
  environment: z
    .record(z.string().regex(STORE_VARIABLE, 'expected a variable of a store, such as AWS_ACCESS_KEY_ID'), secret)
    .default({}),
};

/** Which snapshots count. */
export const resticChoice = {
  /** Those of this host, with all of these tags, of all of these paths. */
  host: z.string().min(1).optional(),
  tags: z
    .array(
      z
        .string()
        .min(1)
        .regex(/^[^,]+$/, 'a tag has no comma'),
    )
    .default([]),
  paths: z.array(z.string().min(1)).default([]),
};

const options = z.strictObject({
  type: z.literal('restic'),
  ...resticAccess,
  ...resticChoice,
  /**
   * Restic before 0.17 does not keep how large a snapshot is. With this it is asked, once for each that is the newest one:
   * restic then reads the whole list of its files.
   */
  sizes: z.boolean().default(false),
  expect: restorePointExpectation,
});

export type ResticOptions = z.output<typeof options>;

/** The snapshots of a restic repository, listed without a lock: a running backup is no obstacle. */
export const restic = {
  options,
  values: restorePointValues,
  streams: [BACKUPS_STREAM],
  repository: ({ repository }: ResticOptions) => repositoryName(repository),
} satisfies ProbeType;
