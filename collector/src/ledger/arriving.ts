import type { Contract } from '../sla/contract.ts';
import { checksOf } from '../sla/indicator.ts';
import { type Interval, intersect } from '../sla/interval.ts';

/** So long after its last part late data counts as complete. */
const QUIET_MS = 600_000;

/** What a period is made from, by name: checks and streams of events. */
export type Sources = ReadonlySet<string>;

/** Late data about one source that is still coming in. */
interface Arrival extends Interval {
  readonly firstMs: number;
  readonly lastMs: number;
}

/**
 * Data about time that is long over, while it comes in: an agent's backlog, an import of last year. A period that it is
 * about is frozen once it is there, and not with every part of it anew.
 */
export class Arriving {
  readonly #arrivals = new Map<string, Arrival>();

  /** Something about a source came in at `nowMs`. */
  note(source: string, { fromMs, toMs }: Interval, nowMs: number): void {
    const known = this.#arrivals.get(source);
    const isSame = known !== undefined && nowMs - known.lastMs < QUIET_MS;
    this.#arrivals.set(source, {
      fromMs: isSame ? Math.min(known.fromMs, fromMs) : fromMs,
      toMs: isSame ? Math.max(known.toMs, toMs) : toMs,
      firstMs: isSame ? known.firstMs : nowMs,
      lastMs: nowMs,
    });
  }

  /** Whether more about the interval is to be expected. Nobody who never stops sending holds it up longer than `mostMs`. */
  expects(
    sources: Sources,
    interval: Interval,
    { nowMs, mostMs }: { readonly nowMs: number; readonly mostMs: number },
  ) {
    for (const [source, arrival] of this.#arrivals) {
      if (nowMs - arrival.lastMs >= QUIET_MS) this.#arrivals.delete(source);
      else if (sources.has(source) && intersect(arrival, interval) !== null && nowMs - arrival.firstMs < mostMs)
        return true;
    }
    return false;
  }
}

/** The name under which something about a check, or a stream of events, is noted. */
export const sourceName = {
  check: (id: string) => `check ${id}`,
  stream: (name: string) => `stream ${name}`,
};

/** Everything that a contract's figures are made from. */
export function sourcesOf({ objectives }: Contract): Sources {
  return new Set(
    objectives.flatMap(({ indicator }) => [
      ...checksOf(indicator).map(sourceName.check),
      ...('source' in indicator ? [sourceName.stream(indicator.source.stream)] : []),
    ]),
  );
}
