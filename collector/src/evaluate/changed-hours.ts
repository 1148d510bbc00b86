import type { Interval } from '../sla/interval.ts';
import { HOUR_MS, hourOf } from './hour-counters.ts';

interface Change {
  revision: number;
  readonly fromHour: number;
  readonly toHour: number;
}

/** Who did not ask for as many changes as these makes everything anew: a day of hours, or a backlog. */
const MAX_CHANGES = 48;

/** Which hours of something changed, one after the other: who made something from them asks what to make anew. */
export class ChangedHours {
  #changes: Change[] = [];
  #revision = 0;
  /** Changes up to this one are forgotten. */
  #forgotten = 0;

  /** Grows with every change. */
  get revision(): number {
    return this.#revision;
  }

  /** Something changed that the interval is made from. */
  note({ fromMs, toMs }: Interval): void {
    const fromHour = hourOf(fromMs);
    const toHour = Math.max(fromHour + 1, Math.ceil(toMs / HOUR_MS));
    const last = this.#changes.at(-1);
    this.#revision++;
    // What comes in its order changes the same hour again and again.
    if (last !== undefined && last.fromHour === fromHour && last.toHour === toHour) last.revision = this.#revision;
    else this.#changes.push({ revision: this.#revision, fromHour, toHour });
    if (this.#changes.length > MAX_CHANGES) this.#forget(MAX_CHANGES / 2);
  }

  noteAll(): void {
    this.#revision++;
    this.#forget(this.#changes.length);
    this.#forgotten = this.#revision;
  }

  /** What changed behind a revision; `null` when it may be anything. */
  since(revision: number): readonly Interval[] | null {
    if (revision < this.#forgotten) return null;
    const changed: Interval[] = [];
    for (let index = this.#changes.length - 1; index >= 0; index--) {
      const change = this.#changes[index];
      if (change === undefined || change.revision <= revision) break;
      changed.push({ fromMs: change.fromHour * HOUR_MS, toMs: change.toHour * HOUR_MS });
    }
    return changed;
  }

  #forget(count: number): void {
    this.#forgotten = Math.max(this.#forgotten, this.#changes[count - 1]?.revision ?? 0);
    this.#changes = this.#changes.slice(count);
  }
}
