import type { Scope } from '../sla/counted-time.ts';
import type { Objective } from '../sla/objective.ts';
import type { SampledSlice } from '../sla/ratio-method.ts';
import type { JudgedSlice } from '../sla/slices-method.ts';
import type { SliceGrid } from '../sla/slicing.ts';
import type { Evaluation } from './evidence.ts';
import { HOUR_MS } from './hour-counters.ts';
import { PastSums } from './past-sums.ts';

/** Slices of one stretch of time that are not simply good; each method has its own. */
export interface SlicesOfTime {
  readonly judged: readonly JudgedSlice[];
  readonly sampled: readonly SampledSlice[];
}

const NO_SLICES: SlicesOfTime = { judged: [], sampled: [] };

export function addSlices(parts: readonly SlicesOfTime[]): SlicesOfTime {
  const filled = parts.filter(({ judged, sampled }) => judged.length + sampled.length > 0);
  if (filled.length < 2) return filled[0] ?? NO_SLICES;
  return { judged: filled.flatMap(({ judged }) => judged), sampled: filled.flatMap(({ sampled }) => sampled) };
}

/** What is kept for some checks of an objective, and what it was made for: anything else makes other slices. */
interface Kept {
  readonly head: object;
  readonly plan: object;
  readonly text: string;
  readonly sums: PastSums<SlicesOfTime>;
}

const known = new WeakMap<Objective, Map<string, Kept>>();

export interface KeptQuestion {
  readonly objective: Objective;
  readonly checks: readonly string[];
  readonly grid: SliceGrid;
}

/**
 * The slices of a running period up to now, of which those that are over are kept: a run more costs no more on the last day
 * than on the first. Other times are cut into slices of their own each time. Rejects with `StoreError`.
 */
export async function slicesOver(
  question: KeptQuestion,
  { evaluation, scope }: { readonly evaluation: Evaluation; readonly scope: Scope },
  slicesIn: (interval: { readonly fromMs: number; readonly toMs: number }) => Promise<SlicesOfTime>,
): Promise<SlicesOfTime> {
  const { fromMs, toMs, periodToMs } = scope.period;
  const { objective, checks, grid } = question;
  const isRunning = objective.period.kind === 'rolling' || toMs < periodToMs;
  if (!isRunning) return slicesIn({ fromMs, toMs });
  // A slice that is longer than an hour is never cut, nor are those of an hour that are shorter.
  const blocks = { anchorMs: grid.anchorMs, lengthMs: grid.lengthMs * Math.ceil(HOUR_MS / grid.lengthMs) };
  const sums = sumsOf(question, { evaluation, scope }, blocks);
  sums.refresh(checks.flatMap((check) => evaluation.head.seriesOf(check)).map(({ changes }) => changes));
  const pastMs = blocks.anchorMs + blocks.lengthMs * Math.floor((toMs - blocks.anchorMs) / blocks.lengthMs);
  return addSlices(await sums.over({ fromMs, toMs }, pastMs, { of: slicesIn, add: addSlices }));
}

function sumsOf(
  { objective, checks, grid }: KeptQuestion,
  { evaluation: { head, plan }, scope }: { readonly evaluation: Evaluation; readonly scope: Scope },
  blocks: SliceGrid,
): PastSums<SlicesOfTime> {
  const excluded = scope.exclusions.map(({ fromMs, toMs }) => [fromMs, toMs]);
  const text = JSON.stringify([grid.anchorMs, excluded]);
  const own = known.get(objective) ?? new Map<string, Kept>();
  const last = own.get(checks.join(' '));
  if (last?.head === head && last.plan === plan && last.text === text) return last.sums;
  const sums = new PastSums<SlicesOfTime>(blocks);
  known.set(objective, own.set(checks.join(' '), { head, plan, text, sums }));
  return sums;
}
