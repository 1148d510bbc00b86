/** The methods of `profile.ts`, applied literally; see `oracle.ts`. */
import {
  agentLine,
  type Check,
  combined,
  edgesOf,
  isIn,
  type Judged,
  type Piece,
  type Rules,
  ruled,
  type Said,
  type Span,
  saidBy,
  votedBy,
} from './oracle.ts';

export interface Amounts {
  readonly good: number;
  readonly bad: number;
  readonly unknown: number;
  readonly excluded: number;
  readonly pending: number;
}

function piecesBetween(edges: readonly number[], fromMs: number, toMs: number): Span[] {
  const inside = edges.filter((edge) => edge >= fromMs && edge <= toMs);
  return inside.slice(1).map((edge, index) => ({ fromMs: inside[index] ?? edge, toMs: edge }));
}

/** One check over all pieces of time, its agents asked; what is to come is unknown. */
function checkLine(check: Check, pieces: readonly Span[], { nowMs, rules }: Judged): Piece<Said>[] {
  const past = pieces.filter((piece) => piece.fromMs < nowMs);
  const lines = check.agents.map((agent) => agentLine(agent, past, check.everyMs, rules));
  return pieces.map((piece, index) => {
    if (piece.fromMs >= nowMs) return { ...piece, said: 'unknown' };
    const votes = lines.map((line) => line[index]?.said ?? null).filter((said) => said !== null);
    return { ...piece, said: votedBy(votes, rules) };
  });
}

/** Down time that is in a long enough run when every unknown piece is taken as `taken`. */
function qualified(line: readonly Piece<Said>[], taken: Said, minOutageMs: number): boolean[] {
  const states = line.map(({ said }) => (said === 'unknown' ? taken : said));
  return line.map((_, index) => {
    if (states[index] !== 'down') return false;
    let first = index;
    let last = index;
    while (states[first - 1] === 'down') first--;
    while (states[last + 1] === 'down') last++;
    return (line[last]?.toMs ?? 0) - (line[first]?.fromMs ?? 0) >= minOutageMs;
  });
}

const lengthOf = ({ fromMs, toMs }: Span) => toMs - fromMs;

/** Milliseconds, of one service line. */
function timeOf(line: readonly Piece<Said>[], judged: Judged): Amounts {
  const { fromMs, toMs, nowMs, excluded, isOpen, rules } = judged;
  const best = qualified(line, 'up', rules.minOutageMs);
  const worst = qualified(line, 'down', rules.minOutageMs);
  const amounts = { good: 0, bad: 0, unknown: 0, excluded: 0, pending: 0 };
  for (const [index, piece] of line.entries()) {
    if (piece.fromMs < fromMs || piece.toMs > toMs || !isOpen(piece.fromMs)) continue;
    const isOut = isIn(excluded, piece.fromMs);
    const isToCome = piece.fromMs >= nowMs;
    if (isToCome) {
      if (!isOut || rules.kept) amounts.pending += lengthOf(piece);
    } else if (isOut) amounts[rules.kept ? 'good' : 'excluded'] += lengthOf(piece);
    else amounts[best[index] ? 'bad' : worst[index] ? 'unknown' : 'good'] += lengthOf(piece);
  }
  return amounts;
}

/** The method `time`: one result for all checks together, or one for each of them. */
export function timeByOracle(judged: Judged): Amounts[] {
  const { rules, fromMs, toMs } = judged;
  const pieces = piecesBetween(edgesOf(judged), fromMs - rules.minOutageMs, toMs + rules.minOutageMs);
  // Rows of failures reach beyond what is judged: agents are asked about all of their time.
  const all = piecesBetween(edgesOf(judged), Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY);
  const lines = judged.checks.map((check) =>
    checkLine(check, all, judged).filter((piece) => pieces.some((one) => one.fromMs === piece.fromMs)),
  );
  if (typeof rules.combine !== 'string') return lines.map((line) => timeOf(line, judged));
  const { combine } = rules;
  const service = pieces.map((piece, index) => {
    const states = lines.map((line) => line[index]?.said ?? 'unknown');
    return { ...piece, said: combined(states, combine) };
  });
  return [timeOf(service, judged)];
}

export interface SliceRules {
  readonly lengthMs: number;
  readonly anchorMs: number;
  readonly minSamples: number;
  readonly rule: 'all' | 'majority' | 'any' | { readonly errorPpb: number };
}

/** Good, bad and open samples of one agent in the counted time of a slice. */
export interface Counted {
  readonly good: number;
  readonly bad: number;
  readonly open: number;
}

function samplesOf(
  check: Check,
  agent: Check['agents'][number],
  { counted, rules }: { readonly counted: readonly Span[]; readonly rules: Rules },
): Counted {
  const samples = { up: 0, down: 0, unknown: 0 };
  for (const run of agent.runs) {
    if (run.outcome !== 'unknown' && isIn(counted, run.atMs)) samples[ruled(run, rules)]++;
  }
  let silentMs = 0;
  for (const piece of counted) {
    const now = saidBy(agent, piece.fromMs);
    if (now?.said === 'unknown') silentMs += lengthOf(piece);
  }
  const open = samples.unknown + Math.ceil(silentMs / check.everyMs);
  if (samples.up + samples.down + open > 0) return { good: samples.up, bad: samples.down, open };
  // Nobody measured in it: what was said before holds, as one sample.
  for (const piece of counted) {
    const now = saidBy(agent, piece.fromMs);
    if (now === null || now.run === null || now.said === 'unknown') continue;
    const said = ruled(now.run, rules);
    return { good: said === 'up' ? 1 : 0, bad: said === 'down' ? 1 : 0, open: said === 'unknown' ? 1 : 0 };
  }
  return { good: 0, bad: 0, open: 0 };
}

/** By trying every number of failures among the samples that nobody saw. */
export function placeState({ good, bad, open }: Counted, { rule, minSamples }: SliceRules): Said | null {
  const all = good + bad + open;
  if (all === 0) return null;
  if (all < minSamples) return 'up';
  const answers = new Set<boolean>();
  for (let more = 0; more <= open; more++) {
    const failed = bad + more;
    answers.add(
      rule === 'all'
        ? failed === all
        : rule === 'majority'
          ? failed > all - failed
          : rule === 'any'
            ? failed >= 1
            : BigInt(failed) * 1_000_000_000n >= BigInt(rule.errorPpb) * BigInt(all),
    );
  }
  if (answers.size === 2) return 'unknown';
  return answers.has(true) ? 'down' : 'up';
}

interface SliceOf extends Span {
  readonly counted: readonly Span[];
  readonly isPromised: boolean;
  readonly isOver: boolean;
}

function slicesOf(judged: Judged, { lengthMs, anchorMs }: SliceRules): SliceOf[] {
  const { fromMs, toMs, nowMs, isOpen, excluded } = judged;
  const slices: SliceOf[] = [];
  const cuts = edgesOf(judged);
  let startMs = anchorMs;
  while (startMs + lengthMs <= fromMs) startMs += lengthMs;
  for (; startMs < toMs; startMs += lengthMs) {
    const slice = { fromMs: Math.max(startMs, fromMs), toMs: Math.min(startMs + lengthMs, toMs) };
    const edges = [...new Set([...cuts, slice.fromMs, slice.toMs])].sort((a, b) => a - b);
    const pieces = piecesBetween(edges, slice.fromMs, slice.toMs).filter((piece) => isOpen(piece.fromMs));
    const counted = pieces.filter((piece) => !isIn(excluded, piece.fromMs));
    // It is over with its own end, or with the last promised time of the period.
    const restIsPromised = piecesBetween(edges, nowMs, toMs).some((piece) => isOpen(piece.fromMs));
    const isOver = startMs + lengthMs <= nowMs || (!restIsPromised && slice.fromMs < nowMs);
    slices.push({ ...slice, counted, isPromised: pieces.length > 0, isOver });
  }
  return slices;
}

/** The method `slices`, of some checks together. */
export function slicesByOracle(judged: Judged, slice: SliceRules): Amounts {
  const { rules } = judged;
  const amounts = { good: 0, bad: 0, unknown: 0, excluded: 0, pending: 0 };
  for (const one of slicesOf(judged, slice)) {
    if (!one.isPromised) continue;
    if (!one.isOver) {
      if (one.counted.length > 0 || rules.kept) amounts.pending++;
      continue;
    }
    if (one.counted.length === 0) {
      amounts[rules.kept ? 'good' : 'excluded']++;
      continue;
    }
    const states = judged.checks.map((check) => {
      const places = check.agents.map((agent) =>
        placeState(samplesOf(check, agent, { counted: one.counted, rules }), slice),
      );
      return votedBy(
        places.filter((place) => place !== null),
        rules,
      );
    });
    const state = combined(states, rules.combine === 'any' ? 'any' : 'all');
    amounts[state === 'up' ? 'good' : state === 'down' ? 'bad' : 'unknown']++;
  }
  return amounts;
}

/** Exact shares of `ratio_of_slices` as [numerator, denominator]: attained, low and high. */
export function ratiosByOracle(judged: Judged, slice: SliceRules) {
  const { rules } = judged;
  let [attained, low, high] = [[0n, 1n] as Fraction, [0n, 1n] as Fraction, [0n, 1n] as Fraction];
  let [seen, all] = [0n, 0n];
  for (const one of slicesOf(judged, slice)) {
    if (!one.isPromised || !one.isOver) continue;
    if (one.counted.length === 0 && !rules.kept) continue;
    const places = judged.checks.flatMap((check) =>
      one.counted.length === 0
        ? []
        : check.agents.map((agent) => samplesOf(check, agent, { counted: one.counted, rules })),
    );
    const sum = places.reduce(
      (a, b) => ({ good: a.good + b.good, bad: a.bad + b.bad, open: a.open + b.open }),
      NOTHING,
    );
    const size = sum.good + sum.bad + sum.open;
    if (size === 0 && one.counted.length > 0) continue;
    const isFew = size < slice.minSamples || one.counted.length === 0;
    all++;
    low = plus(low, isFew ? [1n, 1n] : [BigInt(sum.good), BigInt(size)]);
    high = plus(high, isFew ? [1n, 1n] : [BigInt(sum.good + sum.open), BigInt(size)]);
    if (isFew || sum.good + sum.bad > 0) {
      seen++;
      attained = plus(attained, isFew ? [1n, 1n] : [BigInt(sum.good), BigInt(sum.good + sum.bad)]);
    }
  }
  return { attained: over(attained, seen), low: over(low, all), high: over(high, all) };
}

type Fraction = readonly [bigint, bigint];
const NOTHING: Counted = { good: 0, bad: 0, open: 0 };

function plus([a, b]: Fraction, [c, d]: Fraction): Fraction {
  return [a * d + c * b, b * d];
}

/** A sum over a count in parts per billion, truncated. */
function over([a, b]: Fraction, count: bigint): number | null {
  return count === 0n ? null : Number((a * 1_000_000_000n) / (b * count));
}

/** The method `occurrences`: runs one by one, of all checks together or each by itself. */
export function occurrencesByOracle(judged: Judged): Omit<Amounts, 'excluded'>[] {
  return runsByOracle(judged, 1, (run) => {
    const said = run.outcome === 'down' ? 'down' : ruled(run, { ...judged.rules, ignoredReasons: [] });
    return said === 'unknown' ? null : said === 'up' ? 1 : 0;
  });
}

/** The method `scored`, in billionths of a run: the first band that a run fits is its score, and a failure has none. */
export function scoresByOracle(
  judged: Judged,
  bands: readonly { readonly withinMicros: number | null; readonly scorePpb: number }[],
): Omit<Amounts, 'excluded'>[] {
  return runsByOracle(judged, 1_000_000_000, ({ outcome, values: { total } }) => {
    if (outcome === 'down') return 0;
    if (total === undefined) return null;
    return bands.find(({ withinMicros }) => withinMicros === null || total <= withinMicros)?.scorePpb ?? 0;
  });
}

/** `worthOf`: how good a run is, of `whole`; `null` when nobody knows. */
function runsByOracle(
  judged: Judged,
  whole: number,
  worthOf: (run: Check['agents'][number]['runs'][number]) => number | null,
): Omit<Amounts, 'excluded'>[] {
  const { rules, fromMs, toMs, nowMs, isOpen, excluded } = judged;
  const pieces = piecesBetween(edgesOf(judged), fromMs, toMs).filter((piece) => isOpen(piece.fromMs));
  const counted = pieces.filter((piece) => piece.fromMs < nowMs && !isIn(excluded, piece.fromMs));
  const restMs = pieces
    .filter((piece) => piece.fromMs >= nowMs && (rules.kept || !isIn(excluded, piece.fromMs)))
    .reduce((sum, piece) => sum + lengthOf(piece), 0);
  const ofChecks = judged.checks.map((check) => {
    const pending = whole * check.configured * Math.ceil(restMs / check.everyMs);
    const amounts = { good: 0, bad: 0, unknown: 0, pending };
    for (const agent of check.agents) {
      for (const run of agent.runs) {
        if (run.outcome === 'unknown' || !isIn(counted, run.atMs)) continue;
        const worth = worthOf(run);
        amounts.unknown += worth === null ? whole : 0;
        amounts.good += worth ?? 0;
        amounts.bad += worth === null ? 0 : whole - worth;
      }
      const silentMs = counted
        .filter((piece) => saidBy(agent, piece.fromMs)?.said === 'unknown')
        .reduce((sum, piece) => sum + lengthOf(piece), 0);
      amounts.unknown += whole * Math.ceil(silentMs / check.everyMs);
    }
    const nobodyMs = counted
      .filter((piece) => check.agents.every((agent) => saidBy(agent, piece.fromMs) === null))
      .reduce((sum, piece) => sum + lengthOf(piece), 0);
    amounts.unknown += whole * check.configured * Math.ceil(nobodyMs / check.everyMs);
    return amounts;
  });
  if (typeof rules.combine !== 'string') return ofChecks;
  const sum = (read: (one: (typeof ofChecks)[number]) => number) =>
    ofChecks.reduce((total, one) => total + read(one), 0);
  return [
    {
      good: sum((a) => a.good),
      bad: sum((a) => a.bad),
      unknown: sum((a) => a.unknown),
      pending: sum((a) => a.pending),
    },
  ];
}
