import { ROLES, type Role } from '../sla/contract.ts';
import { DecisionError } from './decision-error.ts';

/** As what somebody may decide: operators run the systems, the others are the roles that a contract names. */
export const PERSON_ROLES = ['operator', ...ROLES] as const;
export type PersonRole = (typeof PERSON_ROLES)[number];

/** Somebody who decides, as the configuration names them. */
export interface Person {
  readonly name: string;
  readonly roles: readonly PersonRole[];
  /** Whom somebody with the role `customer` speaks for; `null` for everybody else. */
  readonly customer: string | null;
}

/** Throws `DecisionError` `forbidden` unless the person has one of the roles. */
export function requireRole({ name, roles }: Person, allowed: readonly PersonRole[]): void {
  if (!allowed.some((role) => roles.includes(role))) {
    throw new DecisionError('forbidden', `${name} has none of the roles that may do this: ${allowed.join(', ')}`);
  }
}

/** Throws `DecisionError` `forbidden` when the person speaks for another customer. */
export function requireOwn(
  { name, customer }: Person,
  contract: { readonly id: string; readonly customer: string },
): void {
  if (customer !== null && customer !== contract.customer) {
    throw new DecisionError('forbidden', `${name} speaks for ${customer}, whose contract ${contract.id} is not`);
  }
}

/** The role in which somebody signs: they have to have it, and the contract has to ask for it. */
export function requireSigner(
  person: Person,
  role: Role,
  contract: { readonly id: string; readonly customer: string },
) {
  requireRole(person, [role]);
  requireOwn(person, contract);
}
