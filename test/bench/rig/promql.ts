import type { Question } from './engine.ts';
import { instanceOf } from './remote-write.ts';
import { quantileOf, type Truth } from './truth.ts';

/** Rounding of floats, in a sum of some ten thousand. */
const TOLERANCE = 1e-9;
/** Ours chooses the finest of these that makes 2,000 points or fewer; the others are asked for as many. */
const CHART_STEPS_MS = [60_000, 3_600_000, 86_400_000] as const;
const CHART_POINTS = 2_000;

/** The question as Prometheus and VictoriaMetrics are asked it. */
export function promqlUrl(origin: string, { ask, window }: Question): string {
  const { fromMs, toMs } = window;
  const first = `instance="${instanceOf(0)}"`;
  const range = `[${toMs - fromMs}ms]`;
  const at = { time: String(toMs / 1_000), nocache: '1' };
  switch (ask) {
    case 'availability':
    case 'documents':
      return url(origin, 'query', { query: `avg_over_time(probe_success${range})`, ...at });
    case 'p95':
    case 'exact p95':
      return url(origin, 'query', { query: `quantile_over_time(0.95, probe_duration_seconds${range})`, ...at });
    case 'one':
      return url(origin, 'query', { query: `avg_over_time(probe_success{${first}}${range})`, ...at });
    case 'chart': {
      const stepMs = chartStepMs(window);
      const bounds = { start: String((fromMs + stepMs) / 1_000), end: String(toMs / 1_000), step: `${stepMs / 1_000}` };
      const query = `avg_over_time(probe_duration_seconds{${first}}[${stepMs}ms])`;
      return url(origin, 'query_range', { query, ...bounds, nocache: '1' });
    }
  }
}

function chartStepMs({ fromMs, toMs }: Question['window']): number {
  return CHART_STEPS_MS.find((stepMs) => (toMs - fromMs) / stepMs <= CHART_POINTS) ?? CHART_STEPS_MS[2];
}

function url(origin: string, verb: string, parameters: Readonly<Record<string, string>>): string {
  return `${origin}/api/v1/${verb}?${new URLSearchParams(parameters)}`;
}

interface Answer {
  readonly data: {
    readonly result: readonly {
      readonly metric: { readonly instance: string };
      readonly value?: readonly [number, string];
      readonly values?: readonly (readonly [number, string])[];
    }[];
  };
}

/** See `Engine.verify`. */
export function verifyPromql({ ask, window }: Question, answer: string, truth: Truth): number {
  const { data }: Answer = JSON.parse(answer);
  if (ask === 'chart') {
    const points = data.result[0]?.values?.length ?? 0;
    const expected = Math.floor((window.toMs - window.fromMs) / chartStepMs(window));
    if (points !== expected) throw new Error(`a chart of ${points} points instead of ${expected}`);
    return 0;
  }
  const expectedSeries = ask === 'one' ? 1 : truth.set.checks;
  if (data.result.length !== expectedSeries) throw new Error(`${data.result.length} series, not ${expectedSeries}`);
  const byInstance = new Map(data.result.map(({ metric, value }) => [metric.instance, Number(value?.[1])]));
  let worst = 0;
  for (let index = 0; index < expectedSeries; index++) {
    const expected =
      ask === 'p95' || ask === 'exact p95'
        ? quantileOf(truth.totals(index, window, 'all'), 0.95).between / 1e6
        : shareUp(truth, index, window);
    const got = byInstance.get(instanceOf(index)) ?? Number.NaN;
    const error = Math.abs(got / expected - 1);
    if (!(error <= TOLERANCE)) throw new Error(`${ask} of check ${index} is ${got}, the truth is ${expected}`);
    worst = Math.max(worst, error);
  }
  return worst;
}

function shareUp(truth: Truth, index: number, window: Question['window']): number {
  const { runs, upRuns } = truth.of(index, window);
  return upRuns / runs;
}

/** Samples of `probe_success` that are stored; `atMs` and `days` have to cover them. */
export async function countSamples(origin: string, atMs: number, days: number): Promise<number> {
  const parameters = {
    query: `sum(count_over_time(probe_success[${days}d]))`,
    time: String(atMs / 1_000),
    nocache: '1',
  };
  const response = await fetch(url(origin, 'query', parameters));
  const { data }: Answer = JSON.parse(await response.text());
  return Number(data.result[0]?.value?.[1] ?? 0);
}
