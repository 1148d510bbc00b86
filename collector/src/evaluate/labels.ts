import { HOLD_INTERVALS, type Outcome } from '@nines/shared/observation.ts';
import { compareOutcomes } from '../sla/timeline.ts';

/** What an observation says, apart from its instant: two with the same label can be merged without loss. */
export interface Label {
  readonly outcome: Outcome;
  readonly reason: string | null;
  readonly everyMs: number;
  /** For how long it speaks when no other follows. */
  readonly holdMs: number;
}

/** Labels by small numbers, so that a merged stretch of observations is three numbers. */
export class Labels {
  readonly #labels: Label[] = [];
  readonly #ids = new Map<string, number>();

  /** The number of a label; `reason` is `null` when it is up. */
  idOf(outcome: Outcome, reason: string | null, everyMs: number): number {
    const key = `${outcome} ${everyMs} ${reason ?? ''}`;
    const known = this.#ids.get(key);
    if (known !== undefined) return known;
    const id = this.#labels.length;
    this.#labels.push({ outcome, reason, everyMs, holdMs: HOLD_INTERVALS * everyMs });
    this.#ids.set(key, id);
    return id;
  }

  label(id: number): Label {
    const label = this.#labels[id];
    if (label === undefined) throw new Error(`no label ${id}`);
    return label;
  }

  /**
   * Positive when `a` speaks rather than `b` at the same instant: the worse outcome, then reason and interval, so that
   * the order of arrival decides nothing.
   */
  compare(a: number, b: number): number {
    const [left, right] = [this.label(a), this.label(b)];
    const byOutcome = compareOutcomes(left.outcome, right.outcome);
    if (byOutcome !== 0) return byOutcome;
    const [reasonA, reasonB] = [left.reason ?? '', right.reason ?? ''];
    if (reasonA !== reasonB) return reasonA < reasonB ? -1 : 1;
    return left.everyMs - right.everyMs;
  }
}
