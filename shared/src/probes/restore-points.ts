import * as z from 'zod';
import { duration, type SecretSource, size } from '../config/fields.ts';
import { totalValue, type ValueDeclaration } from './probe.ts';

/** What every type that looks at backups reports and can expect: the points in time that can be restored. */

/** The stream in which backups are events: one for each restore point, `good` once it was seen. */
export const BACKUPS_STREAM = 'backups';

/** What has to be there; a store without any restore point never passes. */
export const restorePointExpectation = z
  .strictObject({
    /** Of the newest one, from its end. */
    max_age: duration.optional(),
    min_points: z.int().min(1).default(1),
    /** Of the newest one. */
    min_size: size.optional(),
    min_files: z.int().min(1).optional(),
    /** The oldest one has to be at least this old. */
    reaches_back: duration.optional(),
  })
  .prefault({});

export type RestorePointExpectation = z.output<typeof restorePointExpectation>;

export const restorePointValues = {
  age: {
    unit: 'microseconds',
    help: 'Time since the newest backup ended.',
    metric: { name: 'nines_backup_age_seconds', help: 'Time since the newest restorable backup ended, in seconds.' },
  },
  newest_at: {
    unit: 'unix-seconds',
    help: 'When the newest backup ended.',
    metric: { name: 'nines_backup_newest_timestamp_seconds', help: 'End of the newest restorable backup, Unix time.' },
  },
  oldest_at: {
    unit: 'unix-seconds',
    help: 'The oldest point in time that can be restored.',
    metric: { name: 'nines_backup_oldest_timestamp_seconds', help: 'Oldest restorable point, Unix time.' },
  },
  reach: {
    unit: 'microseconds',
    help: 'How far back one can restore: time since the oldest backup began.',
    metric: { name: 'nines_backup_reach_seconds', help: 'Time since the oldest restorable backup began, in seconds.' },
  },
  points: {
    unit: 'count',
    help: 'Points in time that can be restored.',
    metric: { name: 'nines_backup_points', help: 'Points in time that can be restored.' },
  },
  size: {
    unit: 'bytes',
    help: 'Size of what the newest backup holds.',
    metric: { name: 'nines_backup_size_bytes', help: 'Size of what the newest restorable backup holds, in bytes.' },
  },
  files: {
    unit: 'count',
    help: 'Files that the newest backup holds.',
    metric: { name: 'nines_backup_files', help: 'Files that the newest restorable backup holds.' },
  },
  total: totalValue,
} satisfies Readonly<Record<string, ValueDeclaration>>;

/**
 * Where a program keeps its backups. A path is this host's, one that begins with `./` or `../` counts from the agent's own
 * file; an address must not smuggle an option of ssh in its host's place, nor hold credentials: whoever writes checks is
 * not whoever owns this host.
 */
export function repositoryText(schemes: RegExp, expected: string) {
  return z.string().superRefine((text, context) => {
    if (/:\/\/[^/@]*:[^/@]*@/.test(text)) {
      context.addIssue({ code: 'custom', message: 'credentials do not belong here; use { env: … } or { file: … }' });
    } else if (!isPath(text) && !schemes.test(text)) {
      context.addIssue({ code: 'custom', message: `expected ${expected}` });
    }
  });
}

/** Whether a repository's text is a path of this host. */
export function isPath(text: string): boolean {
  return /^\.{0,2}\//.test(text);
}

/** A repository by its name: as it is written, or where the secret is that says so. */
export function repositoryName(repository: string | SecretSource): string {
  if (typeof repository === 'string') return repository;
  return 'env' in repository ? `env:${repository.env}` : `file:${repository.file}`;
}

/** The path of a program; the agent's own file has to allow it. */
export function programPath(usual: string) {
  return z.string().regex(/^\//, 'expected the absolute path of a program').default(usual);
}
