import { countObservations } from '@nines/shared/observation.ts';
import type { AgentStatus, Batch } from '@nines/shared/wire.ts';
import type { JournalEntry } from '../store/store.ts';

/** What the collector knows of an agent from its batches. */
export interface AgentSeen {
  readonly agent: string;
  /** The newest that the agent said of itself; `null` when it never did. */
  readonly status: AgentStatus | null;
  /** When it said so, on the collector's clock as far as that is known; `null` when it never did. */
  readonly statusAtMs: number | null;
  /** Collector − agent in ms as last measured; `null` when never. */
  readonly skewMs: number | null;
  readonly lastReceivedAtMs: number;
  /** Observations taken as unknown because the agent's clock was not believed. */
  readonly disbelieved: number;
}

/** What is looked at of a batch and of how it came. */
export interface ReceivedBatch extends Pick<JournalEntry, 'receivedAtMs' | 'skewMs'> {
  readonly batch: Pick<Batch, 'agent' | 'status'>;
}

/** How far the instants of a batch are moved onto the collector's clock, and how many observations that are. */
export interface DisbelievedBatch {
  readonly shiftMs: number;
  readonly observations: number;
}

/** `shiftMs` as `clockShiftMs` gives it. */
export function disbelievedOf({ batch }: JournalEntry, shiftMs: number | null): DisbelievedBatch | null {
  return shiftMs === null ? null : { shiftMs, observations: countObservations(batch) };
}

/** The agents that ever sent something, by name. */
export class AgentsSeen {
  readonly #agents = new Map<string, AgentSeen>();

  get(agent: string): AgentSeen | null {
    return this.#agents.get(agent) ?? null;
  }

  all(): readonly AgentSeen[] {
    return [...this.#agents.values()];
  }

  /** Takes over what was remembered of an agent, before anything newer is noted. */
  restore(seen: AgentSeen): void {
    this.#agents.set(seen.agent, seen);
  }

  /** Takes note of a batch, in any order; `disbelieved` is `null` when its instants are believed. */
  note({ batch, receivedAtMs, skewMs }: ReceivedBatch, disbelieved: DisbelievedBatch | null = null): void {
    const { agent } = batch;
    const before = this.#agents.get(agent);
    const isNewest = before === undefined || receivedAtMs >= before.lastReceivedAtMs;
    this.#agents.set(agent, {
      agent,
      ...newerStatus(before, batch.status, disbelieved?.shiftMs ?? 0),
      skewMs: (isNewest ? skewMs : null) ?? before?.skewMs ?? skewMs,
      lastReceivedAtMs: Math.max(before?.lastReceivedAtMs ?? 0, receivedAtMs),
      disbelieved: (before?.disbelieved ?? 0) + (disbelieved?.observations ?? 0),
    });
  }
}

/** By the corrected time: what a clock an hour ahead said would otherwise stay the newest for an hour. */
function newerStatus(
  before: AgentSeen | undefined,
  status: AgentStatus | undefined,
  shiftMs: number,
): Pick<AgentSeen, 'status' | 'statusAtMs'> {
  const known = { status: before?.status ?? null, statusAtMs: before?.statusAtMs ?? null };
  if (status === undefined) return known;
  const statusAtMs = status.at_ms + shiftMs;
  return known.statusAtMs !== null && statusAtMs < known.statusAtMs ? known : { status, statusAtMs };
}
