import { OUTCOME_CODES } from '../run-columns.ts';
import { BlockError, type ByteReader, type ByteWriter } from './byte-stream.ts';
import { readEquals, writeEquals } from './runs-of-equals.ts';

/** Where a value was measured; released numbers never change. */
const PRESENCE = { everywhere: 0, whereUp: 1, listed: 2 } as const;

/** Writes what the way needs, mostly nothing, and returns the way. */
export function writePresence(writer: ByteWriter, present: Uint8Array, outcomes: Uint8Array): number {
  if (!present.includes(0)) return PRESENCE.everywhere;
  let isWhereUp = true;
  for (let row = 0; row < present.length; row++) {
    if ((present[row] === 1) !== (outcomes[row] === OUTCOME_CODES.up)) isWhereUp = false;
  }
  if (isWhereUp) return PRESENCE.whereUp;
  writeEquals(writer, present);
  return PRESENCE.listed;
}

/** Throws `BlockError`. */
export function readPresence(reader: ByteReader, way: number, outcomes: Uint8Array): Uint8Array {
  const present = new Uint8Array(outcomes.length);
  if (way === PRESENCE.everywhere) return present.fill(1);
  if (way === PRESENCE.listed) readEquals(reader, present);
  else if (way !== PRESENCE.whereUp) throw new BlockError(`presence is written in the unknown way ${way}`);
  else for (let row = 0; row < present.length; row++) present[row] = outcomes[row] === OUTCOME_CODES.up ? 1 : 0;
  return present;
}

/** The numbers of the rows in which there is one. */
export function gather(numbers: Float64Array, present: Uint8Array): Float64Array {
  if (!present.includes(0)) return numbers;
  const dense = new Float64Array(numbers.length);
  let count = 0;
  for (let row = 0; row < numbers.length; row++) if (present[row] === 1) dense[count++] = numbers[row] ?? 0;
  return dense.subarray(0, count);
}

/** Undoes `gather`; zeros where there is none. */
export function scatter(dense: Float64Array, present: Uint8Array): Float64Array {
  if (dense.length === present.length) return dense;
  const numbers = new Float64Array(present.length);
  let next = 0;
  for (let row = 0; row < present.length; row++) if (present[row] === 1) numbers[row] = dense[next++] ?? 0;
  return numbers;
}

export function countOf(present: Uint8Array): number {
  if (!present.includes(0)) return present.length;
  let count = 0;
  for (let row = 0; row < present.length; row++) count += present[row] ?? 0;
  return count;
}
