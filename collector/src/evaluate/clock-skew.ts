import type { CheckColumns } from '@nines/shared/wire.ts';
import { type Interval, intersect, mergeIntervals } from '../sla/interval.ts';
import type { JournalEntry } from '../store/store.ts';

/** Beyond this difference an agent's instants are not believed. */
export const DEFAULT_MAX_SKEW_MS = 30_000;

export const CLOCK_SKEW = 'clock-skew';

/**
 * By how much the instants of an entry must be moved onto the collector's clock; `null` when they are believed. Either
 * the measured difference is too great, or, whatever was measured, an observation would come from the future: then the
 * newest one is taken to be from the moment of arrival.
 */
export function clockShiftMs(entry: JournalEntry, maxSkewMs: number): number | null {
  return shiftOf({ ...entry, newestAtMs: newestAtMs(entry) }, maxSkewMs);
}

/** The same of an entry of which the newest instant is known already. */
export function shiftOf(
  { newestAtMs, receivedAtMs, skewMs }: Pick<JournalEntry, 'receivedAtMs' | 'skewMs'> & { readonly newestAtMs: number },
  maxSkewMs: number,
): number | null {
  const measured = skewMs ?? 0;
  const shiftMs = Math.abs(measured) > maxSkewMs ? measured : null;
  const isFromFuture = newestAtMs + (shiftMs ?? 0) > receivedAtMs + maxSkewMs;
  return isFromFuture ? receivedAtMs - newestAtMs : shiftMs;
}

/** Observations whose instants are not believed: unknown, at the collector's time, without values. */
export function disbelieved(columns: CheckColumns, shiftMs: number): CheckColumns {
  return {
    check: columns.check,
    every_ms: columns.every_ms,
    at_ms: columns.at_ms.map((atMs) => atMs + shiftMs),
    up: columns.up.map(() => null),
    reasons: Object.fromEntries(columns.at_ms.map((_, index) => [index, CLOCK_SKEW])),
    values: {},
  };
}

function newestAtMs(entry: JournalEntry): number {
  let newest = 0;
  for (const { at_ms: atMs } of entry.batch.checks) {
    for (let i = 0; i < atMs.length; i++) {
      const at = atMs[i] ?? 0;
      if (at > newest) newest = at;
    }
  }
  return newest;
}

const NEAR_MS = 3_600_000;
const MAX_EPISODES = 256;

/**
 * Where disbelieved observations stand in the journal, which knows only the agents' own instants: to read everything of
 * a stretch of time, the places from which observations were moved into it must be read too.
 */
export class MovedEntries {
  #episodes: { own: Interval; moved: Interval }[] = [];

  add(entry: JournalEntry, shiftMs: number): void {
    const instants = entry.batch.checks.flatMap((columns) => columns.at_ms);
    const first = instants.reduce((least, atMs) => Math.min(least, atMs), Number.POSITIVE_INFINITY);
    const own = { fromMs: first, toMs: newestAtMs(entry) + 1 };
    const moved = { fromMs: own.fromMs + shiftMs, toMs: own.toMs + shiftMs };
    const near = this.#episodes.find((one) => isNear(one.own, own) && isNear(one.moved, moved));
    if (near === undefined) this.#episodes.push({ own, moved });
    else {
      near.own = hull(near.own, own);
      near.moved = hull(near.moved, moved);
    }
    // A clock that is never the same twice: one wide answer is still a right one, only slower to read.
    if (this.#episodes.length > MAX_EPISODES) {
      this.#episodes = [this.#episodes.reduce((a, b) => ({ own: hull(a.own, b.own), moved: hull(a.moved, b.moved) }))];
    }
  }

  /** The intervals of the journal to read for everything that counts in one of time. */
  placesFor(interval: Interval): Interval[] {
    const places = this.#episodes.filter((one) => intersect(one.moved, interval) !== null).map((one) => one.own);
    return mergeIntervals([interval, ...places]);
  }
}

function isNear(a: Interval, b: Interval): boolean {
  return b.fromMs <= a.toMs + NEAR_MS && a.fromMs <= b.toMs + NEAR_MS;
}

function hull(a: Interval, b: Interval): Interval {
  return { fromMs: Math.min(a.fromMs, b.fromMs), toMs: Math.max(a.toMs, b.toMs) };
}
