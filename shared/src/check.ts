import * as z from 'zod';
import { identifier, timeZone } from './config/fields.ts';
import { probeOptions } from './probes/index.ts';
import { type CronTime, cronText } from './time/cron.ts';

/** A check as an agent runs it. `everyMs` and `timeoutMs` are integer milliseconds, `timeoutMs <= everyMs`. */
export interface Check {
  readonly id: string;
  /** With a schedule the longest time between two of its instants: that is how long an observation has to speak. */
  readonly everyMs: number;
  readonly timeoutMs: number;
  /** When it is due; without one so often as `everyMs` says. */
  readonly schedule?: CronTime;
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
    z.object({
      id: identifier,
      every_ms: z.int().min(1),
      timeout_ms: z.int().min(1),
      schedule: z.object({ cron: cronText, time_zone: timeZone }).optional(),
      probe: z.unknown(),
    }),
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
    const { id, every_ms: everyMs, timeout_ms: timeoutMs, schedule } = check;
    const probe = probeOptions.safeParse(check.probe);
    if (!probe.success) {
      refused.push({ id, why: probe.error.issues[0]?.message ?? 'not understood' });
      continue;
    }
    const due = schedule === undefined ? {} : { schedule: { cron: schedule.cron, timeZone: schedule.time_zone } };
    checks.push({ id, everyMs, timeoutMs, ...due, probe: probe.data });
  }
  return { checks, refused };
}
