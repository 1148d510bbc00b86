import { type Exposition, formatLabels } from '@nines/shared/exposition.ts';
import type { Observation, Outcome } from '@nines/shared/observation.ts';
import { type ProbeTypeName, valuesOf } from '@nines/shared/probes/index.ts';
import { toBaseUnit } from '@nines/shared/probes/probe.ts';
import { DURATION_BUCKETS_MICROS } from '../evaluate/duration-histogram.ts';

/** What is written for one check as one agent sees it. */
export interface CheckSample {
  readonly check: string;
  readonly agent: string;
  readonly location: string;
  readonly probe: ProbeTypeName;
  readonly timeoutMs: number;
  /** The newest observation, `null` when none holds any more: a gauge must not show what is no longer known. */
  readonly last: Observation | null;
  readonly runsTotal: Readonly<Record<Outcome, number>>;
  /** Cumulative counts by `DURATION_BUCKETS_MICROS`, then all runs. */
  readonly durations: readonly number[];
  readonly durationSumMicros: number;
}

const OUTCOMES: readonly Outcome[] = ['up', 'down', 'unknown'];

/** Writes blackbox-compatible gauges of the newest runs, and counters that lose nothing between two scrapes. */
export function writeCheckMetrics(exposition: Exposition, samples: readonly CheckSample[]): void {
  for (const sample of samples) {
    const labels = formatLabels({ check: sample.check, agent: sample.agent, location: sample.location });
    writeLast(exposition, sample, labels);
    writeTotals(exposition, sample, labels);
  }
}

function writeLast(exposition: Exposition, { last, probe, timeoutMs }: CheckSample, labels: string): void {
  // An unknown outcome is neither: probe_success is absent then, so that no average takes it for a failure.
  if (last !== null && last.outcome !== 'unknown') {
    exposition.family(
      'probe_success',
      'gauge',
      'Whether the last run succeeded; absent while it is unknown.',
    )(labels, last.outcome === 'up' ? 1 : 0);
  }
  exposition.family('probe_timeout_seconds', 'gauge', 'Deadline of a run.')(labels, timeoutMs / 1_000);
  if (last === null) return;
  exposition.family(
    'nines_run_timestamp_seconds',
    'gauge',
    'When the last run started, Unix time.',
  )(labels, last.atMs / 1_000);
  for (const [name, { metric, unit }] of Object.entries(valuesOf(probe))) {
    const value = last.values[name];
    if (value === undefined || metric === null) continue;
    const own = metric.labels === undefined ? labels : `${labels},${formatLabels(metric.labels)}`;
    exposition.family(metric.name, 'gauge', metric.help)(own, toBaseUnit(value, unit));
  }
}

function writeTotals(exposition: Exposition, sample: CheckSample, labels: string): void {
  const runs = exposition.family('nines_runs_total', 'counter', 'Runs stored, by outcome.');
  for (const outcome of OUTCOMES) runs(`${labels},outcome="${outcome}"`, sample.runsTotal[outcome]);
  const duration = exposition.family('nines_run_duration_seconds', 'histogram', 'Duration of the runs stored.');
  const count = sample.durations.at(-1) ?? 0;
  for (const [index, bound] of DURATION_BUCKETS_MICROS.entries()) {
    duration(`${labels},le="${bound / 1e6}"`, sample.durations[index] ?? 0, '_bucket');
  }
  duration(`${labels},le="+Inf"`, count, '_bucket');
  duration(labels, sample.durationSumMicros / 1e6, '_sum');
  duration(labels, count, '_count');
}
