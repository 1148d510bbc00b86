import { OUTCOME_CODES, type RunColumns } from '../../../collector/src/store/run-columns.ts';
import { CheckRuns, type Variant } from './workload.ts';

/** Which runs of one check are made; everything follows from the seed. */
export interface SampleOptions {
  readonly variant: Variant;
  readonly check: number;
  /** Midnight UTC before the first run. */
  readonly fromMs: number;
  readonly count: number;
  /** Whether a run that is down has no values, as when nothing answered. */
  readonly areValuesAbsentWhenDown: boolean;
}

const EVERY_MS = 30_000;
const DAY_MS = 86_400_000;
const JITTER_VALUES = 5;

/** The workload's phases in microseconds, and the spread of their logarithms. */
const MEDIANS: Readonly<Record<string, number>> = {
  resolve: 800,
  connect: 9_000,
  tls: 20_000,
  processing: 60_000,
  transfer: 300,
};
const SIGMA = 0.3;

/** `diurnal`: how much of a deviation is left a run later, and day against night. */
const KEPT = 0.9;
const DAY_AMPLITUDE = 0.4;

/**
 * Runs of one check like those of the storage benchmark, with what an http check reports besides durations. `diurnal`:
 * the same chance drives first-order autoregressive levels around a daily sine, so that the entropy is known exactly.
 */
export function sampleRuns(seed: number, options: SampleOptions): RunColumns {
  const { variant, check, fromMs, count } = options;
  const set = {
    variant: 'independent',
    checks: check + 1,
    distinct: check + 1,
    days: 1,
    everyMs: EVERY_MS,
    fromMs,
    seed,
  } as const;
  const source = new CheckRuns({ ...set, toMs: fromMs + DAY_MS, hasTransfer: true, hasMetricAPhase: false }, check);
  const runs = source.next(count);
  const present = runs.outcomes.map((outcome) =>
    options.areValuesAbsentWhenDown && outcome !== OUTCOME_CODES.up ? 0 : 1,
  );
  const phases = Object.keys(MEDIANS).map((name) => ({ name, numbers: phaseNumbers(name, runs, variant) }));
  const total = new Float64Array(count);
  for (const { numbers } of phases)
    for (let row = 0; row < count; row++) total[row] = (total[row] ?? 0) + (numbers[row] ?? 0);
  const columns = [
    ...phases.filter(({ name }) => name !== 'transfer'),
    { name: 'total', numbers: total },
    { name: 'status', numbers: new Float64Array(count).fill(200) },
    { name: 'certificate_expires_at', numbers: new Float64Array(count).fill(fromMs / 1_000 + 40 * 86_400) },
  ];
  const values = columns
    .map(({ name, numbers }) => ({
      name,
      present,
      numbers: numbers.map((number, row) => (present[row] === 1 ? number : 0)),
    }))
    .filter(() => present.includes(1))
    .toSorted((a, b) => (a.name < b.name ? -1 : 1));
  return { ...runs, values };
}

/** The rows `[first, end)` as a block of its own. */
export function sliceSample(runs: RunColumns, first: number, end: number): RunColumns {
  const reasons = runs.reasons.slice(first, end);
  return {
    length: end - first,
    atMs: runs.atMs.slice(first, end),
    everyMs: runs.everyMs.slice(first, end),
    outcomes: runs.outcomes.slice(first, end),
    reasons,
    reasonNames: reasons.some((reason) => reason > 0) ? runs.reasonNames : [],
    values: runs.values
      .map(({ name, present, numbers }) => ({
        name,
        present: present.slice(first, end),
        numbers: numbers.slice(first, end),
      }))
      .filter(({ present }) => present.includes(1)),
  };
}

/** Bytes an observation below which no lossless code can be: differential entropy of the phases and the jitter. */
export function entropyBytes(variant: Variant): number {
  // Of a normal: log2(sigma * sqrt(2 pi e)). The innovation alone is new; the daily sine and the median scale it.
  const sigma = variant === 'independent' ? SIGMA : SIGMA * Math.sqrt(1 - KEPT * KEPT);
  const bits = Object.values(MEDIANS).map((median) => Math.log2(median * sigma * Math.sqrt(2 * Math.PI * Math.E)));
  return (bits.reduce((sum, one) => sum + one, 0) + Math.log2(JITTER_VALUES)) / 8;
}

function phaseNumbers(name: string, runs: RunColumns, variant: Variant): Float64Array {
  const median = MEDIANS[name] ?? 0;
  const numbers = runs.values.find((value) => value.name === name)?.numbers ?? new Float64Array(runs.length);
  if (variant === 'independent') return numbers;
  let level = 0;
  return numbers.map((number, row) => {
    level = KEPT * level + Math.sqrt(1 - KEPT * KEPT) * Math.log(number / median);
    const daily = DAY_AMPLITUDE * Math.sin(((runs.atMs[row] ?? 0) / DAY_MS) * 2 * Math.PI);
    return Math.round(median * Math.exp(level + daily));
  });
}
