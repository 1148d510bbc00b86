import * as z from 'zod';
import { signatureSchema } from '../http/signature-document.ts';
import type { Unit } from '../sla/attainment.ts';

const UNITS = ['ms', 'runs', 'slices', 'events', 'windows', 'statistic'] as const satisfies readonly Unit[];

const band = z.object({ low: z.string(), high: z.string() });
const steps = z.object({ high: z.array(z.object({ rule: z.string(), figure: z.string() })) });
const line = band.extend({
  objective: z.string(),
  terms: z.string(),
  right: z.string().nullable().default(null),
  open: z.array(z.string()).default([]),
  steps,
});

const excluded = z.object({
  from_ms: z.int(),
  to_ms: z.int(),
  kind: z.string(),
  reason: z.string(),
  evidence: z.string(),
  explanation: z.string().optional(),
});

const objective = z.object({
  objective: z.string(),
  target: z.string(),
  period: z.object({ time_zone: z.string() }),
  verdict: z.string(),
  attainment: z.string().nullable(),
  low: z.string().nullable(),
  high: z.string().nullable(),
  coverage: z.string().nullable(),
  unit: z.enum(UNITS),
  /** Amounts are so many times the unit; statements of the first version did not say it. */
  scale: z.int().positive().default(1),
  good: z.int(),
  bad: z.int(),
  unknown: z.int(),
  excluded: z.int(),
  error_budget: z.object({ total: z.int(), used: z.int() }),
  incidents: z.array(
    z.object({
      from_ms: z.int(),
      to_ms: z.int().nullable(),
      checks: z.array(z.string()),
      reasons: z.array(z.string()),
    }),
  ),
  exclusions: z.object({ applied: z.array(excluded), not_applied: z.array(excluded) }),
});

const settlement = z.object({
  currency: z.string(),
  fee: z.string(),
  credit: band,
  reward: band,
  net: band,
  credits: z.array(line),
  rewards: z.array(line),
  steps,
});

/** The part of a frozen statement that its page shows. What was frozen by an earlier version is read as it stands. */
export const statementViewSchema = z.object({
  state: z.string(),
  statement: z.object({
    contract: z.object({ id: z.string(), version: z.int(), digest: z.string(), customer: z.string() }),
    period: z.object({
      name: z.string(),
      time_zone: z.string(),
      from: z.string(),
      to: z.string(),
      from_ms: z.int(),
      to_ms: z.int(),
    }),
    revision: z.int(),
    frozen_at_ms: z.int(),
    program: z.string(),
    claim_until_ms: z.int().nullable(),
    approvals: z.array(z.string()),
    why: z.array(z.string()),
    changes: z.array(z.object({ field: z.string(), before: z.unknown(), after: z.unknown() })),
    figures: z.object({ objectives: z.array(objective), settlements: z.array(settlement) }),
    digest: z.string(),
    figures_digest: z.string(),
    inputs_digest: z.string(),
  }),
  signatures: z.array(signatureSchema),
});

export type StatementView = z.output<typeof statementViewSchema>;
export type ObjectiveFigures = z.output<typeof objective>;
export type ExcludedView = z.output<typeof excluded>;
export type SettlementView = z.output<typeof settlement>;
