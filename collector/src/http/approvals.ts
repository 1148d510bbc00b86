import * as z from 'zod';
import type { Nines } from '../config/nines.ts';
import { DecisionError } from '../ledger/decision-error.ts';
import { decisionText } from '../ledger/decisions.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { Person } from '../ledger/person.ts';
import type { Revision } from '../ledger/register.ts';
import { signableContract, signableStatement } from '../ledger/signables.ts';
import { type Signable, sign, signaturesNow, signingState } from '../ledger/signing.ts';
import { statementSubject } from '../ledger/statement.ts';
import { ROLES } from '../sla/contract.ts';
import { instantText, readBody } from './decision-request.ts';
import { refuseUnknown } from './query.ts';
import type { Server } from './server.ts';
import { signatureDocument } from './signature-document.ts';

/** What the resource of signatures needs. */
export interface ApprovalOptions {
  readonly ledger: Ledger;
  readonly nines: () => Pick<Nines, 'contracts'>;
  readonly person: (authorization: string | undefined) => Person;
  /** Told of a claim: a credit may hang on it. */
  readonly onClaimed: (statement: Revision) => void;
}

const word = z.strictObject({
  contract: z.string(),
  /** A statement of this period … */
  period: z.string().optional(),
  /** … or this version of the contract itself; the newest that is no draft when neither is given. */
  version: z.int().min(1).optional(),
  decision: z.enum(['approved', 'disputed', 'claimed']).default('approved'),
  /** In which role; the first of theirs that has to sign when absent. */
  role: z.enum(ROLES).optional(),
  digest: z.string(),
  comment: decisionText.optional(),
});

interface Query {
  readonly contract?: string;
  readonly period?: string;
  readonly version?: string;
}

const KEYS: ReadonlySet<string> = new Set(['contract', 'period', 'version']);

/**
 * `GET /api/v1/approvals?contract=&period=` (or `&version=`) says what there is to sign, with its digest, and who did.
 * `POST` signs, disputes or claims that digest; one that does not count any more is refused.
 */
export function registerApprovals(server: Server, options: ApprovalOptions): void {
  const { ledger, person, onClaimed } = options;
  server.get<{ Querystring: Query }>('/api/v1/approvals', async ({ query }, reply) => {
    refuseUnknown(query, KEYS);
    await ledger.refresh();
    const { contract = '', period, version } = query;
    const { signable } = find(options, {
      contract,
      period,
      version: version === undefined ? undefined : Number(version),
    });
    return reply.header('cache-control', 'no-cache').send(document(signable, ledger));
  });
  server.post('/api/v1/approvals', async ({ headers, body }, reply) => {
    const by = person(headers.authorization);
    const { decision, digest, role, comment = null, ...about } = readBody(word, body);
    await ledger.refresh();
    const { signable, kind, statement } = find(options, about);
    const own = role ?? signable.roles.find((one) => by.roles.includes(one)) ?? 'customer';
    await sign(ledger, { person: by, signable, kind }, { decision, role: own, digest, comment });
    if (statement !== null && decision === 'claimed') onClaimed(statement);
    return reply.code(201).send(document(signable, ledger));
  });
}

interface About {
  readonly contract: string;
  readonly period?: string | undefined;
  readonly version?: number | undefined;
}

function find({ ledger, nines }: ApprovalOptions, { contract: id, period, version }: About) {
  if (period !== undefined) {
    const newest = ledger.register.revisionsOf(statementSubject(id, period)).at(-1);
    if (newest === undefined)
      throw new DecisionError('not-found', `no statement of ${id} for ${period} was frozen yet`);
    return { signable: signableStatement(newest, ledger.register), kind: 'statement' as const, statement: newest };
  }
  const versions = nines().contracts.filter((one) => one.id === id);
  const newest = versions.findLast(({ isDraft }) => !isDraft) ?? versions.at(-1);
  const contract = version === undefined ? newest : versions.find((one) => one.version === version);
  if (contract === undefined) {
    throw new DecisionError(
      'not-found',
      `no contract "${id}"${version === undefined ? '' : ` version ${version}`} is configured`,
    );
  }
  if (contract.isDraft) {
    throw new DecisionError('conflict', `version ${contract.version} of ${id} is a draft: nobody signs it`);
  }
  return { signable: signableContract(contract), kind: 'contract' as const, statement: null };
}

function document(signable: Signable, ledger: Ledger) {
  const { register } = ledger;
  const { subject, digest, roles, claimUntilMs } = signable;
  return {
    subject,
    digest,
    roles,
    claim_until: claimUntilMs === null ? null : instantText(claimUntilMs),
    state: signingState(signable, { register, nowMs: ledger.nowMs() }),
    signatures: signaturesNow(signable, register).map(signatureDocument),
  };
}
