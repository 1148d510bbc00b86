import type { Nines } from '../config/nines.ts';
import type { Contract, Role } from '../sla/contract.ts';
import { DecisionError } from './decision-error.ts';
import type { BodyOf } from './decisions.ts';
import type { Ledger } from './ledger.ts';
import { newId } from './maintenance.ts';
import { type Person, requireOwn, requireRole, requireSigner } from './person.ts';
import type { ExclusionRequest } from './register.ts';

/** Somebody decides, and the contracts that there are. */
export interface ByPerson {
  readonly person: Person;
  readonly known: Pick<Nines, 'contracts'>;
}

/** What somebody decides about a request. */
export interface ExclusionDecision {
  readonly id: string;
  readonly decision: 'approved' | 'rejected';
  readonly comment: string | null;
}

/**
 * Who has to approve what is excluded after the fact: the last role that the contract asks to sign, which is the side
 * that loses by it; the customer when the contract asks for nobody.
 */
export function exclusionApprover({ approvals }: Pick<Contract, 'approvals'>): Role {
  return approvals.at(-1)?.role ?? 'customer';
}

/** Asks for an exclusion after the fact. Rejects with `DecisionError`: `forbidden`, `invalid`, `not-found`. */
export async function requestExclusion(
  ledger: Ledger,
  { person, known }: ByPerson,
  body: BodyOf<'exclusion.requested'>,
): Promise<ExclusionRequest> {
  requireRole(person, ['operator', 'provider', 'customer']);
  const contract = contractAt(known, body.contract, body.from_ms);
  requireOwn(person, contract);
  if (body.from_ms >= body.to_ms) throw new DecisionError('invalid', 'from has to be before to');
  if (body.to_ms > ledger.nowMs()) {
    throw new DecisionError(
      'invalid',
      'this is not over yet: maintenance to come is announced, not excluded afterwards',
    );
  }
  const missing = body.objectives.find((id) => !contract.objectives.some((objective) => objective.id === id));
  if (missing !== undefined) throw new DecisionError('not-found', `${contract.id} has no objective "${missing}"`);
  const id = newId('x');
  await ledger.decide(person.name, { action: 'exclusion.requested', subject: `exclusion/${id}`, body });
  return requireRequest(ledger, id);
}

/**
 * Approves or rejects, by somebody else than who asked, in the role that the contract names. Rejects with
 * `DecisionError`: `forbidden`, `not-found`, `conflict` when it was decided before.
 */
export async function decideExclusionRequest(
  ledger: Ledger,
  { person, known }: ByPerson,
  { id, decision, comment }: ExclusionDecision,
): Promise<ExclusionRequest> {
  const request = requireRequest(ledger, id);
  const contract = contractAt(known, request.contract, request.from_ms);
  const role = exclusionApprover(contract);
  requireSigner(person, role, contract);
  if (person.name === request.requested.by) {
    throw new DecisionError('forbidden', 'who asked for an exclusion cannot decide about it');
  }
  if (request.state !== 'requested') throw new DecisionError('conflict', `exclusion ${id} is ${request.state} already`);
  await ledger.decide(person.name, {
    action: `exclusion.${decision}`,
    subject: `exclusion/${id}`,
    body: { role, comment },
  });
  return requireRequest(ledger, id);
}

/** The version of a contract that binds at an instant. Throws `DecisionError` `not-found`. */
export function contractAt({ contracts }: Pick<Nines, 'contracts'>, id: string, atMs: number): Contract {
  const versions = contracts.filter((contract) => contract.id === id);
  if (versions.length === 0) throw new DecisionError('not-found', `no contract "${id}" is configured`);
  const bound = versions.find(
    ({ effective }) => (effective.fromMs ?? 0) <= atMs && atMs < (effective.toMs ?? Number.MAX_VALUE),
  );
  if (bound !== undefined) return bound;
  throw new DecisionError('not-found', `contract "${id}" does not bind at ${new Date(atMs).toISOString()}`);
}

function requireRequest({ register }: Ledger, id: string): ExclusionRequest {
  const request = register.exclusions.get(id);
  if (request === undefined) throw new DecisionError('not-found', `no exclusion ${id} was asked for`);
  return request;
}
