import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream';
import { TextDecoderStream } from 'node:stream/web';
import { CsvError, type InfoRecord, parse } from 'csv-parse';

/** Something that is wrong in a file: which line, which column (by its heading), and what was expected. */
export interface LineMistake {
  readonly line: number;
  /** Counted from 1; `null` when the line as a whole is wrong. */
  readonly column: number | null;
  readonly message: string;
}

/** A row with as many cells as there are headings. */
export interface CsvRow {
  /** Where it ends. */
  readonly line: number;
  readonly cells: readonly string[];
}

/** A file that cannot be read further. */
export class CsvFault extends Error {
  readonly line: number;

  constructor(line: number, message: string) {
    super(message);
    this.name = 'CsvFault';
    this.line = line;
  }
}

export interface CsvFormat {
  readonly delimiter: string;
  readonly encoding: string;
}

/** The headings of a table, and its rows one by one; the file is never whole in memory. */
export interface CsvTable {
  readonly headings: readonly string[];
  readonly rows: AsyncIterable<CsvRow>;
  close(): void;
}

/** Opens a table. Rejects with the system's error, and with `CsvFault` when there is no line of headings. */
export async function openCsv(path: string, { delimiter, encoding }: CsvFormat): Promise<CsvTable> {
  const decoder = new TextDecoderStream(encoding, { fatal: true });
  const parser = parse({
    bom: true,
    delimiter,
    info: true,
    relax_column_count: true,
    skip_empty_lines: true,
    // A caller's name such as 16" is written without quoting by many.
    relax_quotes: true,
  });
  const source = createReadStream(path);
  // Errors come out of the parser, which is read.
  pipeline(source, decoder, parser, () => {});
  const records = parser[Symbol.asyncIterator]();
  const next = async (): Promise<CsvRow | null> => {
    try {
      const { done, value } = await records.next();
      return done === true ? null : toRow(value);
    } catch (error) {
      throw faultOf(error, parser.info.lines, encoding);
    }
  };
  const first = await next();
  if (first === null) throw new CsvFault(1, 'expected a line of headings, the file is empty');
  return { headings: first.cells.map((cell) => cell.trim()), rows: rest(next), close: () => source.destroy() };
}

async function* rest(next: () => Promise<CsvRow | null>): AsyncGenerator<CsvRow> {
  for (let row = await next(); row !== null; row = await next()) yield row;
}

/** Safe: with `info` and without `columns` a record comes as its cells, and where it was. */
function toRow(value: unknown): CsvRow {
  const { record, info } = value as { record: string[]; info: InfoRecord };
  return { line: info.lines, cells: record };
}

function faultOf(error: unknown, line: number, encoding: string): unknown {
  if (error instanceof CsvError) return new CsvFault(line, error.message);
  if (error instanceof TypeError) return new CsvFault(line, `is not ${encoding}; say which encoding it is`);
  return error;
}
