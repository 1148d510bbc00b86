import { formatInstant } from '@nines/shared/time/calendar.ts';
import type { RunnersOf } from '../config/runners.ts';
import { attain } from '../evaluate/attain.ts';
import { burnWindows } from '../evaluate/burn.ts';
import type { Evaluation } from '../evaluate/evidence.ts';
import { inForce } from '../evaluate/in-force.ts';
import { binds, currentPeriod, periodBetween, periodOf } from '../evaluate/judged-period.ts';
import { madeFrom } from '../evaluate/made-from.ts';
import type { Attainment, JudgedPeriod } from '../sla/attainment.ts';
import type { Contract } from '../sla/contract.ts';
import { explain } from '../sla/explain/explain.ts';
import type { ExplainedStep } from '../sla/explain/step.ts';
import type { Objective } from '../sla/objective.ts';
import { objectiveSentence } from '../wording/objective-sentence.ts';
import { ATTAINMENT_FIELDS, attainmentParts } from './attainment-document.ts';
import { RequestError } from './errors.ts';
import { GivenTexts } from './given-texts.ts';
import { NO_MONEY, objectiveMoney } from './objective-money.ts';
import { bad, readInterval, refuseUnknown } from './query.ts';
import type { Server } from './server.ts';

/** What `GET /api/v1/attainment` needs. */
export interface AttainmentOptions {
  readonly contracts: () => readonly Contract[];
  readonly evaluation: () => Evaluation;
  /** Who runs which check, for sentences. */
  readonly runnersOf: RunnersOf;
}

interface Query {
  readonly contract?: string;
  readonly objective?: string;
  readonly period?: string;
  readonly from?: string;
  readonly to?: string;
  readonly explain?: string;
  readonly fields?: string;
}

const KEYS: ReadonlySet<string> = new Set(['contract', 'objective', 'period', 'from', 'to', 'explain', 'fields']);

/**
 * Attainment of every objective that `contract` and `objective` select, over the period that runs, the named `period`,
 * or any `from` and `to` (RFC 3339 with an offset, or integer ms); with `explain=true` the arithmetic step by step. With
 * `fields=verdict,low,high` contract, objective and these parts alone: what is not asked for is not computed.
 */
export function registerAttainment(server: Server, { contracts, evaluation, runnersOf }: AttainmentOptions): void {
  const given = new GivenTexts();
  server.get<{ Querystring: Query }>('/api/v1/attainment', async ({ query }, reply) => {
    refuseUnknown(query, KEYS);
    const asked = readAsked(query);
    const now = evaluation();
    const isAgain = given.isAgain(JSON.stringify(query));
    const texts: string[] = [];
    for (const judged of periodsOf(contracts(), query, now.nowMs)) {
      // What belongs to periods alone goes on changing: other periods, and the time to come, have a say in it.
      const from = asked.isPeriod || !isAgain ? null : madeFrom(judged.objective, now, judged.period);
      const question = { asked: asked.text, ...judged };
      const known = given.get(question, from);
      const text = known ?? JSON.stringify(await documentOf(judged, asked, { contracts: contracts(), runnersOf, now }));
      if (known === null) given.keep(question, from, text);
      texts.push(text);
    }
    return reply
      .header('cache-control', 'no-cache')
      .type('application/json; charset=utf-8')
      .send(`{"at_ms":${now.nowMs},"attainments":[${texts.join()}]}`);
  });
}

/** What is wanted of each objective. */
interface Asked {
  /** `null`: everything. */
  readonly fields: ReadonlySet<string> | null;
  readonly isExplained: boolean;
  /** Whether it is about periods, for which money is owed, and not about any stretch of time. */
  readonly isPeriod: boolean;
  /** All of this, as a name. */
  readonly text: string;
}

/** What an answer about a period has besides the attainment. */
const PERIOD_FIELDS: readonly string[] = ['burn_rates', 'currency', 'credits', 'rewards'];
const MONEY_FIELDS: ReadonlySet<string> = new Set(['currency', 'credits', 'rewards']);

function readAsked({ fields, explain: explained, from }: Query): Asked {
  const isExplained = readFlag(explained);
  const names = fields === undefined ? null : fields.split(',');
  const known = [...ATTAINMENT_FIELDS, ...PERIOD_FIELDS];
  for (const name of names ?? []) {
    if (!known.includes(name))
      throw bad(`fields: there is no ${JSON.stringify(name.slice(0, 40))}; ${known.join(', ')}`);
  }
  return {
    fields: names === null ? null : new Set(names),
    isExplained,
    isPeriod: from === undefined,
    text: `${fields ?? ''} ${isExplained}`,
  };
}

/** What an answer is made from. */
interface Known {
  readonly contracts: readonly Contract[];
  readonly runnersOf: RunnersOf;
  readonly now: Evaluation;
}

async function documentOf(
  { objective, period }: Judged,
  { fields, isExplained, isPeriod }: Asked,
  { contracts, runnersOf, now }: Known,
): Promise<object> {
  const isAsked = (name: string) => fields === null || fields.has(name);
  const attainment = await attain(objective, now, period);
  const names = ATTAINMENT_FIELDS.filter((name) => ALWAYS.has(name) || isAsked(name));
  const isMoneyAsked = [...MONEY_FIELDS].some(isAsked);
  // Money is owed for periods, not for any stretch of time that somebody asks about.
  const money = isPeriod && isMoneyAsked ? await objectiveMoney({ objective, attainment }, contracts, now) : NO_MONEY;
  const document = {
    ...attainmentParts(objective, attainment, names),
    ...(isPeriod && isAsked('burn_rates') ? await paceDocument(objective, attainment, now) : {}),
    ...(isExplained ? { explanation: explanationOf({ objective, attainment }, contracts, runnersOf) } : {}),
  };
  return { ...document, ...Object.fromEntries(Object.entries(money).filter(([name]) => isAsked(name))) };
}

/** The rules as the contract words them, and then the arithmetic. */
function explanationOf(
  { objective, attainment }: { readonly objective: Objective; readonly attainment: Attainment },
  contracts: readonly Contract[],
  runnersOf: RunnersOf,
): ExplainedStep[] {
  const contract = contracts.find(({ objectives }) => objectives.includes(objective));
  const steps = explain(attainment, objective, (atMs) => formatInstant(atMs, objective.timeZone));
  if (contract === undefined) return steps;
  return [{ rule: 'promised', figure: objectiveSentence(objective, contract, runnersOf) }, ...steps];
}

/** What says which objective it is. */
const ALWAYS: ReadonlySet<string> = new Set(['contract', 'objective']);

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
