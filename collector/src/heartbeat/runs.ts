import type { Event } from '@nines/shared/event.ts';
import type { Heard } from './heartbeat.ts';
import type { Signal } from './signal.ts';

/** The stream in which runs of heartbeats are events: label `heartbeat`, outcome `good`, `failed` or `abandoned`. */
export const HEARTBEATS_STREAM = 'heartbeats';
/** In the place of an agent's name: no agent can be called that. */
export const HEARTBEATS_SENDER = '@collector';

/** A signal that came, and what came with it. */
export interface Received {
  readonly signal: Exclude<Signal, { kind: 'log' }>;
  /** The job's own name of this run; `null` when it gave none. */
  readonly runId: string | null;
  readonly atMs: number;
}

/** The runs of one heartbeat: what is under way, and when one last ended. Made from its events, in order of beginning. */
export class Runs {
  readonly #heartbeat: string;
  /** Open runs by their name; that of a job without one is `''`. */
  readonly #open = new Map<string, Event>();
  #lastGoodMs: number | null = null;
  #lastFailed: { readonly atMs: number; readonly status: number | null } | null = null;

  constructor(heartbeat: string) {
    this.#heartbeat = heartbeat;
  }

  get heard(): Heard {
    const begun = [...this.#open.values()].map(({ atMs }) => atMs);
    return {
      lastGoodMs: this.#lastGoodMs,
      lastFailedMs: this.#lastFailed?.atMs ?? null,
      lastFailedStatus: this.#lastFailed?.status ?? null,
      runningSinceMs: begun.length === 0 ? null : Math.min(...begun),
    };
  }

  /** The events that a signal makes or closes; nothing is taken in before they are stored. */
  eventsOf({ signal, runId, atMs }: Received): Event[] {
    const name = runId ?? '';
    const open = this.#open.get(name);
    switch (signal.kind) {
      case 'start': {
        // A job that begins again without a name has given up what it began before.
        const abandoned = open === undefined ? [] : [closed(open, atMs, { outcome: 'abandoned', values: {} })];
        return [...abandoned, this.#begun(name, atMs)];
      }
      case 'end': {
        const outcome = signal.exitStatus === 0 ? 'good' : 'failed';
        const values = { exit_status: signal.exitStatus };
        return [closed(open ?? this.#begun(name, atMs), atMs, { outcome, values })];
      }
    }
  }

  /** Takes in an event of this heartbeat as it is stored. */
  take(event: Event): void {
    const name = event.labels.run ?? '';
    const open = this.#open.get(name);
    if (event.endedAtMs === null) {
      if (open === undefined || open.atMs <= event.atMs) this.#open.set(name, event);
      return;
    }
    if (open?.id === event.id) this.#open.delete(name);
    if (event.outcome === 'good') this.#lastGoodMs = Math.max(this.#lastGoodMs ?? 0, event.endedAtMs);
    if (event.outcome === 'failed' && event.endedAtMs >= (this.#lastFailed?.atMs ?? 0)) {
      this.#lastFailed = { atMs: event.endedAtMs, status: event.values.exit_status ?? null };
    }
  }

  #begun(name: string, atMs: number): Event {
    return {
      stream: HEARTBEATS_STREAM,
      id: `${this.#heartbeat}:${atMs}:${name === '' ? crypto.randomUUID() : name}`,
      agent: HEARTBEATS_SENDER,
      revision: 0,
      atMs,
      endedAtMs: null,
      outcome: null,
      labels: { heartbeat: this.#heartbeat, ...(name === '' ? {} : { run: name }) },
      values: {},
    };
  }
}

function closed(event: Event, atMs: number, how: Pick<Event, 'outcome' | 'values'>): Event {
  return { ...event, ...how, revision: event.revision + 1, endedAtMs: Math.max(event.atMs, atMs) };
}
