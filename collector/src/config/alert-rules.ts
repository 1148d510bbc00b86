import { duration, identifier, percent } from '@nines/shared/config/fields.ts';
import * as z from 'zod';
import { MOST_LOOKS } from '../alerts/flapping.ts';
import type { LimitChanges } from '../alerts/limits.ts';
import type { RuleName } from '../alerts/rules.ts';
import { type SettingChanges, subjectKey, type WrittenSettings } from '../alerts/settings.ts';

/** Zero is written `0s`: at once. */
const wait = z.union([z.literal('0s').transform(() => 0), duration]);

const flapping = z.union(
  [
    z.literal('off').transform(() => null),
    z
      .strictObject({ bad: z.int().min(2), of: z.int().min(2).max(MOST_LOOKS) })
      .refine(({ bad, of }) => bad <= of, { path: ['bad'], error: 'more than of: it would never flap' }),
  ],
  `expected off, or { bad: 6, of: 20 } with at most ${MOST_LOOKS} looks`,
);

/** What every rule has, and what it compares with. */
function rule<Shape extends z.ZodRawShape>(limits: Shape) {
  return z
    .strictObject({
      enabled: z.boolean().optional(),
      /** How long it has to hold before it fires. */
      for: wait.optional(),
      /** How long it has to be gone before it is resolved. */
      keep: wait.optional(),
      /** What held at `bad` of the last `of` looks and began more than once fires too. */
      flapping: flapping.optional(),
      ...limits,
    })
    .optional();
}

const rate = z.union(
  [z.literal('off'), z.number().positive().max(1_000_000)],
  'expected a burn rate such as 14.4, or off',
);
const rates = z.strictObject({
  '1h': rate.optional(),
  '6h': rate.optional(),
  '1d': rate.optional(),
  '3d': rate.optional(),
});

/** How long before its end something is told of, and how long before somebody is called. */
const beforeItEnds = { within: duration.optional(), page_within: duration.optional() };

const ofChecks = {
  check_down: rule({}),
  no_data: rule({}),
  certificate_expiring: rule(beforeItEnds),
  domain_expiring: rule(beforeItEnds),
  backup_overdue: rule({ max_age: duration.optional() }),
  backup_unverified: rule({ within: duration.optional() }),
  phone_waiting: rule({ longest: duration.optional() }),
  phone_nobody: rule({}),
};

const ofObjectives = {
  coverage_low: rule({ below: percent.optional(), clears_at: percent.optional() }),
  objective_breached: rule({}),
  budget_spent: rule({ levels: z.array(z.int().min(1).max(100)).min(1).optional() }),
  budget_burning: rule({ rates: rates.optional() }),
  budget_forecast: rule({}),
  backup_unusual: rule({}),
  phone_low: rule({ least_calls: z.int().min(1).optional() }),
};

const ofOthers = {
  agent_gone: rule({}),
  agent_isolated: rule({}),
  agent_skewed: rule({}),
  spool_growing: rule({ batches: z.int().min(1).optional() }),
  heartbeat_down: rule({}),
  statement_waiting: rule({ after: duration.optional() }),
  review_due: rule({ ahead: duration.optional() }),
};

const all = z.strictObject({ ...ofChecks, ...ofObjectives, ...ofOthers } satisfies Readonly<
  Record<RuleName, z.ZodType>
>);

/** `rules:`, `checks:` and `objectives:` below `alerts:`. */
export const ruleSections = {
  rules: all.prefault({}),
  checks: z
    .array(
      z.strictObject({
        ids: z.array(identifier).min(1),
        /** Checks without which these cannot be up: while one of them is down nobody is called about these. */
        depends_on: z.array(identifier).min(1).optional(),
        rules: z.strictObject(ofChecks).prefault({}),
      }),
    )
    .default([]),
  objectives: z
    .array(
      z.strictObject({
        contract: identifier,
        /** All of the contract's when absent. */
        ids: z.array(identifier).min(1).optional(),
        rules: z.strictObject(ofObjectives).prefault({}),
      }),
    )
    .default([]),
};

export type RuleSections = z.output<z.ZodObject<typeof ruleSections>>;
type WrittenRules = z.output<typeof all>;

/** `objectivesOf` gives the ids of a contract's objectives, of all its versions. */
export function toWrittenSettings(
  { rules, checks, objectives }: RuleSections,
  objectivesOf: (contract: string) => readonly string[],
): WrittenSettings {
  const own = new Map<string, SettingChanges>();
  const dependsOn = new Map<string, readonly string[]>();
  for (const { ids, depends_on: parents, rules: changed } of checks) {
    for (const check of ids) {
      own.set(subjectKey({ check }), toChanges(changed));
      if (parents !== undefined) dependsOn.set(check, parents);
    }
  }
  for (const { contract, ids = objectivesOf(contract), rules: changed } of objectives) {
    for (const objective of ids) own.set(subjectKey({ contract, objective }), toChanges(changed));
  }
  return { all: toChanges(rules), own, dependsOn };
}

function toChanges(written: WrittenRules): SettingChanges {
  const rules = Object.entries(written).flatMap(([name, rule]) => {
    if (rule === undefined) return [];
    const { enabled: isEnabled, for: forMs, keep: keepMs, flapping } = rule;
    return [[name, given({ isEnabled, forMs, keepMs, flapping })]];
  });
  return { rules: Object.fromEntries(rules), limits: toLimits(written) };
}

function toLimits(written: WrittenRules): LimitChanges {
  const { coverage_low: coverage, certificate_expiring: certificate, domain_expiring: domain } = written;
  return {
    coverage_low: given({ belowPpb: coverage?.below, clearsAtPpb: coverage?.clears_at }),
    budget_spent: given({ levels: written.budget_spent?.levels }),
    budget_burning: { rates: given({ ...written.budget_burning?.rates }) },
    certificate_expiring: given({ withinMs: certificate?.within, pageWithinMs: certificate?.page_within }),
    domain_expiring: given({ withinMs: domain?.within, pageWithinMs: domain?.page_within }),
    spool_growing: given({ batches: written.spool_growing?.batches }),
    backup_overdue: given({ maxAgeMs: written.backup_overdue?.max_age }),
    backup_unverified: given({ withinMs: written.backup_unverified?.within }),
    phone_waiting: given({ longestMs: written.phone_waiting?.longest }),
    phone_low: given({ leastCalls: written.phone_low?.least_calls }),
    statement_waiting: given({ afterMs: written.statement_waiting?.after }),
    review_due: given({ aheadMs: written.review_due?.ahead }),
  };
}

type Given<Fields> = { [Key in keyof Fields]?: Exclude<Fields[Key], undefined> };

/** What was written of these: what was not leaves what holds for all as it is. */
function given<Fields extends object>(fields: Fields): Given<Fields> {
  // Safe: only entries without a value are left out.
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Given<Fields>;
}
