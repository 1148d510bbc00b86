import { TOTAL } from '@nines/shared/probes/probe.ts';
import type { ValueColumn } from '../run-columns.ts';

/** Only so many columns before a total can be its parts: a bit each. */
export const MAX_PARTS = 30;

/** So many rows decide which columns are parts. */
const ROWS = 128;

/** A part that does not bring the rest so much nearer to being even is none. */
const GAIN = 0.95;

/**
 * The columns, as a bit each, whose sum leaves the least of a total: those that bring what is left nearer to being the
 * same in all rows, the greatest first.
 */
export function partsOf(total: ValueColumn, columns: readonly ValueColumn[]): number {
  const rows = rowsOf(total);
  const rest = Float64Array.from(rows, (row) => total.numbers[row] ?? 0);
  const taken = new Float64Array(rows.length);
  const candidates = columns
    .map(({ name, numbers }, index) => ({ name, index, mean: meanOf(numbers, rows) }))
    .filter(({ name, index }) => name !== TOTAL && index < MAX_PARTS)
    .sort((a, b) => b.mean - a.mean);
  let parts = 0;
  let spread = spreadOf(rest);
  for (const { index } of candidates) {
    const numbers = columns[index]?.numbers ?? rest;
    for (let i = 0; i < rows.length; i++) taken[i] = (rest[i] ?? 0) - (numbers[rows[i] ?? 0] ?? 0);
    const left = spreadOf(taken);
    if (left >= spread * GAIN) continue;
    parts |= 1 << index;
    spread = left;
    rest.set(taken);
  }
  return parts;
}

function rowsOf({ present }: ValueColumn): number[] {
  const rows: number[] = [];
  const step = Math.max(1, Math.floor(present.length / ROWS));
  for (let row = 0; row < present.length; row += step) if (present[row] === 1) rows.push(row);
  return rows;
}

function meanOf(numbers: Float64Array, rows: readonly number[]): number {
  let sum = 0;
  for (const row of rows) sum += numbers[row] ?? 0;
  return sum / rows.length;
}

function spreadOf(numbers: Float64Array): number {
  let sum = 0;
  for (const number of numbers) sum += number;
  const mean = sum / numbers.length;
  let spread = 0;
  for (const number of numbers) spread += Math.abs(number - mean);
  return spread;
}

/** The sum of the parts in each row. */
export function sumOfParts(numbersOf: (index: number) => Float64Array, parts: number, rows: number): Float64Array {
  let sum: Float64Array | null = null;
  for (let index = 0; index < MAX_PARTS; index++) {
    if (((parts >>> index) & 1) === 0) continue;
    const numbers = numbersOf(index);
    if (sum === null) sum = numbers.slice(0, rows);
    else for (let row = 0; row < rows; row++) sum[row] = (sum[row] ?? 0) + (numbers[row] ?? 0);
  }
  return sum ?? new Float64Array(rows);
}
