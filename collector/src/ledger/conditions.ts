import type { Condition } from '../sla/credit/terms.ts';
import { conditionSource } from './condition-source.ts';
import { DecisionError } from './decision-error.ts';
import type { BodyOf } from './decisions.ts';
import type { Ledger } from './ledger.ts';
import { type Person, requireRole } from './person.ts';
import type { Finding, Register } from './register.ts';
import { calendarName, type StatementPeriod } from './statement-periods.ts';

/** A condition of a contract in one period, and what is known of it. */
export interface KnownCondition extends Condition {
  /** Whose credits hang on it. */
  readonly objectives: readonly string[];
  /** What somebody found out about it, oldest first. */
  readonly findings: readonly Finding[];
}

/** Every condition of a version's credits, each once, as it is known for a period. */
export function conditionsIn(period: StatementPeriod, register: Register): KnownCondition[] {
  const { contract } = period;
  const about = { contract, periodName: calendarName(period) };
  const find = conditionSource(register);
  const credits = contract.money?.credits ?? [];
  const terms = credits.flatMap(({ objective, conditions }) =>
    conditions.map((one) => ({ objective, condition: one })),
  );
  const findings = register.findingsOf({ contract: contract.id, version: contract.version, period: about.periodName });
  return [...Map.groupBy(terms, ({ condition }) => condition.text.trim())].flatMap(([text, group]) => {
    const [first] = group;
    if (first === undefined) return [];
    return [
      {
        ...find(about, first.condition),
        text,
        objectives: [...new Set(group.map(({ objective }) => objective))],
        findings: findings.filter(({ condition }) => condition === text),
      },
    ];
  });
}

/** What somebody says of a condition. */
export type Found = Pick<BodyOf<'condition.found'>, 'condition' | 'holds' | 'evidence' | 'comment'>;

/**
 * Records what somebody found out about a condition in a period that has begun; saying it again, otherwise, corrects it.
 * The customer does not: who claims or disputes signs. Rejects with `DecisionError`: `forbidden`, `not-found` for a
 * condition that the version does not have, `conflict` for one that the contract itself settles, or that is said already.
 */
export async function findCondition(
  ledger: Ledger,
  { person, period }: { readonly person: Person; readonly period: StatementPeriod },
  { condition: text, holds, evidence, comment }: Found,
): Promise<void> {
  requireRole(person, ['operator', 'provider', 'finance']);
  const { contract, fromMs, name } = period;
  const all = conditionsIn(period, ledger.register);
  const known = all.find((one) => one.text === text);
  if (known === undefined) {
    const texts = all.map((one) => `"${one.text}"`).join(', ');
    const there = all.length === 0 ? 'no credit of it has one' : `there are ${texts}`;
    throw new DecisionError(
      'not-found',
      `version ${contract.version} of ${contract.id} has no such condition; ${there}`,
    );
  }
  if (known.holds !== null && known.found === undefined) {
    throw new DecisionError(
      'conflict',
      `the contract itself says that "${text}" ${known.holds ? 'holds' : 'does not hold'}`,
    );
  }
  if (fromMs > ledger.nowMs()) throw new DecisionError('conflict', `${name} of ${contract.id} has not begun`);
  if (known.findings.at(-1)?.holds === holds) {
    throw new DecisionError(
      'conflict',
      `that "${text}" ${holds ? 'holds' : 'does not hold'} in ${name} is recorded already`,
    );
  }
  await ledger.decide(person.name, {
    action: 'condition.found',
    subject: `condition/${contract.id}/${name}`,
    body: {
      contract: contract.id,
      version: contract.version,
      period: calendarName(period),
      condition: text,
      holds,
      evidence,
      comment,
    },
  });
}
