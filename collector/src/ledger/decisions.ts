import * as z from 'zod';
import { ROLES } from '../sla/contract.ts';

const MAX_TEXT = 4_000;

/** What people write. Half a surrogate pair has no canonical form, so it could not be hashed. */
export const decisionText = z
  .string()
  .trim()
  .min(1)
  .max(MAX_TEXT)
  .refine((text) => text.isWellFormed(), 'this is no text');

const atMs = z.int().min(0);
const names = z.array(z.string());
const sha256 = z.string().regex(/^[0-9a-f]{64}$/);

const signature = z.strictObject({ digest: sha256, role: z.enum(ROLES), comment: decisionText.nullable() });

/** Every revision of a statement is one entry; the rest of it is the statement itself (see `statement.ts`). */
const statement = z.object({
  contract: z.object({ id: z.string(), version: z.int(), digest: sha256, customer: z.string() }),
  period: z.object({ name: z.string(), from_ms: atMs, to_ms: atMs }),
  revision: z.int().min(1),
  frozen_at_ms: atMs,
  claim_until_ms: atMs.nullable(),
  approvals: z.array(z.enum(ROLES)),
  figures_digest: sha256,
  digest: sha256,
});

/** THE table of what can be decided: the action of an entry, and what its body holds. */
export const DECISIONS = {
  'maintenance.announced': z.strictObject({
    from_ms: atMs,
    to_ms: atMs,
    reason: decisionText,
    evidence: z.array(decisionText),
    scope: z.strictObject({ contracts: names, services: names, checks: names }),
  }),
  'maintenance.cancelled': z.strictObject({ reason: decisionText }),
  'exclusion.requested': z.strictObject({
    contract: z.string(),
    /** All of the contract's when empty. */
    objectives: names,
    from_ms: atMs,
    to_ms: atMs,
    reason: decisionText,
    evidence: z.array(decisionText).min(1),
  }),
  'exclusion.approved': z.strictObject({ role: z.enum(ROLES), comment: decisionText.nullable() }),
  'exclusion.rejected': z.strictObject({ role: z.enum(ROLES), comment: decisionText.nullable() }),
  /** What somebody found out about a condition of a credit; the last word about it counts. */
  'condition.found': z.strictObject({
    contract: z.string(),
    version: z.int(),
    /** As the objective's calendar names it, whatever version began in it. */
    period: z.string(),
    condition: decisionText,
    holds: z.boolean(),
    evidence: z.array(decisionText).min(1),
    comment: decisionText.nullable(),
  }),
  'contract.approved': signature,
  /** Somebody is on it; the rest says which alert it was once that is gone. */
  'alert.acknowledged': z.strictObject({
    labels: z.record(z.string(), z.string()),
    since_ms: atMs,
    comment: decisionText.nullable(),
  }),
  'statement.frozen': statement,
  'statement.revised': statement,
  'statement.approved': signature,
  'statement.disputed': signature,
  'statement.claimed': signature,
} as const;

export type Action = keyof typeof DECISIONS;
export type BodyOf<Name extends Action> = z.output<(typeof DECISIONS)[Name]>;

export function isAction(action: string): action is Action {
  return Object.hasOwn(DECISIONS, action);
}
