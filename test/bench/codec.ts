/**
 * Bytes and nanoseconds of CPU an observation of the block codec, by observations a block, beside the entropy of the
 * data and the goals. Every block is decoded and compared; times are medians of several passes over the same blocks.
 */
import { decodeBlock, encodeBlock } from '../../collector/src/store/block/block.ts';
import { roundRuns } from '../../collector/src/store/block/half-percent.ts';
import { type RunColumns, sameRuns } from '../../collector/src/store/run-columns.ts';
import { entropyBytes, sampleRuns, sliceSample } from './rig/samples.ts';
import type { Variant } from './rig/workload.ts';

type Precision = 'exact' | 'half-percent';

interface Case {
  readonly variant: Variant;
  readonly precision: Precision;
  readonly size: number;
  readonly goalBytes: number | null;
}

const isQuick = process.argv.includes('--quick');
const CHECKS = isQuick ? 10 : 60;
const PASSES = isQuick ? 3 : 15;
const DAY_RUNS = 2_880;
const FROM_MS = Date.UTC(2026, 9, 5);
const DURATIONS = new Set(['resolve', 'connect', 'tls', 'processing', 'total']);
const NONE: ReadonlySet<string> = new Set();
const GOAL_BYTES: Readonly<Record<number, number>> = { 120: 8.9, 720: 8.4, 2880: 8.3 };
const GOAL_LOSSY_BYTES = 5.5;
const GOALS_NS = { encode: 350, decode: 120 };

const CASES: readonly Case[] = (['exact', 'half-percent'] as const).flatMap((precision) =>
  (['independent', 'diurnal'] as const).flatMap((variant) =>
    [120, 720, DAY_RUNS].map((size) => ({ variant, precision, size, goalBytes: goalOf(variant, precision, size) })),
  ),
);

console.log(`ns of one core's CPU; goals: encode ${GOALS_NS.encode} ns, decode ${GOALS_NS.decode} ns`);
console.log(
  'precision | data | observations a block | B each (goal; entropy) | encode | decode | decode `total` alone',
);
for (const one of CASES) report(one);

function goalOf(variant: Variant, precision: Precision, size: number): number | null {
  if (variant === 'diurnal') return null;
  return precision === 'exact' ? (GOAL_BYTES[size] ?? null) : GOAL_LOSSY_BYTES;
}

function report({ variant, precision, size, goalBytes }: Case): void {
  const blocks = samples(variant, size);
  const rounded = precision === 'exact' ? NONE : DURATIONS;
  const encoded = blocks.map((runs) => encodeBlock(roundRuns(runs, rounded)));
  for (const [index, runs] of blocks.entries()) check(runs, encoded[index], precision);
  const observations = blocks.length * size;
  const bytes = encoded.reduce((sum, block) => sum + block.length, 0) / observations;
  const wanted = new Set(['total']);
  const encode = medianNs(() => {
    for (const runs of blocks) encodeBlock(roundRuns(runs, rounded));
  });
  const decode = medianNs(() => {
    for (const block of encoded) decodeBlock(block);
  });
  const decodeTotal = medianNs(() => {
    for (const block of encoded) decodeBlock(block, wanted);
  });
  const entropy = precision === 'exact' ? `; ${entropyBytes(variant).toFixed(2)}` : '';
  const times = [encode, decode, decodeTotal].map((ns) => (ns / observations).toFixed(0));
  console.log([precision, variant, size, `${bytes.toFixed(3)} (${goalBytes ?? '-'}${entropy})`, ...times].join(' | '));
}

function samples(variant: Variant, size: number): RunColumns[] {
  return Array.from({ length: CHECKS }, (_, check) =>
    sampleRuns(20_261_123, { variant, check, fromMs: FROM_MS, count: DAY_RUNS, areValuesAbsentWhenDown: true }),
  ).flatMap((runs) =>
    Array.from({ length: DAY_RUNS / size }, (_, index) => sliceSample(runs, index * size, (index + 1) * size)),
  );
}

function check(runs: RunColumns, block: Uint8Array | undefined, precision: Precision): void {
  const back = decodeBlock(block ?? new Uint8Array());
  if (precision === 'exact' && !sameRuns(back, runs)) throw new Error('a block is not what it was');
  for (const [index, { numbers }] of runs.values.entries()) {
    const kept = back.values[index]?.numbers ?? [];
    const isNear = numbers.every((number, row) => Math.abs((kept[row] ?? Number.NaN) - number) <= number / 200);
    if (!isNear) throw new Error('a value is further off than half a percent');
  }
}

/** Of this thread's CPU: others who share the machine make it wait, not work. */
function medianNs(work: () => void): number {
  const passes = Array.from({ length: PASSES }, () => {
    const before = process.threadCpuUsage();
    work();
    const { user, system } = process.threadCpuUsage(before);
    return (user + system) * 1_000;
  });
  return passes.toSorted((a, b) => a - b)[PASSES >> 1] ?? 0;
}
