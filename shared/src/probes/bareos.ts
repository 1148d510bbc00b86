import * as z from 'zod';
import { timeZone } from '../config/fields.ts';
import type { ProbeType } from './probe.ts';
import { BACKUPS_STREAM, programPath, restorePointExpectation, restorePointValues } from './restore-points.ts';

const options = z.strictObject({
  type: z.literal('bareos'),
  program: programPath('/usr/bin/bconsole'),
  /** The name of the job, as the director has it. */
  job: z.string().regex(/^[\w.:-]+$/, 'expected the name of a job: letters, digits, "_", ".", ":" or "-"'),
  /** The director's own: what it says carries no zone. */
  time_zone: timeZone.default('UTC'),
  expect: restorePointExpectation,
});

export type BareosOptions = z.output<typeof options>;

/** The runs of a Bareos job that ended well. */
export const bareos = { options, values: restorePointValues, streams: [BACKUPS_STREAM] } satisfies ProbeType;
