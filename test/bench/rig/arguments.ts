import { parseArgs } from 'node:util';

/** What the benchmarks of the store are told; everything else follows from `--quick`. */
export interface BenchArguments {
  readonly isQuick: boolean;
  readonly checks: number;
  readonly days: number;
  readonly runs: number;
  readonly minutes: number;
  /** Whether everybody is given the phase `transfer` besides the others and `total`. */
  readonly hasTransfer: boolean;
  /** See `Workload`. */
  readonly hasMetricAPhase: boolean;
  /** Names of engines that are wanted; all when empty. */
  readonly only: readonly string[];
  /** Folder for what is drawn; `null` when nothing is. */
  readonly plots: string | null;
}

type Defaults = Pick<BenchArguments, 'checks' | 'days' | 'runs'> & Partial<Pick<BenchArguments, 'minutes'>>;

/** `--quick --checks 1000 --days 7 --runs 1 --minutes 10 --transfer --metric-a-phase --only nines --plots FOLDER`. */
export function benchArguments(whole: Defaults, quick: Defaults): BenchArguments {
  const { values } = parseArgs({
    options: {
      quick: { type: 'boolean', default: false },
      checks: { type: 'string' },
      days: { type: 'string' },
      runs: { type: 'string' },
      minutes: { type: 'string' },
      'metric-a-phase': { type: 'boolean', default: false },
      transfer: { type: 'boolean', default: false },
      only: { type: 'string', multiple: true, default: [] },
      plots: { type: 'string' },
    },
  });
  const defaults = values.quick ? quick : whole;
  return {
    isQuick: values.quick,
    checks: Number(values.checks ?? defaults.checks),
    days: Number(values.days ?? defaults.days),
    runs: Number(values.runs ?? defaults.runs),
    minutes: Number(values.minutes ?? defaults.minutes ?? 1),
    hasTransfer: values.transfer,
    hasMetricAPhase: values['metric-a-phase'],
    only: values.only.map((name) => name.toLowerCase()),
    plots: values.plots ?? null,
  };
}
