import { CALL_OUTCOMES } from '@nines/shared/phone/call.ts';
import * as z from 'zod';

const call = z.strictObject({
  channel: z.string(),
  queue: z.string(),
  visit: z.int(),
  enteredAtMs: z.int(),
  revision: z.int(),
  outcome: z.enum(CALL_OUTCOMES).nullable(),
  endedAtMs: z.int().nullable(),
  caller: z.string().nullable(),
  values: z.record(z.string(), z.int()),
});

/** A `CallBookState` as a source leaves it for its next run. */
export const callBookSchema = z.strictObject({
  open: z.array(call),
  visits: z.array(z.tuple([z.string(), z.int(), z.int()])),
});

/** JSON of one shape that an earlier run left; `null` when there is none, or of another shape: then all begins anew. */
export function readLeft<Left>(text: string | null, schema: z.ZodType<Left>): Left | null {
  if (text === null) return null;
  const left = schema.safeParse(parseJson(text));
  return left.success ? left.data : null;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
