import type { CheckColumns } from '@nines/shared/wire.ts';
import { OUTCOME_CODES } from '../run-columns.ts';
import type { RunCells } from './packed-runs.ts';

const UP: readonly (0 | 1 | null)[] = [];
for (const [outcome, up] of [
  ['down', 0],
  ['up', 1],
  ['unknown', null],
] as const) {
  Object.assign(UP, { [OUTCOME_CODES[outcome]]: up });
}

/** The columns of one check as they travel. */
export class PlainColumns implements RunCells {
  atMs = new Float64Array();
  outcomes = new Uint8Array();
  reasons = new Uint16Array();
  readonly #check: string;
  readonly #reasonNames: string[] = [];
  readonly #values = new Map<string, { readonly present: Uint8Array; readonly numbers: Float64Array }>();
  #everyMs = 0;

  constructor(check: string) {
    this.#check = check;
  }

  /** Once. */
  extend(rows: number, everyMs: number): number {
    this.atMs = new Float64Array(rows);
    this.outcomes = new Uint8Array(rows);
    this.reasons = new Uint16Array(rows);
    this.#everyMs = everyMs;
    return 0;
  }

  reasonOf(name: string): number {
    return this.#reasonNames.push(name);
  }

  column(name: string): { readonly present: Uint8Array; readonly numbers: Float64Array } {
    const rows = this.atMs.length;
    const column = { present: new Uint8Array(rows), numbers: new Float64Array(rows) };
    this.#values.set(name, column);
    return column;
  }

  columns(): CheckColumns {
    const reasons: Record<string, string> = {};
    for (const [row, reason] of this.reasons.entries()) {
      if (reason > 0) reasons[row] = this.#reasonNames[reason - 1] ?? '';
    }
    return {
      check: this.#check,
      every_ms: this.#everyMs,
      at_ms: Array.from(this.atMs),
      up: Array.from(this.outcomes, (outcome) => UP[outcome] ?? null),
      reasons,
      values: Object.fromEntries(Array.from(this.#values, ([name, column]) => [name, plain(column)])),
    };
  }
}

function plain({ present, numbers }: { readonly present: Uint8Array; readonly numbers: Float64Array }) {
  if (!present.includes(0)) return Array.from(numbers);
  return Array.from(numbers, (number, row) => (present[row] === 1 ? number : null));
}
