import { expect } from 'vitest';
import type { Deployment, StoredRun } from './deployment.ts';

/** One observation by what makes it one: no agent runs a check twice in the same millisecond. */
export function keyOf({ check, atMs }: { readonly check: string; readonly atMs: number }): string {
  return `${check} ${atMs}`;
}

/** Recorded runs of an agent that are not in the journal. */
export function missingOf(
  recorded: readonly { check: string; atMs: number }[],
  stored: readonly StoredRun[],
): string[] {
  const there = new Set(stored.map(keyOf));
  return recorded.map(keyOf).filter((key) => !there.has(key));
}

/**
 * Compares what an agent says it recorded with the journal: each exactly once, nothing twice. What is stored beyond
 * the record is what a killed process could not log any more: then it stands at the end of that process' runs.
 * Returns the number of those.
 */
export function expectExactlyOnce(deployment: Deployment, agent: string, journal: readonly StoredRun[]): number {
  const recorded = deployment.recorded(agent);
  const stored = journal.filter((run) => run.agent === agent);
  expect(new Set(recorded.map(keyOf)).size).toBe(recorded.length);
  expect(missingOf(recorded, stored)).toEqual([]);
  expect(new Set(stored.map(keyOf)).size).toBe(stored.length);
  const isRecorded = new Set(recorded.map(keyOf));
  const processes = Map.groupBy(stored, ({ spool, check }) => `${spool} ${check}`);
  for (const runs of processes.values()) {
    const inOrder = runs.toSorted((a, b) => a.atMs - b.atMs).map((run) => isRecorded.has(keyOf(run)));
    expect(inOrder, 'an unrecorded run before a recorded one of the same process').toEqual(
      inOrder.toSorted((a, b) => Number(b) - Number(a)),
    );
  }
  return stored.length - recorded.length;
}
