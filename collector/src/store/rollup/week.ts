import { HOLD_INTERVALS, type Outcome } from '@nines/shared/observation.ts';
import { compareOutcomes } from '../../sla/timeline.ts';
import { OUTCOME_CODES, OUTCOMES, type RunColumns } from '../run-columns.ts';
import { readHourRows, readHours, WEEK_HOURS, writeHours } from './hour-runs.ts';
import { PackedReader, PackedWriter, RollupError } from './packed.ts';

const HOUR_MS = 3_600_000;
const WEEK_MS = WEEK_HOURS * HOUR_MS;
const LAYOUT = 1;

/** A run of observations with one label, none of which is further from the next than it holds. */
export interface EdgeRow {
  readonly startMs: number;
  readonly lastMs: number;
  readonly outcome: Outcome;
  readonly reason: string | null;
  readonly everyMs: number;
}

/** What one series said in one week (counted from 1970-01-01 UTC). */
export interface WeekSummary {
  readonly week: number;
  /** Runs by hour: up, down, unknown beside one another. */
  readonly runs: Uint32Array;
  /** Ascending; every instant of the week's observations is in a row. */
  readonly edges: readonly EdgeRow[];
}

/** How many numbers an hour has in `WeekSummary.runs`. */
export const RUN_COLUMNS = 3;

/** The order in which `runs` counts outcomes, by their codes. */
const COLUMN: readonly number[] = [];
for (const [outcome, column] of [
  ['up', 0],
  ['down', 1],
  ['unknown', 2],
] as const) {
  Object.assign(COLUMN, { [OUTCOME_CODES[outcome]]: column });
}

/** Counts for a week of which nothing is known. */
export function noRuns(): Uint32Array {
  return new Uint32Array(WEEK_HOURS * RUN_COLUMNS);
}

/** Counts runs, all of one week, into that week's hours. */
export function addRunCounts(runs: Uint32Array, columns: RunColumns): void {
  for (let row = 0; row < columns.length; row++) {
    const hour = Math.floor((columns.atMs[row] ?? 0) / HOUR_MS) % WEEK_HOURS;
    const index = hour * RUN_COLUMNS + (COLUMN[columns.outcomes[row] ?? 0] ?? 0);
    runs[index] = (runs[index] ?? 0) + 1;
  }
}

/** The rows of ordered runs, merged as `evaluate/edges.ts` merges; of several at one instant the worst speaks. */
export function edgeRowsOf(columns: RunColumns): EdgeRow[] {
  const { atMs, everyMs, outcomes, reasons, length } = columns;
  const rows: EdgeRow[] = [];
  let first = -1;
  let last = -1;
  for (let row = 0, end = 0; row < length; row = end) {
    let speaking = row;
    for (end = row + 1; end < length && atMs[end] === atMs[row]; end++) {
      if (compareLabels(edgeAt(columns, end), edgeAt(columns, speaking)) > 0) speaking = end;
    }
    // Codes instead of labels: nearly every run says what the one before it said, and makes no object.
    const isJoined =
      last >= 0 &&
      outcomes[speaking] === outcomes[last] &&
      reasons[speaking] === reasons[last] &&
      everyMs[speaking] === everyMs[last] &&
      (atMs[speaking] ?? 0) <= (atMs[last] ?? 0) + HOLD_INTERVALS * (everyMs[last] ?? 0);
    if (!isJoined) {
      if (last >= 0) rows.push(edgeAt(columns, first, last));
      first = speaking;
    }
    last = speaking;
  }
  if (last >= 0) rows.push(edgeAt(columns, first, last));
  return rows;
}

/** What runs `first` to `last` say, which have one label. */
function edgeAt({ atMs, everyMs, outcomes, reasons, reasonNames }: RunColumns, first: number, last = first): EdgeRow {
  return {
    startMs: atMs[first] ?? 0,
    lastMs: atMs[last] ?? 0,
    outcome: OUTCOMES[outcomes[first] ?? 0] ?? 'unknown',
    reason: reasonNames[(reasons[first] ?? 0) - 1] ?? null,
    everyMs: everyMs[first] ?? 0,
  };
}

/** Rows of later observations behind rows of earlier ones; `null` when the later ones are not all later. */
export function appendEdges(edges: readonly EdgeRow[], later: readonly EdgeRow[]): EdgeRow[] | null {
  const [last, first] = [edges.at(-1), later[0]];
  if (last !== undefined && first !== undefined && first.startMs <= last.lastMs) return null;
  const rows = [...edges];
  for (const row of later) push(rows, row);
  return rows;
}

function push(rows: EdgeRow[], row: EdgeRow): void {
  const last = rows.at(-1);
  const isJoined =
    last !== undefined &&
    last.outcome === row.outcome &&
    last.reason === row.reason &&
    last.everyMs === row.everyMs &&
    row.startMs <= last.lastMs + HOLD_INTERVALS * last.everyMs;
  if (isJoined) rows[rows.length - 1] = { ...last, lastMs: row.lastMs };
  else rows.push(row);
}

/** The same order as `Labels.compare`: the worse outcome, then reason and interval. */
function compareLabels(a: EdgeRow, b: EdgeRow): number {
  const byOutcome = compareOutcomes(a.outcome, b.outcome);
  if (byOutcome !== 0) return byOutcome;
  const [reasonA, reasonB] = [a.reason ?? '', b.reason ?? ''];
  if (reasonA !== reasonB) return reasonA < reasonB ? -1 : 1;
  return a.everyMs - b.everyMs;
}

/** Layout 1: the layout's number, the hours, the reasons by first use, then for each row: gap since the last, length, outcome, reason, interval. */
export function packWeek({ week, runs, edges }: WeekSummary): Uint8Array {
  const writer = new PackedWriter();
  writer.number(LAYOUT);
  writeHours(writer, runs, RUN_COLUMNS);
  const reasons = [...new Set(edges.flatMap(({ reason }) => (reason === null ? [] : [reason])))];
  writer.number(reasons.length);
  for (const reason of reasons) writer.text(reason);
  writer.number(edges.length);
  let beforeMs = week * WEEK_MS;
  for (const { startMs, lastMs, outcome, reason, everyMs } of edges) {
    writer.number(startMs - beforeMs);
    writer.number(lastMs - startMs);
    writer.number(OUTCOME_CODES[outcome]);
    writer.number(reason === null ? 0 : reasons.indexOf(reason) + 1);
    writer.number(everyMs);
    beforeMs = lastMs;
  }
  return writer.finish();
}

/** What `packWeek` packed. Throws `RollupError` when the bytes are damaged or of an unknown layout. */
export function unpackWeek(week: number, bytes: Uint8Array): WeekSummary {
  const reader = openWeek(bytes);
  return { week, runs: readHours(reader, RUN_COLUMNS), edges: readEdges(reader, week) };
}

/** The same with its hours in rows of equal ones, as `readHourRows` reads them. */
export interface WeekRows extends Omit<WeekSummary, 'runs'> {
  readonly rows: readonly number[];
}

/** As `unpackWeek`, hours left as they stand: a year of them is read at every start. Throws `RollupError`. */
export function unpackWeekRows(week: number, bytes: Uint8Array): WeekRows {
  const reader = openWeek(bytes);
  return { week, rows: readHourRows(reader, RUN_COLUMNS), edges: readEdges(reader, week) };
}

function openWeek(bytes: Uint8Array): PackedReader {
  const reader = new PackedReader(bytes);
  const layout = reader.number();
  if (layout !== LAYOUT) throw new RollupError(`a week is packed in the unknown layout ${layout}`);
  return reader;
}

function readEdges(reader: PackedReader, week: number): EdgeRow[] {
  const reasons = Array.from({ length: reader.number() }, () => reader.text());
  const edges: EdgeRow[] = [];
  let beforeMs = week * WEEK_MS;
  for (let left = reader.number(); left > 0; left--) {
    const startMs = beforeMs + reader.number();
    const lastMs = startMs + reader.number();
    const outcome = OUTCOMES[reader.number()] ?? 'unknown';
    const reason = reasons[reader.number() - 1] ?? null;
    beforeMs = lastMs;
    edges.push({ startMs, lastMs, outcome, reason, everyMs: reader.number() });
  }
  return edges;
}
