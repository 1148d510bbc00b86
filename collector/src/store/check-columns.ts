import type { CheckColumns } from '@nines/shared/wire.ts';
import { OUTCOME_CODES, type RunColumns } from './run-columns.ts';

/** Runs as they travel: one entry for each stretch of rows with one interval. */
export function toCheckColumns(check: string, runs: RunColumns): CheckColumns[] {
  const found: CheckColumns[] = [];
  for (let first = 0; first < runs.length; ) {
    let end = first + 1;
    while (end < runs.length && runs.everyMs[end] === runs.everyMs[first]) end++;
    found.push(columnsOf(check, runs, { first, end }));
    first = end;
  }
  return found;
}

function columnsOf(check: string, runs: RunColumns, { first, end }: { first: number; end: number }): CheckColumns {
  const up: (0 | 1 | null)[] = [];
  const reasons: Record<string, string> = {};
  for (let row = first; row < end; row++) {
    const code = runs.outcomes[row];
    up.push(code === OUTCOME_CODES.up ? 1 : code === OUTCOME_CODES.down ? 0 : null);
    const reason = runs.reasonNames[(runs.reasons[row] ?? 0) - 1];
    if (reason !== undefined) reasons[row - first] = reason;
  }
  const values = runs.values.map(({ name, present, numbers }) => {
    const column: (number | null)[] = [];
    for (let row = first; row < end; row++) column.push(present[row] === 1 ? (numbers[row] ?? 0) : null);
    return [name, column] as const;
  });
  return {
    check,
    every_ms: runs.everyMs[first] ?? 0,
    at_ms: [...runs.atMs.subarray(first, end)],
    up,
    reasons,
    values: Object.fromEntries(values),
  };
}
