import type { Call, CallOutcome } from './call.ts';

/** So many visits that ended are remembered, so that one more of the same caller gets its own number. */
const REMEMBERED_VISITS = 2_000;
/** A call of which nothing is heard for so long has lost its end: with a file, a connection, or a telephone system. */
const FORGOTTEN_AFTER_MS = 24 * 3_600_000;

/** What has to survive between two lives of a source, as JSON. */
export interface CallBookState {
  readonly open: readonly Call[];
  /** Last visits that ended: channel and queue, number, instant of the end. */
  readonly visits: readonly (readonly [key: string, visit: number, endedAtMs: number])[];
}

/** Which visit a source speaks of: a channel that is in a queue. */
export type Place = Pick<Call, 'channel' | 'queue'>;

/** The calls that a source knows: those under way, the last that ended, and those of which something new is to be told. */
export class CallBook {
  readonly #firstRevision: number;
  readonly #open: Map<string, Call>;
  #visits: Map<string, { readonly visit: number; readonly endedAtMs: number }>;
  #changed = new Set<Call>();

  /** Of two sources that tell of the same calls, the final word of the one with the lower `firstRevision` counts. */
  constructor(state: CallBookState = { open: [], visits: [] }, firstRevision = 0) {
    this.#firstRevision = firstRevision;
    this.#open = new Map(state.open.map((call) => [keyOf(call), { ...call, values: { ...call.values } }]));
    this.#visits = new Map(state.visits.map(([key, visit, endedAtMs]) => [key, { visit, endedAtMs }]));
  }

  get state(): CallBookState {
    const remembered = [...this.#visits].slice(-REMEMBERED_VISITS);
    return {
      open: [...this.#open.values()],
      visits: remembered.map(([key, { visit, endedAtMs }]) => [key, visit, endedAtMs] as const),
    };
  }

  get hasChanged(): boolean {
    return this.#changed.size > 0;
  }

  /** The calls of which something was learnt since this was last asked, as they stand now. */
  takeChanged(): Call[] {
    const changed = [...this.#changed];
    this.#changed = new Set();
    return changed;
  }

  /** These could not be told after all: they are given again the next time, as they stand then. */
  giveBack(calls: readonly Call[]): void {
    for (const call of calls) this.#changed.add(call);
  }

  /** Callers that wait now, and the instant at which the first of them came; `null` when none waits. */
  waiting(): { readonly count: number; readonly sinceMs: number | null } {
    let count = 0;
    let sinceMs: number | null = null;
    for (const call of this.#open.values()) {
      if (call.outcome !== null) continue;
      count++;
      sinceMs = Math.min(sinceMs ?? call.enteredAtMs, call.enteredAtMs);
    }
    return { count, sinceMs };
  }

  open(): Call[] {
    return [...this.#open.values()];
  }

  /** The call that is under way there; `null` when none is. */
  find(place: Place): Call | null {
    return this.#open.get(keyOf(place)) ?? null;
  }

  /** When the last call there ended; `null` when none is remembered. */
  lastEndMs(place: Place): number | null {
    return this.#visits.get(keyOf(place))?.endedAtMs ?? null;
  }

  /** A caller comes. One who is still there by the book has left without a trace: what became of that call is unknown. */
  begin({ channel, queue }: Place, enteredAtMs: number): Call {
    const before = this.find({ channel, queue });
    if (before !== null) this.close(before, enteredAtMs, before.outcome ?? 'unknown');
    const visit = (this.#visits.get(keyOf({ channel, queue }))?.visit ?? 0) + 1;
    const call: Call = {
      channel,
      queue,
      visit,
      enteredAtMs,
      revision: this.#firstRevision,
      outcome: null,
      endedAtMs: null,
      caller: null,
      values: {},
    };
    this.#open.set(keyOf(call), call);
    this.touch(call);
    return call;
  }

  /** Something was learnt of the call. */
  touch(call: Call): void {
    call.revision++;
    this.#changed.add(call);
  }

  close(call: Call, atMs: number, outcome: CallOutcome): void {
    const key = keyOf(call);
    call.endedAtMs = Math.max(atMs, call.enteredAtMs);
    call.outcome = outcome;
    this.touch(call);
    this.#open.delete(key);
    // Set anew, so that the map stays in the order of ends.
    this.#visits.delete(key);
    this.#visits.set(key, { visit: call.visit, endedAtMs: call.endedAtMs });
    // Not one by one: a map is rebuilt each time that some entries were removed from it.
    if (this.#visits.size > 2 * REMEMBERED_VISITS) this.#visits = new Map([...this.#visits].slice(-REMEMBERED_VISITS));
  }

  /** The telephone system began anew: who was answered stays answered; of those who waited nobody knows. */
  closeAll(atMs: number): void {
    for (const call of this.#open.values()) this.close(call, atMs, call.outcome ?? 'unknown');
  }

  /** Gives up calls that nothing was heard of for a day. Only once all there is was read. */
  forgetBefore(nowMs: number): void {
    for (const call of this.#open.values()) {
      const lastMs = call.enteredAtMs + ((call.values.wait_s ?? 0) + (call.values.talk_s ?? 0)) * 1000;
      if (lastMs + FORGOTTEN_AFTER_MS < nowMs) this.close(call, lastMs, call.outcome ?? 'unknown');
    }
  }
}

function keyOf({ channel, queue }: Place): string {
  return `${channel}|${queue}`;
}
