import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Observation } from '@nines/shared/observation.ts';
import { observationAt } from '@nines/shared/wire.ts';
import { type Interval, mergeIntervals } from '../sla/interval.ts';
import { NO_OBSERVATION } from '../sla/timeline.ts';
import type { SeriesRuns } from '../store/archive.ts';
import { toCheckColumns } from '../store/check-columns.ts';
import type { RunColumns } from '../store/run-columns.ts';
import { RunsBuilder, rowsBetween, sliceRuns } from '../store/runs-builder.ts';
import { type Evaluation, participants } from './evidence.ts';
import type { Head } from './head.ts';
import { HOUR_MS } from './hour-counters.ts';
import { timelineOf } from './participation.ts';
import {
  BUCKET_MS,
  type Bucket,
  Buckets,
  type Gap,
  type ReadingWindow,
  type Resolution,
  readingWindows,
} from './resolution.ts';
import { DAMAGED, NOT_KEPT } from './series.ts';

/** Which observations of a check are asked for. */
export interface ObservationsRequest extends Interval {
  readonly check: string;
  readonly agents: readonly string[];
  readonly resolution: Resolution;
  /** The value whose statistics buckets have. */
  readonly value: string;
  /** The values that raw observations come with; all of them when absent. */
  readonly values?: readonly string[];
}

/** A point of one agent's line. */
export type ObservationPoint = { readonly agent: string } & (
  | { readonly kind: 'run'; readonly endMs: number; readonly run: Observation }
  | { readonly kind: 'bucket'; readonly endMs: number; readonly bucket: Bucket }
  | { readonly kind: 'gap'; readonly endMs: number; readonly gap: Interval }
);

const DAY_MS = 24 * HOUR_MS;
/** Read at once, and kept in memory: writing this many observations out holds up nobody else for long. */
const MAX_RAW_RUNS = 8_000;
const MAX_COUNTED_RUNS = 60_000;

/**
 * The observations of a check, window by window (at most a week each), every one once: sealed or not, a window is read
 * in one piece. Points ascend by their end (an observation's is its instant), then by agent. A gap is time for which no
 * observation speaks, and with buckets those without any observation. Rejects with `StoreError`.
 */
export async function* checkObservations(
  request: ObservationsRequest,
  evaluation: Evaluation,
): AsyncGenerator<readonly ObservationPoint[]> {
  const { head } = evaluation;
  if (!head.isSettled) await head.settle();
  const points =
    request.resolution === 'raw' ? rawPoints(request, evaluation) : bucketPoints(request, request.resolution);
  // The next window is read while one is counted: both in memory are some megabytes.
  let next: Reading | null = null;
  for (const window of windowsOf(request, head)) {
    const reading: Reading = { window, found: readWindow(request, window, head) };
    if (next !== null) yield* pointsOf(next, points);
    next = reading;
  }
  if (next !== null) yield* pointsOf(next, points);
}

interface Reading {
  readonly window: ReadingWindow;
  readonly found: Promise<readonly SeriesRuns[]>;
}

async function* pointsOf({ window, found }: Reading, points: Points): AsyncGenerator<readonly ObservationPoint[]> {
  for (const { agent, runs } of await found) points.add(agent, runs, window);
  yield points.take(window).sort(byEnd);
  await nextTurn();
}

function byEnd(a: ObservationPoint, b: ObservationPoint): number {
  if (a.endMs !== b.endMs) return a.endMs - b.endMs;
  if (a.agent !== b.agent) return a.agent < b.agent ? -1 : 1;
  // A gap ends where the observation that ends it stands. Sorting is stable: the canonical order of the rest stays.
  return Number(b.kind === 'gap') - Number(a.kind === 'gap');
}

function windowsOf(request: ObservationsRequest, head: Head): Generator<ReadingWindow> {
  const isRaw = request.resolution === 'raw';
  return readingWindows(request, {
    stepMs: request.resolution === 'day' ? DAY_MS : HOUR_MS,
    maxMs: 7 * DAY_MS,
    maxRuns: isRaw ? MAX_RAW_RUNS : MAX_COUNTED_RUNS,
    runsIn: (fromHour, toHour) => {
      const { up, down, unknown } = runsOf(request, head, { fromHour, toHour });
      return up + down + unknown;
    },
  });
}

function runsOf(
  { check, agents }: Pick<ObservationsRequest, 'check' | 'agents'>,
  head: Head,
  { fromHour, toHour }: { readonly fromHour: number; readonly toHour: number },
): { up: number; down: number; unknown: number } {
  const total = { up: 0, down: 0, unknown: 0 };
  for (const series of head.seriesOf(check)) {
    if (!agents.includes(series.agent)) continue;
    const runs = series.runsBetween(fromHour, toHour);
    total.up += runs.up;
    total.down += runs.down;
    total.unknown += runs.unknown;
  }
  return total;
}

/** Where observations of a window go, and what they became. */
interface Points {
  readonly add: (agent: string, runs: RunColumns, window: Interval) => void;
  readonly take: (window: Interval) => ObservationPoint[];
}

function readWindow(request: ObservationsRequest, window: ReadingWindow, head: Head): Promise<readonly SeriesRuns[]> {
  const { check, agents, resolution, value, values } = request;
  const wanted = resolution === 'raw' ? values : [value];
  const scope = { intervals: [window], checks: [check], ...(wanted === undefined ? {} : { values: wanted }) };
  const read = async () => {
    const found: SeriesRuns[] = [];
    for await (const one of head.readRuns(scope)) if (agents.includes(one.agent)) found.push(one);
    return found;
  };
  // What nobody counted is not looked for: years before the first observation cost nothing.
  const reading = window.runs > 0 ? read() : Promise.resolve([]);
  // Who stops listening does not hear of it any more; whoever awaits it does.
  reading.catch(() => {});
  return reading;
}

function bucketPoints(request: ObservationsRequest, resolution: keyof typeof BUCKET_MS): Points {
  const { agents, value } = request;
  const buckets = new Map(agents.map((agent) => [agent, new Buckets(request, BUCKET_MS[resolution], value)]));
  return {
    add: (agent, runs, window) => void buckets.get(agent)?.add(runs, window),
    take: ({ toMs }) =>
      [...buckets].flatMap(([agent, ofAgent]) => [...ofAgent.take(toMs)].map((one) => bucketPoint(agent, one))),
  };
}

function bucketPoint(agent: string, one: Bucket | Gap): ObservationPoint {
  if ('isGap' in one) return { kind: 'gap', agent, endMs: one.toMs, gap: one };
  return { kind: 'bucket', agent, endMs: one.toMs, bucket: one };
}

function rawPoints(request: ObservationsRequest, evaluation: Evaluation): Points {
  const { check, agents, values } = request;
  const wanted = values === undefined ? null : new Set(values);
  let builders = new Map<string, RunsBuilder>();
  let gaps = agents.flatMap((agent) => silences(agent, request, evaluation));
  return {
    add: (agent, runs, window) => {
      const builder = builders.get(agent) ?? new RunsBuilder();
      builders.set(agent, builder);
      const inside = sliceRuns(runs, ...rowsBetween(runs, window.fromMs, window.toMs));
      builder.addRuns(wanted === null ? inside : withValues(inside, wanted));
    },
    take: ({ toMs }) => {
      const ended = gaps.filter((gap) => gap.endMs <= toMs);
      gaps = gaps.filter((gap) => gap.endMs > toMs);
      const runs = [...builders].flatMap(([agent, builder]) => runPoints(agent, check, builder));
      builders = new Map();
      return [...ended, ...runs];
    },
  };
}

function runPoints(agent: string, check: string, builder: RunsBuilder): ObservationPoint[] {
  return toCheckColumns(check, builder.build()).flatMap((columns) =>
    columns.at_ms.map((atMs, row) => ({ kind: 'run', agent, endMs: atMs, run: observationAt(columns, row) })),
  );
}

function withValues(runs: RunColumns, wanted: ReadonlySet<string>): RunColumns {
  return { ...runs, values: runs.values.filter(({ name }) => wanted.has(name)) };
}

/** Why there is nothing to show: nobody looked, or what was seen is lost, or deleted as configured. */
const SILENT: ReadonlySet<string> = new Set([NO_OBSERVATION, DAMAGED, NOT_KEPT]);

/** Time of the request for which no observation of the agent speaks, as attainment sees it. */
function silences(agent: string, request: ObservationsRequest, evaluation: Evaluation): ObservationPoint[] {
  const participant = participants(request.check, evaluation).find((one) => one.agent === agent);
  const timeline = participant === undefined ? [] : timelineOf(participant, request);
  const told = mergeIntervals(timeline.filter(({ reason }) => reason === null || !SILENT.has(reason)));
  const starts = [request.fromMs, ...told.map(({ toMs }) => toMs)];
  const ends = [...told.map(({ fromMs }) => fromMs), request.toMs];
  return starts.flatMap((fromMs, index): ObservationPoint[] => {
    const endMs = ends[index] ?? request.toMs;
    return fromMs < endMs ? [{ kind: 'gap', agent, endMs, gap: { fromMs, toMs: endMs } }] : [];
  });
}
