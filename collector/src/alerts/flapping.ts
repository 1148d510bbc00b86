/** Flap damping: what held at `bad` of the last `of` looks and began more than once fires, and is not resolved before. */
export interface Flapping {
  readonly bad: number;
  /** At most `MOST_LOOKS`. */
  readonly of: number;
}

/** A trace is an integer of 31 bits. */
export const MOST_LOOKS = 30;

/** The trace after one more look: whether the condition held is its lowest bit, the looks before are above it. */
export function traceOf(before: number, holds: boolean, { of }: Flapping): number {
  return ((before << 1) | (holds ? 1 : 0)) & (2 ** of - 1);
}

/** Whether the condition came and went, and held often enough. */
export function isFlapping(trace: number, { bad }: Flapping): boolean {
  return heldAt(trace) >= bad && beginnings(trace) > 1;
}

/** At how many of the looks it held. */
export function heldAt(trace: number): number {
  let count = 0;
  for (let rest = trace; rest !== 0; rest &= rest - 1) count++;
  return count;
}

/** Bits with a 0 in the place of the look before. */
function beginnings(trace: number): number {
  return heldAt(trace & ~(trace >>> 1));
}
