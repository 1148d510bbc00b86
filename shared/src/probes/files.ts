import * as z from 'zod';
import { duration } from '../config/fields.ts';
import type { ProbeType } from './probe.ts';
import { BACKUPS_STREAM, restorePointExpectation, restorePointValues } from './restore-points.ts';

const options = z
  .strictObject({
    type: z.literal('files'),
    /** A relative path counts from the agent's own file. */
    directory: z.string().min(1),
    /** Which files are backups, below the folder: `*.tar.gz`, or `**` + `/dump-*.sql` for those in subfolders. */
    pattern: z.string().min(1).default('*'),
    /** A file that grows in this time is being written: it is no backup yet. */
    settle: duration.prefault('1s'),
    /** Reads the newest one to its end: its compression has to be whole. */
    test: z.enum(['gzip', 'zstd', 'none']).default('none'),
    /** Its digest has to stand in a file of its name and `.sha256` beside it, as sha256sum writes it. */
    checksum: z.enum(['sha256', 'none']).default('none'),
    expect: restorePointExpectation,
  })
  .superRefine(({ pattern }, context) => {
    if (!pattern.startsWith('/') && !pattern.split('/').includes('..')) return;
    context.addIssue({ code: 'custom', path: ['pattern'], message: 'expected a pattern below the folder' });
  });

export type FilesOptions = z.output<typeof options>;

/** Backups that are plain files: the newest, how many, how large, whether whole. */
export const files = { options, values: restorePointValues, streams: [BACKUPS_STREAM] } satisfies ProbeType;
