import { formatInstant } from '@nines/shared/time/calendar.ts';
import { attain } from '../evaluate/attain.ts';
import { burnWindows } from '../evaluate/burn.ts';
import type { Evaluation } from '../evaluate/evidence.ts';
import { inForce } from '../evaluate/in-force.ts';
import { binds, currentPeriod, periodBetween, periodOf } from '../evaluate/judged-period.ts';
import type { Attainment, JudgedPeriod } from '../sla/attainment.ts';
import type { Contract } from '../sla/contract.ts';
import { explain } from '../sla/explain.ts';
import type { Objective } from '../sla/objective.ts';
import { attainmentDocument } from './attainment-document.ts';
import { RequestError } from './errors.ts';
import { NO_MONEY, objectiveMoney } from './objective-money.ts';
import { bad, readInterval, refuseUnknown } from './query.ts';
import type { Server } from './server.ts';

/** What `GET /api/v1/attainment` needs. */
export interface AttainmentOptions {
  readonly contracts: () => readonly Contract[];
  readonly evaluation: () => Evaluation;
}

interface Query {
  readonly contract?: string;
  readonly objective?: string;
  readonly period?: string;
  readonly from?: string;
  readonly to?: string;
  readonly explain?: string;
}

const KEYS: ReadonlySet<string> = new Set(['contract', 'objective', 'period', 'from', 'to', 'explain']);

/**
 * Attainment of every objective that `contract` and `objective` select, over the period that runs, the named `period`,
 * or any `from` and `to` (RFC 3339 with an offset, or integer ms); with `explain=true` the arithmetic step by step.
 */
export function registerAttainment(server: Server, { contracts, evaluation }: AttainmentOptions): void {
  server.get<{ Querystring: Query }>('/api/v1/attainment', async ({ query }, reply) => {
    refuseUnknown(query, KEYS);
    const isExplained = readFlag(query.explain);
    const now = evaluation();
    const judged = periodsOf(contracts(), query, now.nowMs);
    const documents = [];
    for (const { objective, period } of judged) {
      const attainment = await attain(objective, now, period);
      // Money is owed for periods, not for any stretch of time that somebody asks about.
      const isPeriod = query.from === undefined;
      const money = isPeriod ? await objectiveMoney({ objective, attainment }, contracts(), now) : NO_MONEY;
      documents.push({
        ...attainmentDocument(objective, attainment),
        ...(isPeriod ? await paceDocument(objective, attainment, now) : {}),
        ...(isExplained
          ? { explanation: explain(attainment, objective, (atMs) => formatInstant(atMs, objective.timeZone)) }
          : {}),
        ...money,
      });
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

/** How fast the budget of a running period goes, and when it is gone at the pace of each window; nothing once it is over. */
async function paceDocument(objective: Objective, attainment: Attainment, now: Evaluation) {
  if (attainment.toMs !== now.nowMs) return { burn_rates: [] };
  const windows = await burnWindows(objective, now, attainment);
  return {
    burn_rates: windows.map(({ window, rate, exhaustsInMs }) => ({
      window,
      rate,
      exhausts_at_ms: exhaustsInMs === null ? null : now.nowMs + exhaustsInMs,
    })),
  };
}

function readFlag(text: string | undefined): boolean {
  if (text === undefined || text === 'false') return false;
  if (text === 'true' || text === '') return true;
  throw bad(`explain: expected true or false, not "${text}"`);
}

interface Judged {
  readonly objective: Objective;
  readonly period: JudgedPeriod;
}

/**
 * A period in which a new version begins is judged in two parts, each by its own version. A named one leaves out the
 * objectives that have none of that name; one at least has to.
 */
function periodsOf(contracts: readonly Contract[], query: Query, nowMs: number): Judged[] {
  const { period: name, from, to } = query;
  const chosen = choose(objectivesOf(contracts), query);
  if (name === undefined) {
    const interval = readInterval(query);
    if (interval === null) {
      const current = new Set(objectivesOf(inForce(contracts, nowMs)));
      const running = chosen.filter((objective) => current.has(objective));
      return running.map((objective) => ({ objective, period: currentPeriod(objective, nowMs) }));
    }
    const bound = chosen.filter((objective) => binds(objective, interval));
    return bound.map((objective) => ({ objective, period: periodBetween(objective, interval, nowMs) }));
  }
  if (from !== undefined || to !== undefined) throw bad('either period, or from and to');
  const named = chosen.flatMap((objective) => {
    const period = periodOf(objective, name, nowMs);
    return period === null ? [] : [{ objective, period }];
  });
  if (named.length === 0) throw bad(`no objective that was asked for has a period "${name}"`);
  return named;
}

function objectivesOf(contracts: readonly Contract[]): Objective[] {
  return contracts.flatMap(({ objectives }) => objectives);
}
