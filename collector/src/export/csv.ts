import type { StoredEvent } from '../store/events.ts';
import { OUTCOMES, type RunColumns } from '../store/run-columns.ts';
import { type ExportContents, type ExportFormat, inPieces } from './format.ts';

/**
 * RFC 4180 with a header; a column for every value (and label) that occurs anywhere, so everything is read twice. Cells
 * are empty where nothing was measured; a text that a spreadsheet would run as a formula has an apostrophe before it.
 * Integers in the units of the store; instants are milliseconds since 1970, UTC.
 */
export const csv: ExportFormat = {
  observations: (contents) => inPieces(observationRows(contents)),
  events: (contents) => inPieces(eventRows(contents)),
};

type Cell = string | number | null;

function* observationRows(contents: ExportContents): Generator<string> {
  const { series, runs } = contents;
  const names = valueNames(contents);
  yield row(['check', 'agent', 'at', 'at_ms', 'every_ms', 'outcome', 'reason', ...names]);
  for (const one of series) {
    for (const piece of runs(one)) {
      const columns = names.map((name) => piece.values.find((value) => value.name === name));
      for (let index = 0; index < piece.length; index++) {
        const values = columns.map((column) => (column?.present[index] === 1 ? (column.numbers[index] ?? null) : null));
        yield row([one.check, one.agent, ...runCells(piece, index), ...values]);
      }
    }
  }
}

function runCells({ atMs, everyMs, outcomes, reasons, reasonNames }: RunColumns, index: number): Cell[] {
  const instant = atMs[index] ?? 0;
  return [
    new Date(instant).toISOString(),
    instant,
    everyMs[index] ?? 0,
    OUTCOMES[outcomes[index] ?? 0] ?? 'unknown',
    reasonNames[(reasons[index] ?? 0) - 1] ?? null,
  ];
}

function valueNames({ series, runs }: ExportContents): string[] {
  const names = new Set<string>();
  for (const one of series) for (const { values } of runs(one)) for (const { name } of values) names.add(name);
  return [...names].sort();
}

function* eventRows(contents: ExportContents): Generator<string> {
  const labels = namesOf(contents, (event) => event.labels);
  const values = namesOf(contents, (event) => event.values);
  const named = [...labels.map((name) => `label_${name}`), ...values.map((name) => `value_${name}`)];
  const own = ['stream', 'id', 'agent', 'revision', 'at', 'at_ms', 'ended_at_ms', 'outcome', 'received_at_ms'];
  yield row([...own, ...named]);
  for (const event of eventsOf(contents)) {
    yield row([
      event.stream,
      event.id,
      event.agent,
      event.revision,
      new Date(event.atMs).toISOString(),
      event.atMs,
      event.endedAtMs,
      event.outcome,
      event.receivedAtMs,
      ...labels.map((name) => entryOf(event.labels, name)),
      ...values.map((name) => entryOf(event.values, name)),
    ]);
  }
}

function* eventsOf({ streams, events }: ExportContents): Generator<StoredEvent> {
  for (const stream of streams) yield* events(stream);
}

function namesOf(contents: ExportContents, entries: (event: StoredEvent) => object): string[] {
  const names = new Set<string>();
  for (const event of eventsOf(contents)) for (const name of Object.keys(entries(event))) names.add(name);
  return [...names].sort();
}

function row(cells: readonly Cell[]): string {
  return `${cells.map(quoted).join(',')}\r\n`;
}

function quoted(cell: Cell): string {
  if (typeof cell !== 'string') return cell === null ? '' : String(cell);
  const text = FORMULA.test(cell) ? `'${cell}` : cell;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** A spreadsheet would take such a text for a formula and run it; numbers are ours and stay numbers. Source: OWASP, CSV injection. */
const FORMULA = /^[=+\-@\t\r]/;

/** A name such as `constructor` is every object's, and no event's unless it says so itself. */
function entryOf<Value>(entries: Readonly<Record<string, Value>>, name: string): Value | null {
  return Object.hasOwn(entries, name) ? (entries[name] ?? null) : null;
}
