import { setImmediate as nextTurn } from 'node:timers/promises';
import type { ConfiguredCheck, Nines } from '../config/nines.ts';
import { CheckDurations } from '../evaluate/check-durations.ts';
import type { Evaluation } from '../evaluate/evidence.ts';
import { seriesKey } from '../evaluate/settle.ts';
import type { Archive } from '../store/archive.ts';
import { SKETCH_ERROR_PPM } from '../store/rollup/latency-sketch.ts';
import { bad, readInterval, refuseUnknown } from './query.ts';
import type { Server } from './server.ts';

/** What `GET /api/v1/checks` needs. */
export interface ChecksOptions {
  readonly nines: () => Pick<Nines, 'precision'> & { readonly checks: readonly Pick<ConfiguredCheck, 'id'>[] };
  readonly archive: Pick<Archive, 'durationSketches' | 'durationQuantiles' | 'holdStill'>;
  readonly evaluation: () => Evaluation;
}

interface Query {
  readonly from?: string;
  readonly to?: string;
  readonly quantile?: string;
  readonly method?: string;
}

const KEYS: ReadonlySet<string> = new Set(['from', 'to', 'quantile', 'method']);
const DAY_MS = 86_400_000;

/** How a quantile is found: from what sealing counted, or from every run. */
type QuantileMethod = 'sketch' | 'exact';

/** What rounding durations to half a percent costs at most. */
const ROUNDED_PPM = 5_050;
/** The runs of cut hours were rounded before they are counted. */
const ERROR_PPM: Readonly<Record<QuantileMethod, Readonly<Record<Nines['precision'], number>>>> = {
  sketch: { exact: SKETCH_ERROR_PPM, half_percent: SKETCH_ERROR_PPM + ROUNDED_PPM },
  exact: { exact: 0, half_percent: ROUNDED_PPM },
};
const USUAL_QUANTILE = '0.95';

/**
 * Every configured check and each of its agents, those that once ran it included: runs by outcome in `from` to `to` (as
 * `GET /api/v1/attainment` takes them; the last day without), exact, and a quantile of `total` in microseconds over the
 * runs that were up and measured it, within `relative_error` (1 %; half a percent more where sealed durations are rounded
 * and an hour is cut); `null` when none did. With `method=exact` every run is looked at, and the quantile is one that
 * occurred (nearest rank).
 */
export function registerChecks(server: Server, { nines, archive, evaluation }: ChecksOptions): void {
  const figures = new CheckDurations(archive);
  server.get<{ Querystring: Query }>('/api/v1/checks', async ({ query }, reply) => {
    refuseUnknown(query, KEYS);
    const now = evaluation();
    const quantilePpb = readQuantile(query.quantile ?? USUAL_QUANTILE);
    const method = readMethod(query.method ?? 'sketch');
    const { fromMs, toMs } = readInterval(query) ?? { fromMs: now.nowMs - DAY_MS, toMs: now.nowMs };
    const interval = { fromMs, toMs: Math.max(fromMs, Math.min(toMs, now.nowMs)) };
    const { checks, precision } = nines();
    const ids = checks.map(({ id }) => id);
    const found = await figures.of({ checks: ids, ...interval }, now);
    const exact = method === 'exact' ? await figures.quantiles({ checks: ids, ...interval, quantilePpb }, now) : null;
    await nextTurn();
    const documents = ids.map((id) => ({
      id,
      agents: agentsOf(id, now).map((agent) => {
        const key = seriesKey(agent, id);
        const figure = found.get(key);
        if (figure === undefined) return { agent, ...NEVER_RAN };
        const { runs, durations } = figure;
        const quantile = exact === null ? durations.quantile(quantilePpb) : (exact.get(key) ?? null);
        return { agent, ...runs, measured: durations.count, quantile_us: quantile };
      }),
    }));
    return reply
      .header('cache-control', 'no-cache')
      .type('application/json; charset=utf-8')
      .send(
        JSON.stringify({
          at_ms: now.nowMs,
          from_ms: interval.fromMs,
          to_ms: interval.toMs,
          quantile: quantilePpb / 1e9,
          method,
          relative_error: ERROR_PPM[method][precision] / 1e6,
          checks: documents,
        }),
      );
  });
}

const NEVER_RAN = { up: 0, down: 0, unknown: 0, measured: 0, quantile_us: null };

function agentsOf(check: string, { head, plan }: Evaluation): string[] {
  const measured = head.seriesOf(check).map(({ agent }) => agent);
  return [...new Set([...plan.agentsOf(check), ...measured])].sort();
}

/** Parts per billion. */
function readQuantile(text: string): number {
  if (!/^(0(\.\d{1,9})?|1(\.0{1,9})?)$/.test(text)) throw bad('quantile: expected a number from 0 to 1, as 0.95');
  return Math.round(Number(text) * 1e9);
}

function readMethod(text: string): QuantileMethod {
  if (text === 'sketch' || text === 'exact') return text;
  throw bad('method: expected sketch or exact');
}
