import * as z from 'zod';
import type { Signature } from '../ledger/register.ts';

/** What somebody said of a digest, as the API writes it and commands and pages read it. */
export const signatureSchema = z.object({
  by: z.string(),
  role: z.string(),
  decision: z.string(),
  comment: z.string().nullable(),
  at: z.string(),
});

export type SignatureDocument = z.output<typeof signatureSchema>;

export function signatureDocument({ by, role, decision, comment, atMs }: Signature): SignatureDocument {
  return { by, role, decision, comment, at: new Date(atMs).toISOString() };
}
