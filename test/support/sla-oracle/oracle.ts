/**
 * What an objective comes to, by the words of `profile.ts` applied literally: every instant at which anything can change
 * is visited, every run looked at, nothing merged, cached or added up in advance. Shares no code with `sla/` or `evaluate/`.
 */
import type { Observation } from '@nines/shared/observation.ts';

export interface Span {
  readonly fromMs: number;
  readonly toMs: number;
}

export interface Agent {
  readonly runs: readonly Observation[];
  /** When it was assigned the check. */
  readonly assigned: readonly Span[];
}

/** One check: its interval now, how many agents are to run it now, and what everybody saw. */
export interface Check {
  readonly everyMs: number;
  readonly configured: number;
  readonly agents: readonly Agent[];
}

export interface Rules {
  readonly minOutageMs: number;
  readonly consecutive: number;
  readonly ignoredReasons: readonly string[];
  readonly slowMicros: number | null;
  readonly need: 'any' | 'majority' | 'all' | number;
  readonly minReporting: number | null;
  readonly combine: 'all' | 'any' | readonly number[];
  readonly kept: boolean;
}

export interface Judged {
  readonly nowMs: number;
  readonly fromMs: number;
  readonly toMs: number;
  /** Whether an instant is promised. */
  readonly isOpen: (atMs: number) => boolean;
  /** Instants at which `isOpen` may change. */
  readonly openEdges: readonly number[];
  readonly excluded: readonly Span[];
  readonly checks: readonly Check[];
  readonly rules: Rules;
}

export type Said = 'up' | 'down' | 'unknown';

const HOLDS = 2;

export const isIn = (spans: readonly Span[], atMs: number) =>
  spans.some((one) => one.fromMs <= atMs && atMs < one.toMs);

/** Of runs at one instant the worst speaks. */
export function speaking({ runs }: Agent, atMs: number): Observation | null {
  let best: Observation | null = null;
  for (const run of runs) {
    if (run.atMs > atMs) continue;
    if (best === null || run.atMs > best.atMs) best = run;
  }
  return best;
}

/** Whether anybody waits for a word of the agent: it is assigned, or was heard before the first assignment. */
export function isExpected({ runs, assigned }: Agent, atMs: number): boolean {
  if (isIn(assigned, atMs)) return true;
  const firstMs = Math.min(...runs.map((run) => run.atMs));
  if (atMs < firstMs || runs.length === 0) return false;
  if (assigned.length > 0) return assigned.every((one) => atMs < one.fromMs);
  return runs.some((run) => run.atMs > atMs);
}

/** What an agent says of its check, before any rule; `null` while it takes no part. */
export function saidBy(agent: Agent, atMs: number): { readonly said: Said; readonly run: Observation | null } | null {
  const run = speaking(agent, atMs);
  if (run !== null && atMs < run.atMs + HOLDS * run.everyMs) return { said: run.outcome, run };
  return isExpected(agent, atMs) ? { said: 'unknown', run: null } : null;
}

/** A run by the rules of failure, by itself. */
export function ruled(run: Observation, { ignoredReasons, slowMicros }: Rules): Said {
  if (run.outcome === 'unknown') return 'unknown';
  if (run.outcome === 'down') return ignoredReasons.includes(run.reason ?? '') ? 'up' : 'down';
  if (slowMicros === null) return 'up';
  const total = run.values.total;
  return total === undefined ? 'unknown' : total <= slowMicros ? 'up' : 'down';
}

/** Every instant at which anything can change. */
export function edgesOf(judged: Judged): number[] {
  const { nowMs, fromMs, toMs, openEdges, excluded, checks, rules } = judged;
  const around = rules.minOutageMs;
  const edges = [nowMs, fromMs, toMs, fromMs - around, toMs + around, ...openEdges];
  for (const { fromMs: begin, toMs: end } of excluded) edges.push(begin, end);
  for (const check of checks) {
    for (const { runs, assigned } of check.agents) {
      for (const run of runs) edges.push(run.atMs, run.atMs + HOLDS * run.everyMs);
      for (const { fromMs: begin, toMs: end } of assigned) edges.push(begin, end);
    }
  }
  return [...new Set(edges)].filter((edge) => Number.isFinite(edge)).sort((a, b) => a - b);
}

/** An elementary stretch: nothing changes in it. */
export interface Piece<T> extends Span {
  readonly said: T;
}

/** One agent over some pieces of time, its failures in a row counted. `null`: it takes no part. */
export function agentLine(agent: Agent, pieces: readonly Span[], everyMs: number, rules: Rules): Piece<Said | null>[] {
  const line = pieces.map(({ fromMs, toMs }) => {
    const now = saidBy(agent, fromMs);
    const said = now === null ? null : now.run === null ? ('unknown' as const) : ruled(now.run, rules);
    return { fromMs, toMs, said };
  });
  return rules.consecutive === 1
    ? line
    : line.map((piece, index) => ({ ...piece, said: inARow(line, index, { agent, everyMs, rules }) }));
}

/** The rows that a piece may belong to, with what is unknown taken as good, and as failures as many as fit into it. */
function inARow(
  line: readonly Piece<Said | null>[],
  index: number,
  { agent, everyMs, rules }: { readonly agent: Agent; readonly everyMs: number; readonly rules: Rules },
): Said | null {
  const here = line[index];
  if (here === undefined || here.said === null || here.said === 'up') return here?.said ?? null;
  const certain = failuresIn(reach(line, index, ['down']), agent, rules);
  if (here.said === 'down' && certain >= rules.consecutive) return 'down';
  const row = reach(line, index, ['down', 'unknown']);
  // A stretch of unknown time is as many missing runs as begin in it; neighbouring pieces of it are one stretch.
  let most = failuresIn(row, agent, rules);
  let unknownMs = 0;
  let reason: unknown = null;
  for (const piece of [...row, null]) {
    const same = piece !== null && piece.said === 'unknown' && reasonOf(agent, piece) === reason;
    if (!same && unknownMs > 0) {
      most += Math.ceil(unknownMs / everyMs);
      unknownMs = 0;
    }
    if (piece !== null && piece.said === 'unknown') {
      unknownMs += piece.toMs - piece.fromMs;
      reason = reasonOf(agent, piece);
    } else reason = null;
  }
  return most >= rules.consecutive ? 'unknown' : 'up';
}

function reasonOf(agent: Agent, piece: Span): unknown {
  const run = saidBy(agent, piece.fromMs)?.run ?? null;
  return run === null ? 'no-observation' : (run.reason ?? 'not-measured');
}

function reach(
  line: readonly Piece<Said | null>[],
  index: number,
  states: readonly (Said | null)[],
): Piece<Said | null>[] {
  let first = index;
  let last = index;
  if (!states.includes(line[index]?.said ?? null)) return [];
  while (first > 0 && states.includes(line[first - 1]?.said ?? null)) first--;
  while (last + 1 < line.length && states.includes(line[last + 1]?.said ?? null)) last++;
  return line.slice(first, last + 1);
}

function failuresIn(pieces: readonly Piece<Said | null>[], agent: Agent, rules: Rules): number {
  return agent.runs.filter((run) => {
    const isSpoken = speaking(agent, run.atMs) === run;
    return (
      isSpoken &&
      ruled(run, rules) === 'down' &&
      pieces.some((one) => one.said === 'down' && one.fromMs <= run.atMs && run.atMs < one.toMs)
    );
  }).length;
}

/** By trying every answer that the silent might have given, unless only those that report are asked. */
export function votedBy(votes: readonly Said[], { need, minReporting }: Rules): Said {
  const neededOf = (n: number) =>
    typeof need === 'number' ? need : need === 'any' ? 1 : need === 'all' ? n : Math.floor(n / 2) + 1;
  if (minReporting !== null) {
    const reporting = votes.filter((vote) => vote !== 'unknown');
    if (reporting.length === 0 || reporting.length < minReporting) return 'unknown';
    return reporting.filter((vote) => vote === 'down').length >= neededOf(reporting.length) ? 'down' : 'up';
  }
  if (votes.length === 0) return 'unknown';
  const answers = new Set<boolean>();
  const silent = votes.filter((vote) => vote === 'unknown').length;
  const down = votes.filter((vote) => vote === 'down').length;
  for (let more = 0; more <= silent; more++) answers.add(down + more >= neededOf(votes.length));
  if (answers.size === 2) return 'unknown';
  return answers.has(true) ? 'down' : 'up';
}

export function combined(states: readonly Said[], kind: 'all' | 'any'): Said {
  const [decisive, other] = kind === 'all' ? (['down', 'up'] as const) : (['up', 'down'] as const);
  if (states.includes(decisive)) return decisive;
  return states.every((state) => state === other) ? other : 'unknown';
}
