import { type Exemplar, type Exposition, suffix } from '@nines/shared/exposition.ts';
import type { Observation, Outcome } from '@nines/shared/observation.ts';
import type { ProbeTypeName } from '@nines/shared/probes/index.ts';
import { valueMetricFamilies } from '@nines/shared/probes/value-metrics.ts';
import { DURATION_BUCKETS_MICROS, type DurationHistogram } from '../evaluate/duration-histogram.ts';
import { type Pauses, SAMPLES_A_PAUSE } from './pauses.ts';

/** What is written for one check as one agent sees it. */
export interface CheckSample {
  readonly labels: Uint8Array;
  readonly probe: ProbeTypeName;
  readonly timeoutMs: number;
  /** The newest observation, `null` when none holds any more: a gauge must not show what is no longer known. */
  readonly last: Observation | null;
  readonly runsTotal: Readonly<Record<Outcome, number>>;
  readonly durations: DurationHistogram;
}

/** Writes blackbox-compatible gauges of the newest runs, and counters that lose nothing between two scrapes. */
export function* writeCheckMetrics(exposition: Exposition, samples: readonly CheckSample[]): Pauses {
  for (const { name, type, help, write } of [...FAMILIES, ...valueFamilies(samples)]) {
    exposition.family(name, type, help);
    for (let i = 0; i < samples.length; i++) {
      const sample = samples[i];
      if (sample !== undefined) write(exposition, sample);
      if (i % SAMPLES_A_PAUSE === 0) yield;
    }
  }
}

interface Family {
  readonly name: string;
  readonly type: 'counter' | 'gauge' | 'histogram';
  readonly help: string;
  readonly write: (exposition: Exposition, sample: CheckSample) => void;
}

const OUTCOMES = (['up', 'down', 'unknown'] as const).map((outcome) => ({ outcome, own: suffix('', { outcome }) }));
const BUCKETS = [...DURATION_BUCKETS_MICROS.map((micros) => String(micros / 1e6)), '+Inf'].map((le) =>
  suffix('_bucket', { le }),
);
const [SUM, COUNT] = [suffix('_sum'), suffix('_count')];

/** What every check has, of whatever type its probe is. */
const FAMILIES: readonly Family[] = [
  {
    name: 'probe_success',
    type: 'gauge',
    help: 'Whether the last run succeeded; absent while it is unknown.',
    // An unknown outcome is neither: probe_success is absent then, so that no average takes it for a failure.
    write(exposition, { labels, last }) {
      if (last !== null && last.outcome !== 'unknown') exposition.sample(labels, last.outcome === 'up' ? 1 : 0);
    },
  },
  {
    name: 'probe_timeout_seconds',
    type: 'gauge',
    help: 'Deadline of a run.',
    write: (exposition, { labels, timeoutMs }) => exposition.sample(labels, timeoutMs / 1_000),
  },
  {
    name: 'nines_run_timestamp_seconds',
    type: 'gauge',
    help: 'When the last run started, Unix time.',
    write(exposition, { labels, last }) {
      if (last !== null) exposition.sample(labels, last.atMs / 1_000);
    },
  },
  {
    name: 'nines_runs_total',
    type: 'counter',
    help: 'Runs stored, by outcome.',
    write(exposition, { labels, runsTotal, last }) {
      for (const { outcome, own } of OUTCOMES) {
        exposition.sample(labels, runsTotal[outcome], own, last?.outcome === outcome ? exemplarOf(last) : null);
      }
    },
  },
  {
    name: 'nines_run_duration_seconds',
    type: 'histogram',
    help: 'Duration of the runs stored.',
    write(exposition, { labels, durations }) {
      let total = 0;
      for (let bucket = 0; bucket < BUCKETS.length; bucket++) {
        total += durations.countAt(bucket);
        exposition.sample(labels, total, BUCKETS[bucket]);
      }
      exposition.sample(labels, durations.sumMicros / 1e6, SUM);
      exposition.sample(labels, total, COUNT);
    },
  },
];

/** Why the newest run was not up, and when: what somebody looks for first who sees the counter rise. */
function exemplarOf({ reason, atMs }: Observation): Exemplar | null {
  return reason === null ? null : { labels: { reason }, value: 1, atMs };
}

/** The gauges of what the checks measure. */
function valueFamilies(samples: readonly CheckSample[]): Family[] {
  return valueMetricFamilies(samples.map(({ probe }) => probe)).map((family) => ({
    ...family,
    type: 'gauge',
    write(exposition, { labels, probe, last }) {
      if (last !== null) family.write(exposition, labels, probe, last.values);
    },
  }));
}
