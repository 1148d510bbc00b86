/** A series that Prometheus computes once for everybody who asks. */
export interface RecordingRule {
  readonly record: string;
  readonly expr: string;
}

/** Over so long a time Prometheus computes rates; four scrapes at its usual pace of 15 s. */
const RATE = '5m';

/**
 * What dashboards and people ask for most. Named `level:metric:operation` as Prometheus advises. Of runs that nobody knows
 * the outcome of, none is counted as good or bad: shares are of those that are known.
 */
export const RECORDING_RULES: readonly RecordingRule[] = [
  {
    record: 'check_outcome:nines_runs:rate5m',
    expr: `sum by (check, outcome) (rate(nines_runs_total[${RATE}]))`,
  },
  {
    record: 'check:nines_runs_up:ratio_rate1h',
    expr: `sum by (check) (rate(nines_runs_total{outcome="up"}[1h])) / sum by (check) (rate(nines_runs_total{outcome=~"up|down"}[1h]))`,
  },
  {
    record: 'check:nines_run_duration_seconds:p95_rate5m',
    expr: `histogram_quantile(0.95, sum by (check, le) (rate(nines_run_duration_seconds_bucket[${RATE}])))`,
  },
  {
    record: 'check:probe_success:avg',
    expr: 'avg by (check) (probe_success)',
  },
];
