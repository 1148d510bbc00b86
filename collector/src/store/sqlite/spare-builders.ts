import { RunsBuilder } from '../runs-builder.ts';

/** Room for observations of a series at first. */
const LEAST_ROWS = 64;

/**
 * Columns that were filled in the step before, to be filled again: new memory for a million observations costs more than
 * coding them, and so do columns that grow again and again.
 */
export class SpareBuilders {
  #spare: RunsBuilder[] = [];
  #expectedRows = LEAST_ROWS;

  take(): RunsBuilder {
    return this.#spare.pop() ?? new RunsBuilder(this.#expectedRows);
  }

  /** Takes back those of a step; what was built of them is not to be used any more. */
  giveBack(builders: readonly RunsBuilder[]): void {
    this.#expectedRows = builders.reduce((most, { length }) => Math.max(most, length), LEAST_ROWS);
    for (const builder of builders) builder.clear();
    this.#spare.push(...builders);
  }

  /** Lets go of all of them: nothing waits to be sealed. */
  release(): void {
    this.#spare = [];
  }
}
