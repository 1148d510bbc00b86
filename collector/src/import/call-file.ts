import { secret, timeZone } from '@nines/shared/config/fields.ts';
import { callMapping } from '@nines/shared/phone/call-mapping.ts';
import { callers, queues } from '@nines/shared/phone/options.ts';
import * as z from 'zod';

const shared = {
  /** Between two cells; `tab` for a tab. */
  delimiter: z.union([z.literal('tab').transform(() => '\t'), z.string().length(1)]).prefault(','),
  encoding: z.enum(['utf-8', 'windows-1252', 'utf-16le']).default('utf-8'),
  /** Only calls of these queues. */
  queues,
  callers,
  /** Makes pseudonyms; keep it, or the same caller gets another one. */
  salt: secret.optional(),
};

/** A column by its heading. */
const column = z.string().min(1);

const table = z.strictObject({ ...shared, calls: callMapping(column) });

/** Rows of Asterisk's realtime queue log: `time, callid, queuename, agent, event, data1 … data5` or one `data`. */
const realtime = z.strictObject({
  ...shared,
  queue_log: z.strictObject({
    /** The zone of `time`; Asterisk writes its own local time unless `queue_log_realtime_use_gmt` is set. */
    time_zone: timeZone,
  }),
});

/** How a file of calls is read: one row a call, or one row an event of a queue log. */
export const callFileSchema = z
  .union([table, realtime], 'expected calls: { id: …, queue: …, entered: … }, or queue_log: { time_zone: … }')
  .refine(({ callers: kept, salt }) => kept === 'drop' || salt !== undefined, 'pseudonyms need a salt');

export type CallFile = z.output<typeof callFileSchema>;
