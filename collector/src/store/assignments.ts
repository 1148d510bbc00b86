import type { AssignedPair } from './store.ts';

/** What must be written so that exactly the wanted pairs stand. */
export interface AssignmentChanges {
  readonly begun: readonly AssignedPair[];
  readonly ended: readonly AssignedPair[];
}

/** Compares the pairs whose assignment has no end with those that are wanted; empty on both sides when nothing changed. */
export function assignmentChanges(
  standing: readonly AssignedPair[],
  wanted: readonly AssignedPair[],
): AssignmentChanges {
  const [before, after] = [byKey(standing), byKey(wanted)];
  return {
    begun: [...after].flatMap(([key, pair]) => (before.has(key) ? [] : [pair])),
    ended: [...before].flatMap(([key, pair]) => (after.has(key) ? [] : [pair])),
  };
}

/** Neither name can hold a space. */
function byKey(pairs: readonly AssignedPair[]): Map<string, AssignedPair> {
  return new Map(pairs.map((pair) => [`${pair.check} ${pair.agent}`, pair]));
}
