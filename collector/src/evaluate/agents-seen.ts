import { type AgentStatus, countObservations } from '@nines/shared/wire.ts';
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

  /** `shiftMs` moves the agent's instants onto the collector's clock; `null` when they are believed. */
  note(entry: JournalEntry, shiftMs: number | null): void {
    const { agent } = entry.batch;
    const before = this.#agents.get(agent);
    const isNewest = before === undefined || entry.receivedAtMs >= before.lastReceivedAtMs;
    this.#agents.set(agent, {
      agent,
      ...newerStatus(before, entry.batch.status, shiftMs ?? 0),
      skewMs: (isNewest ? entry.skewMs : null) ?? before?.skewMs ?? entry.skewMs,
      lastReceivedAtMs: Math.max(before?.lastReceivedAtMs ?? 0, entry.receivedAtMs),
      disbelieved: (before?.disbelieved ?? 0) + (shiftMs === null ? 0 : countObservations(entry.batch)),
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
