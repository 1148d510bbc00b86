import * as z from 'zod';
import { logPlaceSchema } from '../follow/log-place.ts';
import { callBookSchema, readLeft } from './call-book-schema.ts';

const schema = z.strictObject({
  path: z.string(),
  log: logPlaceSchema.nullable(),
  /** Makes pseudonyms of callers' numbers; it never leaves this host. */
  salt: z.string(),
  calls: callBookSchema,
});

/** How far a queue log was read, and the calls that are under way there. */
export type QueueLogPlace = z.output<typeof schema>;

/** What an earlier run left; `null` when there is none of this log: then it is read from its beginning. */
export function readQueueLogPlace(text: string | null, path: string): QueueLogPlace | null {
  const place = readLeft(text, schema);
  return place?.path === path ? place : null;
}
