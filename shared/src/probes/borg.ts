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

/** Where the repository is, and what opens it. */
export const borgAccess = {
  /** A path of this host, an `ssh://` address, or a secret that holds one. */
  repository: z.union(
    [
      repositoryText(
        /^ssh:\/\/(?:[A-Za-z0-9_.-]*@)?[A-Za-z0-9[]/,
        'an absolute path or an address that begins with ssh://',
      ),
      secret,
    ],
    'expected a path, an ssh:// address, { env: NAME } or { file: PATH }',
  ),
  /** Absent for a repository without encryption. */
  passphrase: secret.optional(),
  program: programPath('/usr/bin/borg'),
  /**
   * Borg's folder of caches and keys (BORG_BASE_DIR), which has to be allowed and writable. Only with it size and files
   * are known: without its cache borg would read the whole repository for them.
   */
  base_directory: z.string().regex(/^\//, 'expected the absolute path of a folder').optional(),
};

/** Which archives count, as a shell pattern of their names. */
export const borgChoice = { archives: z.string().min(1).optional() };

const options = z.strictObject({
  type: z.literal('borg'),
  ...borgAccess,
  ...borgChoice,
  expect: restorePointExpectation,
});

export type BorgOptions = z.output<typeof options>;

/** The archives of a borg repository. While a backup runs borg locks it: that is waited for, then unknown. */
export const borg = {
  options,
  values: restorePointValues,
  streams: [BACKUPS_STREAM],
  repository: ({ repository }: BorgOptions) => repositoryName(repository),
} satisfies ProbeType;
