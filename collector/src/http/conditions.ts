import * as z from 'zod';
import { conditionsIn, findCondition, type KnownCondition } from '../ledger/conditions.ts';
import { DECISIONS } from '../ledger/decisions.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { Person } from '../ledger/person.ts';
import type { StatementPeriod } from '../ledger/statement-periods.ts';
import type { Statements } from '../ledger/statements.ts';
import { instantText, readBody } from './decision-request.ts';
import { periodDocument } from './period-document.ts';
import { bad, refuseUnknown } from './query.ts';
import type { Server } from './server.ts';

/** What the resource of conditions needs. */
export interface ConditionOptions {
  readonly ledger: Ledger;
  readonly statements: Pick<Statements, 'periodOf'>;
  /** Whose token a request holds; throws `Unauthorized`. */
  readonly person: (authorization: string | undefined) => Person;
  /** Told what was found out: the period's statement says something else now. */
  readonly onFound: (period: StatementPeriod, why: string) => void;
}

const { condition, holds, evidence, comment } = DECISIONS['condition.found'].shape;

const finding = z.strictObject({
  contract: z.string(),
  period: z.string(),
  condition,
  holds,
  evidence,
  comment: comment.default(null),
});

interface Query {
  readonly contract?: string;
  readonly period?: string;
}

const KEYS: ReadonlySet<string> = new Set(['contract', 'period']);

/**
 * `GET /api/v1/conditions?contract=&period=` lists the conditions of a contract's credits as they are known for a period;
 * `POST` records what somebody found out about one, and answers what then stands.
 */
export function registerConditions(server: Server, options: ConditionOptions): void {
  const { ledger, statements, person, onFound } = options;
  server.get<{ Querystring: Query }>('/api/v1/conditions', async ({ query }, reply) => {
    refuseUnknown(query, KEYS);
    const { contract, period } = query;
    if (contract === undefined || period === undefined) throw bad('contract and period: both are needed');
    await ledger.refresh();
    return reply.header('cache-control', 'no-cache').send(document(statements.periodOf(contract, period), ledger));
  });
  server.post('/api/v1/conditions', async ({ headers, body }, reply) => {
    const by = person(headers.authorization);
    const { contract, period: name, ...found } = readBody(finding, body);
    await ledger.refresh();
    const period = statements.periodOf(contract, name);
    await findCondition(ledger, { person: by, period }, found);
    onFound(period, `"${found.condition}" was found ${found.holds ? 'to hold' : 'not to hold'}`);
    return reply.code(201).send(document(period, ledger));
  });
}

function document(period: StatementPeriod, { register }: Ledger) {
  const { contract } = period;
  return {
    contract: contract.id,
    version: contract.version,
    period: periodDocument(period, contract.timeZone),
    conditions: conditionsIn(period, register).map(conditionDocument),
  };
}

function conditionDocument({ text, holds: answer, found, objectives, findings, isClaim = false }: KnownCondition) {
  return {
    condition: text,
    objectives,
    claim: isClaim,
    holds: answer,
    why: found ?? (answer === null ? 'not known yet' : 'the contract says so'),
    findings: findings.map((one) => ({
      holds: one.holds,
      by: one.by,
      at: instantText(one.atMs),
      evidence: one.evidence,
      comment: one.comment,
    })),
  };
}
