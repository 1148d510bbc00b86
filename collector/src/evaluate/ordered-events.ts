import { compareKeys, type StoredEvent } from '../store/events.ts';

/** Events in the order of an instant of theirs, then of the store. */
export class OrderedEvents {
  readonly #instantOf: (event: StoredEvent) => number;
  readonly #events: StoredEvent[] = [];

  /** `instantOf` is asked of the events that are in it, and has to answer the same each time. */
  constructor(instantOf: (event: StoredEvent) => number) {
    this.#instantOf = instantOf;
  }

  /** One that is not in it. Usually the last. */
  add(event: StoredEvent): void {
    const last = this.#events.at(-1);
    if (last === undefined || this.#compare(last, event) < 0) this.#events.push(event);
    else
      this.#events.splice(
        this.#firstFrom((one) => this.#compare(one, event) >= 0),
        0,
        event,
      );
  }

  /** One that is in it, as it is in it. */
  remove(event: StoredEvent): void {
    this.#events.splice(
      this.#firstFrom((one) => this.#compare(one, event) >= 0),
      1,
    );
  }

  /** Those whose instant lies in `[fromMs, toMs)`. */
  between(fromMs: number, toMs: number): StoredEvent[] {
    const first = this.#firstFrom((one) => this.#instantOf(one) >= fromMs);
    return this.#events.slice(
      first,
      this.#firstFrom((one) => this.#instantOf(one) >= toMs),
    );
  }

  #compare(a: StoredEvent, b: StoredEvent): number {
    return this.#instantOf(a) - this.#instantOf(b) || compareKeys(a, b);
  }

  #firstFrom(isBehind: (event: StoredEvent) => boolean): number {
    let low = 0;
    let high = this.#events.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      const event = this.#events[middle];
      if (event !== undefined && !isBehind(event)) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
