import type { ReportedEvent } from '@nines/shared/event.ts';
import type { LineMistake } from './read-csv.ts';

/** What a row comes to: calls of which something was learnt, or what is wrong with it. */
export interface Taken {
  readonly calls: readonly ReportedEvent[];
  readonly mistakes: readonly LineMistake[];
}

/** Rows, in order → calls. */
export interface RowReader {
  take(row: { readonly line: number; readonly cells: readonly string[] }): Taken;
  /** What is to be told once all rows were taken. */
  end(): readonly ReportedEvent[];
}

export const NOTHING: Taken = { calls: [], mistakes: [] };
