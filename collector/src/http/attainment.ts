import { attain } from '../evaluate/attain.ts';
import type { Evaluation } from '../evaluate/evidence.ts';
import { currentPeriod, periodBetween, periodOf } from '../evaluate/judged-period.ts';
import type { JudgedPeriod } from '../sla/attainment.ts';
import type { Objective } from '../sla/objective.ts';
import { attainmentDocument } from './attainment-document.ts';
import { RequestError } from './errors.ts';
import type { Server } from './server.ts';

/** What `GET /api/v1/attainment` needs. */
export interface AttainmentOptions {
  readonly objectives: () => readonly Objective[];
  readonly evaluation: () => Evaluation;
}

interface Query {
  readonly contract?: string;
  readonly objective?: string;
  readonly period?: string;
  readonly from?: string;
  readonly to?: string;
}

const KEYS: ReadonlySet<string> = new Set(['contract', 'objective', 'period', 'from', 'to']);

/**
 * Attainment of every objective that `contract` and `objective` select, over the period that runs, the named `period`,
 * or any `from` and `to` (RFC 3339 with an offset, or integer ms).
 */
export function registerAttainment(server: Server, { objectives, evaluation }: AttainmentOptions): void {
  server.get<{ Querystring: Query }>('/api/v1/attainment', async ({ query }, reply) => {
    for (const key of Object.keys(query)) if (!KEYS.has(key)) throw bad(`unknown parameter ${key}`);
    const now = evaluation();
    const judged = periodsOf(choose(objectives(), query), query, now.nowMs);
    const documents = [];
    for (const { objective, period } of judged) {
      documents.push(attainmentDocument(objective, await attain(objective, now, period)));
    }
    return reply
      .header('cache-control', 'no-cache')
      .type('application/json; charset=utf-8')
      .send(JSON.stringify({ at_ms: now.nowMs, attainments: documents }));
  });
}

function choose(objectives: readonly Objective[], { contract, objective }: Query): readonly Objective[] {
  const chosen = objectives.filter(
    (one) => (contract === undefined || one.contract === contract) && (objective === undefined || one.id === objective),
  );
  if (chosen.length === 0 && (contract !== undefined || objective !== undefined)) {
    const wanted = [contract && `contract "${contract}"`, objective && `objective "${objective}"`];
    throw new RequestError('not-found', `nothing was promised under ${wanted.filter(Boolean).join(' and ')}`);
  }
  return chosen;
}

interface Judged {
  readonly objective: Objective;
  readonly period: JudgedPeriod;
}

/** A named period leaves out the objectives that have none of that name, as a rolling one; one at least has to. */
function periodsOf(chosen: readonly Objective[], query: Query, nowMs: number): Judged[] {
  const { period: name, from, to } = query;
  if (name === undefined)
    return chosen.map((objective) => ({ objective, period: readPeriod(objective, query, nowMs) }));
  if (from !== undefined || to !== undefined) throw bad('either period, or from and to');
  const named = chosen.flatMap((objective) => {
    const period = periodOf(objective, name, nowMs);
    return period === null ? [] : [{ objective, period }];
  });
  if (named.length === 0) throw bad(`no objective that was asked for has a period "${name}"`);
  return named;
}

function readPeriod(objective: Objective, { from, to }: Query, nowMs: number): JudgedPeriod {
  if (from === undefined && to === undefined) return currentPeriod(objective, nowMs);
  const interval = { fromMs: readInstant(from, 'from'), toMs: readInstant(to, 'to') };
  if (interval.fromMs >= interval.toMs) throw bad('from has to be before to');
  return periodBetween(objective, interval, nowMs);
}

const RFC_3339 = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,3})?)?(Z|[+-]\d{2}:\d{2})$/;

function readInstant(text: string | undefined, name: string): number {
  if (text === undefined) throw bad(`${name} is missing: from and to go together`);
  const atMs = /^\d{1,15}$/.test(text) ? Number(text) : RFC_3339.test(text) ? Date.parse(text) : Number.NaN;
  if (!Number.isSafeInteger(atMs)) throw bad(`${name}: expected 2026-01-31T00:00:00Z or integer milliseconds`);
  return atMs;
}

function bad(message: string): RequestError {
  return new RequestError('bad-request', message);
}
