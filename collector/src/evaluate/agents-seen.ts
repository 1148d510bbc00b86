import type { AgentStatus } from '@nines/shared/wire.ts';
import type { JournalEntry } from '../store/store.ts';

/** What the collector knows of an agent from its batches. */
export interface AgentSeen {
  readonly agent: string;
  /** The newest that the agent said of itself; `null` when it never did. */
  readonly status: AgentStatus | null;
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

  note(entry: JournalEntry, disbelieved: number): void {
    const { agent, status = null } = entry.batch;
    const before = this.#agents.get(agent);
    const isNewest = before === undefined || entry.receivedAtMs >= before.lastReceivedAtMs;
    this.#agents.set(agent, {
      agent,
      status: newerStatus(before?.status ?? null, status),
      skewMs: (isNewest ? entry.skewMs : null) ?? before?.skewMs ?? entry.skewMs,
      lastReceivedAtMs: Math.max(before?.lastReceivedAtMs ?? 0, entry.receivedAtMs),
      disbelieved: (before?.disbelieved ?? 0) + disbelieved,
    });
  }
}

function newerStatus(a: AgentStatus | null, b: AgentStatus | null): AgentStatus | null {
  if (a === null || b === null) return a ?? b;
  return b.at_ms >= a.at_ms ? b : a;
}
