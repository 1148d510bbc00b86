import * as z from 'zod';
import type { Nines } from '../config/nines.ts';
import { DecisionError } from '../ledger/decision-error.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { Person } from '../ledger/person.ts';
import type { Revision } from '../ledger/register.ts';
import { signableStatement } from '../ledger/signables.ts';
import { signaturesNow, signingState } from '../ledger/signing.ts';
import { type Statement, statementSubject } from '../ledger/statement.ts';
import type { Statements } from '../ledger/statements.ts';
import { loadAssets } from '../web/assets.ts';
import { renderNotFound } from '../web/render.ts';
import { renderStatement } from '../web/render-statement.ts';
import type { StatementList } from '../web/render-statement-list.ts';
import { statementViewSchema } from '../web/statement-view.ts';
import { instantText, readBody } from './decision-request.ts';
import { toErrorAnswer } from './errors.ts';
import { HTML, send } from './pages.ts';
import { bad, refuseUnknown } from './query.ts';
import type { Server } from './server.ts';
import { signatureDocument } from './signature-document.ts';

/** What the resources of statements need. */
export interface StatementOptions {
  readonly ledger: Ledger;
  readonly statements: Statements;
  readonly nines: () => Pick<Nines, 'customers'>;
  /** Whose token a request holds; throws `Unauthorized`. */
  readonly person: (authorization: string | undefined) => Person;
}

interface Place {
  readonly Params: { readonly id: string; readonly period: string };
  readonly Querystring: { readonly revision?: string };
}

const postSchema = z.strictObject({ contract: z.string(), period: z.string() });
const KEYS: ReadonlySet<string> = new Set(['revision']);

/**
 * `GET /api/v1/contracts/:id/statements` lists every revision; `…/:period` gives one whole, the newest or `?revision=`.
 * `POST /api/v1/statements` freezes a period that is over. `/contracts/:id/statements/:period` is the page for people.
 */
export function registerStatements(server: Server, options: StatementOptions): void {
  const { ledger, statements, nines, person } = options;
  server.get<{ Params: { id: string } }>('/api/v1/contracts/:id/statements', async ({ params }, reply) => {
    await ledger.refresh();
    const own = ledger.register.statements().filter(([first]) => first?.contract.id === params.id);
    const listed = own.flatMap((revisions) => revisions.map((revision) => rowOf(revision, options)));
    return reply.header('cache-control', 'no-cache').send({ statements: listed });
  });
  server.get<Place>('/api/v1/contracts/:id/statements/:period', async ({ params, query }, reply) => {
    const statement = await find(options, params, query);
    return reply.header('cache-control', 'no-cache').send(document(statement, options));
  });
  server.post('/api/v1/statements', async ({ headers, body }, reply) => {
    const statement = await statements.freezeNow(person(headers.authorization), readBody(postSchema, body));
    return reply.code(201).send(document(statement, options));
  });
  server.get<Place>('/contracts/:id/statements/:period', async (request, reply) => {
    const { params, query } = request;
    reply.type(HTML).header('cache-control', 'no-cache');
    const statement = await find(options, params, query).catch(refusalOf);
    if ('status' in statement) {
      const path = `/contracts/${params.id}/statements/${params.period}`;
      const body = renderNotFound(path, loadAssets(), statement.message);
      return send(request, reply.code(statement.status), body);
    }
    const { customer } = statement.contract;
    const customerName = nines().customers.find(({ id }) => id === customer)?.name ?? customer;
    const view = statementViewSchema.parse(document(statement, options));
    return send(request, reply, renderStatement({ ...view, customerName }, loadAssets()));
  });
}

/** So many periods stand on a contract's page; each is read from the audit log with all of its figures. */
const MAX_LISTED = 24;

/** What was frozen of a contract, for its page: the newest revision of each period, the latest period first. */
export async function statementList(id: string, statements: Statements): Promise<StatementList> {
  const { ledger } = statements;
  await ledger.refresh();
  const own = ledger.register.statements().flatMap((revisions) => {
    const newest = revisions.at(-1);
    return newest?.contract.id === id ? [newest.period] : [];
  });
  const latest = own.toSorted((a, b) => b.to_ms - a.to_ms || b.from_ms - a.from_ms).slice(0, MAX_LISTED);
  const newest = [];
  for (const { name } of latest) {
    const statement = await statements.newest(statementSubject(id, name));
    newest.push(statementViewSchema.parse(document(statement, { ledger })));
  }
  return { newest, older: own.length - newest.length };
}

/** What whoever asks has done wrong; throws what is our own fault. */
function refusalOf(error: unknown) {
  const answer = toErrorAnswer(error);
  if (answer.status >= 500) throw error;
  return answer;
}

/** Rejects with `DecisionError` that says why there is none, and with `RequestError`. */
async function find(
  { ledger, statements }: StatementOptions,
  { id, period }: Place['Params'],
  query: Place['Querystring'],
): Promise<Statement> {
  refuseUnknown(query, KEYS);
  const { revision } = query;
  if (revision !== undefined && !/^[1-9]\d{0,5}$/.test(revision)) throw bad('revision: expected 1, 2, 3 …');
  await ledger.refresh();
  const subject = statementSubject(id, period);
  const isFrozen = ledger.register.revisionsOf(subject).length > 0;
  if (!isFrozen) throw new DecisionError('not-found', await statements.whyNone(id, period));
  return statements.newest(subject, revision === undefined ? undefined : Number(revision));
}

function rowOf(
  revision: Pick<Revision, 'contract' | 'period' | 'revision' | 'digest' | 'frozen_at_ms'>,
  { ledger }: Pick<StatementOptions, 'ledger'>,
) {
  const { contract, period, digest } = revision;
  const signable = signableStatement(revision, ledger.register);
  return {
    contract: contract.id,
    version: contract.version,
    period: period.name,
    revision: revision.revision,
    digest,
    frozen_at: instantText(revision.frozen_at_ms),
    state:
      signable.digest === digest
        ? signingState(signable, { register: ledger.register, nowMs: ledger.nowMs() })
        : 'revised',
  };
}

/** A statement, how far it is, and what was said of exactly this revision. */
function document(statement: Statement, options: Pick<StatementOptions, 'ledger'>) {
  const { ledger } = options;
  const signable = { ...signableStatement(statement, ledger.register), digest: statement.digest };
  return {
    ...rowOf(statement, options),
    statement,
    signatures: signaturesNow(signable, ledger.register).map(signatureDocument),
  };
}
