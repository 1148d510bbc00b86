import { Readable } from 'node:stream';
import { probeTypes } from '@nines/shared/probes/index.ts';
import { TOTAL, type ValueUnit } from '@nines/shared/probes/probe.ts';
import { checkObservations, type ObservationPoint, type ObservationsRequest } from '../evaluate/check-observations.ts';
import type { Evaluation } from '../evaluate/evidence.ts';
import { hourOf } from '../evaluate/hour-counters.ts';
import { BUCKET_MS, chooseResolution, type Resolution } from '../evaluate/resolution.ts';
import type { Interval } from '../sla/interval.ts';
import { RequestError } from './errors.ts';
import { bad, readInterval, refuseUnknown } from './query.ts';
import type { Server } from './server.ts';

/** What `GET /api/v1/checks/:id/observations` needs. */
export interface ObservationsOptions {
  readonly evaluation: () => Evaluation;
}

interface Query {
  readonly from?: string;
  readonly to?: string;
  readonly resolution?: string;
  readonly value?: string;
  readonly agent?: string;
}

const KEYS: ReadonlySet<string> = new Set(['from', 'to', 'resolution', 'value', 'agent']);
const RESOLUTIONS: readonly string[] = ['raw', ...Object.keys(BUCKET_MS)];
const DAY_MS = 86_400_000;

/**
 * The observations of a check as NDJSON, streamed; `from` and `to` as `GET /api/v1/attainment` takes them, the last day
 * without. First a line about the answer (`resolution` as chosen by `auto`: every run up to 2,000 an agent, else the
 * finest buckets of which there are 2,000 or fewer); then, ascending by their end,
 *
 * - `raw`: `{agent, at_ms, every_ms, outcome, reason, values}` with all values, or with `value` alone when it is given;
 * - `minute`, `hour`, `day` (UTC): `{agent, from_ms, to_ms, up, down, unknown, count, min, mean, max, p50, p95, p99}`,
 *   exact, percentiles by nearest rank, of `value` (`total` unless given) over the runs that were up, in `unit`;
 * - `{agent, from_ms, to_ms, gap: true}` where nothing was observed: empty buckets are one line, however many;
 *
 * and last `{end: true, observations}`: an answer without that line was cut off.
 */
export function registerObservations(server: Server, { evaluation }: ObservationsOptions): void {
  server.get<{ Querystring: Query; Params: { id: string } }>(
    '/api/v1/checks/:id/observations',
    async ({ query, params }, reply) => {
      const now = evaluation();
      const request = readRequest(params.id, query, now);
      const lines = documentOf(request, now);
      // What fails at once is answered as an error, not as a stream that breaks off.
      const first = await lines.next();
      return reply
        .header('cache-control', 'no-cache')
        .type('application/x-ndjson; charset=utf-8')
        .send(Readable.from(startingWith(String(first.value ?? ''), lines), { objectMode: false }));
    },
  );
}

async function* startingWith(first: string, rest: AsyncGenerator<string>): AsyncGenerator<string> {
  yield first;
  yield* rest;
}

function readRequest(check: string, query: Query, now: Evaluation): ObservationsRequest {
  refuseUnknown(query, KEYS);
  const agents = agentsOf(check, query.agent, now);
  const given = readInterval(query) ?? { fromMs: now.nowMs - DAY_MS, toMs: now.nowMs };
  // Nothing was observed of the time to come, and that is no gap.
  const interval = { fromMs: given.fromMs, toMs: Math.max(given.fromMs, Math.min(given.toMs, now.nowMs)) };
  const value = readValue(query.value ?? TOTAL, check, now);
  const values = query.value === undefined ? {} : { values: [value] };
  const resolution = readResolution(query.resolution ?? 'auto', { check, agents, interval, now });
  return { check, agents, ...interval, resolution, value, ...values };
}

/** Everybody who runs the check or ever did, by name; or the one that is asked for. */
function agentsOf(check: string, wanted: string | undefined, { head, plan }: Evaluation): readonly string[] {
  const measured = head.seriesOf(check).map(({ agent }) => agent);
  const configured = plan.agentsOf(check);
  if (measured.length === 0 && plan.everyMsOf(check) === null) throw notFound(`there is no check "${check}"`);
  const all = [...new Set([...configured, ...measured])].sort();
  if (wanted === undefined) return all;
  if (!all.includes(wanted)) throw notFound(`no agent "${wanted}" runs check "${check}", and none did`);
  return [wanted];
}

const UNITS: ReadonlyMap<string, ValueUnit> = new Map(
  Object.values(probeTypes).flatMap(({ values }) => Object.entries(values).map(([name, { unit }]) => [name, unit])),
);

function readValue(value: string, check: string, { head }: Evaluation): string {
  const isReported = head.seriesOf(check).some(({ last }) => last !== null && Object.hasOwn(last.values, value));
  if (isReported || UNITS.has(value)) return value;
  throw bad(`value: no probe type reports "${value.slice(0, 40)}"`);
}

interface Asked {
  readonly check: string;
  readonly agents: readonly string[];
  readonly interval: Interval;
  readonly now: Evaluation;
}

function readResolution(text: string, { check, agents, interval, now }: Asked): Resolution {
  if (text === 'auto') {
    const asked = now.head.seriesOf(check).filter(({ agent }) => agents.includes(agent));
    const counts = asked.map((series) => {
      const { up, down, unknown } = series.runsBetween(hourOf(interval.fromMs), hourOf(interval.toMs - 1) + 1);
      return up + down + unknown;
    });
    return chooseResolution(interval, Math.max(0, ...counts));
  }
  if (!isResolution(text)) throw bad(`resolution: expected auto, ${RESOLUTIONS.join(', ')}`);
  return text;
}

function isResolution(text: string): text is Resolution {
  return RESOLUTIONS.includes(text);
}

/** The lines of the answer, a window at a time; the first text holds something of the first window. */
async function* documentOf(request: ObservationsRequest, now: Evaluation): AsyncGenerator<string> {
  const { check, agents, fromMs, toMs, resolution, value } = request;
  const bucketMs = resolution === 'raw' ? null : BUCKET_MS[resolution];
  const unit = UNITS.get(value) ?? null;
  const about = { check, agents, from_ms: fromMs, to_ms: toMs, resolution, bucket_ms: bucketMs, value, unit };
  let text = line(about);
  let observations = 0;
  for await (const points of checkObservations(request, now)) {
    for (const point of points) {
      text += line(pointDocument(point));
      observations += runsIn(point);
    }
    yield text;
    text = '';
  }
  yield text + line({ end: true, observations });
}

function line(document: object): string {
  return `${JSON.stringify(document)}\n`;
}

function runsIn(point: ObservationPoint): number {
  if (point.kind === 'gap') return 0;
  if (point.kind === 'run') return 1;
  const { up, down, unknown } = point.bucket.runs;
  return up + down + unknown;
}

function pointDocument(point: ObservationPoint): object {
  const { agent } = point;
  switch (point.kind) {
    case 'run': {
      const { atMs, everyMs, outcome, reason, values } = point.run;
      return { agent, at_ms: atMs, every_ms: everyMs, outcome, reason, values };
    }
    case 'bucket': {
      const { fromMs, toMs, runs, value } = point.bucket;
      return { agent, from_ms: fromMs, to_ms: toMs, ...runs, ...(value ?? NO_VALUE) };
    }
    case 'gap':
      return { agent, from_ms: point.gap.fromMs, to_ms: point.gap.toMs, gap: true };
  }
}

const NO_VALUE = { count: 0, min: null, mean: null, max: null, p50: null, p95: null, p99: null };

function notFound(message: string): RequestError {
  return new RequestError('not-found', message);
}
