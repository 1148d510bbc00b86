/**
 * What one run of a check saw. `unknown` is neither up nor down: it never counts for or against the target.
 */
export type Outcome = 'up' | 'down' | 'unknown';

/** One execution of a check. */
export interface Observation {
  readonly check: string;
  /** Wall-clock instant at which the run started, integer milliseconds since the Unix epoch. */
  readonly atMs: number;
  /** The check's interval when this run was made: an observation speaks for at most `HOLD_INTERVALS` of it. */
  readonly everyMs: number;
  readonly outcome: Outcome;
  /** Why the outcome is not `up`, a kebab-case code; `null` when it is `up`. */
  readonly reason: string | null;
  /** Measured values by name, integers in the unit their probe type declares; a value not measured is absent. */
  readonly values: Readonly<Record<string, number>>;
}

/**
 * An observation speaks for the time from its instant to the next observation of the same check and agent, and for at
 * most this many intervals: one missed run is bridged, after that the time is unknown.
 */
export const HOLD_INTERVALS = 2;

/** Instant until which an observation may speak when no other follows it. */
export function holdsUntilMs(observation: Pick<Observation, 'atMs' | 'everyMs'>): number {
  return observation.atMs + HOLD_INTERVALS * observation.everyMs;
}

/** An outcome as columns have it: 1, 0, null → up, down, unknown. */
export function outcomeOf(up: 0 | 1 | null | undefined): Outcome {
  if (up === 1) return 'up';
  return up === 0 ? 'down' : 'unknown';
}

/** How many observations a batch holds. */
export function countObservations(batch: {
  readonly checks: readonly { readonly at_ms: readonly number[] }[];
}): number {
  let count = 0;
  for (const columns of batch.checks) count += columns.at_ms.length;
  return count;
}
