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
  readonly archive: Pick<Archive, 'durationSketches' | 'holdStill'>;
  readonly evaluation: () => Evaluation;
}

interface Query {
  readonly from?: string;
  readonly to?: string;
  readonly quantile?: string;
}

const KEYS: ReadonlySet<string> = new Set(['from', 'to', 'quantile']);
const DAY_MS = 86_400_000;
/** The runs of cut hours were rounded before they are counted. */
const ERROR_PPM: Readonly<Record<Nines['precision'], number>> = {
  exact: SKETCH_ERROR_PPM,
  half_percent: SKETCH_ERROR_PPM + 5_050,
};
const USUAL_QUANTILE = '0.95';

/**
 * Every configured check and each of its agents, those that once ran it included: runs by outcome in `from` to `to` (as
 * `GET /api/v1/attainment` takes them; the last day without), exact, and a quantile of `total` in microseconds over the
 * runs that were up and measured it, within `relative_error` (1 %; half a
 * percent more where sealed durations are rounded and an hour is cut); `null` when none did.
 */
export function registerChecks(server: Server, { nines, archive, evaluation }: ChecksOptions): void {
  const figures = new CheckDurations(archive);
  server.get<{ Querystring: Query }>('/api/v1/checks', async ({ query }, reply) => {
    refuseUnknown(query, KEYS);
    const now = evaluation();
    const quantilePpb = readQuantile(query.quantile ?? USUAL_QUANTILE);
    const { fromMs, toMs } = readInterval(query) ?? { fromMs: now.nowMs - DAY_MS, toMs: now.nowMs };
    const interval = { fromMs, toMs: Math.max(fromMs, Math.min(toMs, now.nowMs)) };
    const { checks, precision } = nines();
    const ids = checks.map(({ id }) => id);
    const found = await figures.of({ checks: ids, ...interval }, now);
    await nextTurn();
    const documents = ids.map((id) => ({
      id,
      agents: agentsOf(id, now).map((agent) => {
        const figure = found.get(seriesKey(agent, id));
        if (figure === undefined) return { agent, ...NEVER_RAN };
        const { runs, durations } = figure;
        return { agent, ...runs, measured: durations.count, quantile_us: durations.quantile(quantilePpb) };
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
          relative_error: ERROR_PPM[precision] / 1e6,
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
