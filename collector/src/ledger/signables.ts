import type { Contract } from '../sla/contract.ts';
import type { Register, Revision } from './register.ts';
import type { Signable } from './signing.ts';
import { statementSubject } from './statement.ts';

/** A contract version: its digest is what is signed. Nobody claims anything of it. */
export function signableContract(contract: Contract): Signable {
  return {
    subject: `contract/${contract.id}/${contract.version}`,
    digest: contract.digest,
    roles: contract.approvals.map(({ role }) => role),
    contract,
    claimUntilMs: null,
  };
}

/** A statement: the digest of its newest revision is what is signed, by whom that revision itself asks. */
export function signableStatement(
  { contract, period }: Pick<Revision, 'contract' | 'period'>,
  register: Pick<Register, 'revisionsOf'>,
): Signable {
  const subject = statementSubject(contract.id, period.name);
  const newest = register.revisionsOf(subject).at(-1);
  if (newest === undefined) throw new Error(`${subject} was frozen, and is not in the register`);
  const { digest, approvals, claim_until_ms: claimUntilMs } = newest;
  return { subject, digest, roles: approvals, contract: newest.contract, claimUntilMs };
}
