import type { ConditionSource } from '../evaluate/evidence.ts';
import type { Condition } from '../sla/credit/terms.ts';
import type { Finding, Register, Signature } from './register.ts';
import { statementSubject } from './statement.ts';
import { partName } from './statement-periods.ts';

type Known = Pick<Register, 'findingsOf' | 'revisionsOf' | 'signaturesOf'>;

/**
 * The conditions of credits as everything that was decided so far has them: as the contract says; else as somebody found,
 * the last word counting; else, for the customer's claim, as it is recorded.
 */
export function conditionSource(register: Known): ConditionSource {
  return ({ contract, periodName }, condition) => {
    if (condition.holds !== null) return condition;
    const about = { contract: contract.id, version: contract.version, period: periodName };
    const finding = register.findingsOf(about).findLast((one) => one.condition === condition.text.trim());
    if (finding !== undefined) return asFound(condition, finding);
    const claim = condition.isClaim === true ? claimOf(about, register) : undefined;
    return claim === undefined ? condition : asClaimed(condition, claim);
  };
}

/** The first claim of the period's statement, whatever revision it was of: it was refused unless it was in time. */
function claimOf(
  { contract, version, period }: { readonly contract: string; readonly version: number; readonly period: string },
  register: Known,
): Signature | undefined {
  for (const name of [period, partName(period, version)]) {
    const subject = statementSubject(contract, name);
    if (register.revisionsOf(subject).at(-1)?.contract.version !== version) continue;
    return register.signaturesOf(subject).find(({ decision }) => decision === 'claimed');
  }
  return undefined;
}

function asFound(condition: Condition, { holds, by, atMs, evidence }: Finding): Condition {
  const answer = holds ? 'holds' : 'does not hold';
  return { ...condition, holds, found: `${answer}, found by ${by} at ${instant(atMs)}: ${evidence.join('; ')}` };
}

function asClaimed(condition: Condition, { by, atMs }: Signature): Condition {
  return { ...condition, holds: true, found: `holds, claimed by ${by} at ${instant(atMs)}` };
}

function instant(atMs: number): string {
  return new Date(atMs).toISOString();
}
