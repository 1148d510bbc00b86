import type { Contract, Role } from '../sla/contract.ts';
import { DecisionError } from './decision-error.ts';
import type { Ledger } from './ledger.ts';
import { type Person, requireSigner } from './person.ts';
import type { Register, Signature } from './register.ts';

/**
 * How far a contract version or a statement is. `draft`: not frozen yet. `submitted`: nobody signed. `approved`: some of
 * those who have to. `acknowledged`: all of them, but the customer may still claim. `final`: all, and the time for claims is
 * over. `disputed`: somebody's last word is that it is wrong.
 */
export type SigningState = 'draft' | 'submitted' | 'approved' | 'acknowledged' | 'disputed' | 'final';

/** What can be signed: its subject in the audit log, the digest that it has now, and who has to sign. */
export interface Signable {
  readonly subject: string;
  readonly digest: string;
  readonly roles: readonly Role[];
  readonly contract: Pick<Contract, 'id' | 'customer'>;
  /** Nobody can claim or dispute after this; `null`: there is no end to it. */
  readonly claimUntilMs: number | null;
}

/** What somebody says of a digest. */
export interface Word {
  readonly decision: Signature['decision'];
  readonly role: Role;
  /** Of what they saw: another one than it has now is refused. */
  readonly digest: string;
  readonly comment: string | null;
}

/** The signatures of the digest that counts now: those of an earlier revision say nothing of this one. */
export function signaturesNow({ subject, digest }: Signable, register: Pick<Register, 'signaturesOf'>): Signature[] {
  return register.signaturesOf(subject).filter((one) => one.digest === digest);
}

/** The last word of each role decides; a claim leaves it as it was. */
export function signingState(
  signable: Signable,
  { register, nowMs }: { readonly register: Pick<Register, 'signaturesOf'>; readonly nowMs: number },
): SigningState {
  const words = signaturesNow(signable, register).filter(({ decision }) => decision !== 'claimed');
  const last = new Map(words.map((word) => [word.role, word.decision]));
  if ([...last.values()].includes('disputed')) return 'disputed';
  const signed = signable.roles.filter((role) => last.get(role) === 'approved');
  if (signed.length < signable.roles.length) return signed.length === 0 ? 'submitted' : 'approved';
  return signable.claimUntilMs !== null && nowMs < signable.claimUntilMs ? 'acknowledged' : 'final';
}

/**
 * Signs, disputes or claims. Roles sign in the contract's order: the customer is not asked about what the provider has not
 * approved. Rejects with `DecisionError`: `forbidden`; `invalid` for a role that is not asked; `conflict` for another
 * digest than the one that counts now, out of order, said already, or after the time for claims.
 */
export async function sign(
  ledger: Ledger,
  {
    person,
    signable,
    kind,
  }: { readonly person: Person; readonly signable: Signable; readonly kind: 'contract' | 'statement' },
  { decision, role, digest, comment }: Word,
): Promise<void> {
  requireSigner(person, role, signable.contract);
  if (digest !== signable.digest) {
    throw new DecisionError('conflict', `${signable.subject} has the digest ${signable.digest} now; look at it again`);
  }
  if (decision === 'approved') requireTurn(ledger, signable, role);
  else requireOpen(ledger, signable, { decision, role });
  const action = kind === 'contract' ? 'contract.approved' : (`statement.${decision}` as const);
  if (kind === 'contract' && decision !== 'approved') {
    throw new DecisionError(
      'invalid',
      'a contract version is approved or left alone; another wording is another version',
    );
  }
  await ledger.decide(person.name, { action, subject: signable.subject, body: { digest, role, comment } });
}

function requireTurn({ register }: Ledger, signable: Signable, role: Role): void {
  const { roles, subject } = signable;
  if (!roles.includes(role)) {
    throw new DecisionError('invalid', `${subject} asks for no signature of the role ${role}`);
  }
  const words = signaturesNow(signable, register).filter(({ decision }) => decision !== 'claimed');
  const last = new Map(words.map((word) => [word.role, word.decision]));
  if (last.get(role) === 'approved') throw new DecisionError('conflict', `the ${role} has signed ${subject} already`);
  const before = roles.slice(0, roles.indexOf(role)).find((one) => last.get(one) !== 'approved');
  if (before !== undefined) throw new DecisionError('conflict', `the ${before} has to sign ${subject} first`);
}

function requireOpen(ledger: Ledger, signable: Signable, { decision, role }: Pick<Word, 'decision' | 'role'>): void {
  const { subject, claimUntilMs } = signable;
  if (claimUntilMs !== null && ledger.nowMs() >= claimUntilMs) {
    const until = new Date(claimUntilMs).toISOString();
    throw new DecisionError('conflict', `${subject} could be ${decision} until ${until}`);
  }
  const words = signaturesNow(signable, ledger.register).filter((one) => one.role === role);
  if (words.at(-1)?.decision === decision)
    throw new DecisionError('conflict', `the ${role} has ${decision} ${subject} already`);
}
