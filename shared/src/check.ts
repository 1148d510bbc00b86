import * as z from 'zod';
import { identifier } from './config/fields.ts';
import { probeOptions } from './probes/index.ts';

/** A check as an agent runs it. `everyMs` and `timeoutMs` are integer milliseconds, `timeoutMs <= everyMs`. */
export interface Check {
  readonly id: string;
  readonly everyMs: number;
  readonly timeoutMs: number;
  readonly probe: z.output<typeof probeOptions>;
}

/**
 * What the collector hands an agent. `probe` travels as it was written in YAML, so both ends parse it with the same
 * schema and an option means the same on both.
 */
export const assignmentSchema = z.object({
  version: z.literal(1),
  agent: identifier,
  checks: z.array(
    z.object({ id: identifier, every_ms: z.int().min(1), timeout_ms: z.int().min(1), probe: z.unknown() }),
  ),
});

export type Assignment = z.output<typeof assignmentSchema>;

/** The agent's checks, and those it cannot run because this version does not know their options. */
export interface ReadAssignment {
  readonly checks: readonly Check[];
  readonly refused: readonly { readonly id: string; readonly why: string }[];
}

/** Reads an assignment check by check: one that is not understood never stops the others. */
export function readAssignment(assignment: Assignment): ReadAssignment {
  const checks: Check[] = [];
  const refused: { id: string; why: string }[] = [];
  for (const check of assignment.checks) {
    const probe = probeOptions.safeParse(check.probe);
    if (probe.success)
      checks.push({ id: check.id, everyMs: check.every_ms, timeoutMs: check.timeout_ms, probe: probe.data });
    else refused.push({ id: check.id, why: probe.error.issues[0]?.message ?? 'not understood' });
  }
  return { checks, refused };
}
