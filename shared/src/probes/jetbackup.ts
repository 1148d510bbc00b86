import * as z from 'zod';
import type { ProbeType } from './probe.ts';
import { BACKUPS_STREAM, programPath, restorePointExpectation, restorePointValues } from './restore-points.ts';

const options = z.strictObject({
  type: z.literal('jetbackup'),
  program: programPath('/usr/bin/jetbackup5api'),
  /** Only this account; every account when absent, and the one that is worst off counts. */
  account: z.string().min(1).optional(),
  /** Only backups at the destination of this name. */
  destination: z.string().min(1).optional(),
  expect: restorePointExpectation,
});

export type JetbackupOptions = z.output<typeof options>;

/** The account backups that JetBackup 5 has; what it knows to be damaged is none. */
export const jetbackup = { options, values: restorePointValues, streams: [BACKUPS_STREAM] } satisfies ProbeType;
