import * as z from 'zod';
import { timeZone } from '../config/fields.ts';
import type { ProbeType } from './probe.ts';
import { BACKUPS_STREAM, programPath, restorePointExpectation, restorePointValues } from './restore-points.ts';

const options = z.strictObject({
  type: z.literal('whm'),
  program: programPath('/usr/local/cpanel/bin/whmapi1'),
  /** Only this user; every user when absent, and the one that is worst off counts. */
  user: z.string().min(1).optional(),
  /** Only backups there: `local`, or the name of a destination; anywhere when absent. */
  destination: z.string().min(1).optional(),
  /** The server's own, for backups that it names by their date alone. */
  time_zone: timeZone.default('UTC'),
  expect: restorePointExpectation,
});

export type WhmOptions = z.output<typeof options>;

/** The backups of cPanel accounts that WHM can restore. */
export const whm = { options, values: restorePointValues, streams: [BACKUPS_STREAM] } satisfies ProbeType;
