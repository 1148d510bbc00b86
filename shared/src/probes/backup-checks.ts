import * as z from 'zod';
import { size } from '../config/fields.ts';
import { totalValue, type ValueDeclaration } from './probe.ts';

/** What every type shares that does not look at backups but tries them: reads them through, or restores some of them. */

/** The stream in which every verification and every test restore is an event: `good`, `failed` or `inconclusive`. */
export const BACKUP_CHECKS_STREAM = 'backup_checks';

/** Which files a test restore takes, and what it compares them with. */
export const restoreFields = {
  /** So many, chosen at random each time. */
  files: z.int().min(1).max(200).default(20),
  /** All of them together; the agent's own file may allow less. A larger file is never chosen. */
  max_size: size.prefault('256MiB'),
  /**
   * This host's folder below which the backed-up paths are, `/` when they are absolute. With it restored files are compared
   * with those of the host, too, as far as these have not changed since the backup.
   */
  source: z.string().regex(/^\//, 'expected the absolute path of a folder').optional(),
};

export const backupCheckValues = {
  files: {
    unit: 'count',
    help: 'Files that were restored and compared.',
    metric: { name: 'nines_backup_check_files', help: 'Files that the last test restored and compared.' },
  },
  bytes: {
    unit: 'bytes',
    help: 'Size of the files that were restored and compared.',
    metric: { name: 'nines_backup_check_bytes', help: 'Size of what the last test restored and compared, in bytes.' },
  },
  mismatches: {
    unit: 'count',
    help: 'What is not as it was backed up: files of a restore, errors of a verification.',
    metric: {
      name: 'nines_backup_check_mismatches',
      help: 'Files, or errors of a verification, by which the last test found a backup to be not what it should be.',
    },
  },
  changed: {
    unit: 'count',
    help: 'Restored files that could not be compared with the host’s, which have changed since.',
    metric: {
      name: 'nines_backup_check_changed_files',
      help: 'Restored files whose source has changed since the backup, so that only the backup’s own digests were compared.',
    },
  },
  total: totalValue,
} satisfies Readonly<Record<string, ValueDeclaration>>;
