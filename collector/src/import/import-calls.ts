import { createHmac } from 'node:crypto';
import type { ReportedEvent } from '@nines/shared/event.ts';
import type { CallFile } from './call-file.ts';
import { callRows, headingsOf } from './call-rows.ts';
import type { RowReader } from './called.ts';
import { queueLogRows, REALTIME_HEADINGS } from './queue-log-rows.ts';
import { CsvFault, type LineMistake, openCsv } from './read-csv.ts';

/** Some megabytes of JSON, and less than a request may hold. */
const CALLS_A_REQUEST = 5_000;

export interface ImportOptions {
  readonly path: string;
  readonly file: CallFile;
  /** The text of `file.salt`; `null` when numbers are dropped. */
  readonly salt: string | null;
  readonly onMistake: (mistake: LineMistake) => void;
  /** Sends some calls; the import ends when it resolves with `false`. */
  readonly send: (calls: readonly ReportedEvent[]) => Promise<boolean>;
}

export interface Imported {
  readonly calls: number;
  /** Whether all of the file was read and sent. */
  readonly isWhole: boolean;
}

/**
 * Reads a file of calls and sends them; lines that are wrong are told and left out, the others sent all the same. Once more
 * changes nothing. Rejects with the system's error when the file cannot be read.
 */
export async function importCalls({ send, ...source }: ImportOptions): Promise<Imported> {
  let sent = 0;
  let waiting: ReportedEvent[] = [];
  const flush = async (): Promise<boolean> => {
    const some = waiting;
    waiting = [];
    sent += some.length;
    return some.length === 0 || (await send(some));
  };
  try {
    for await (const call of callsOf(source)) {
      waiting.push(call);
      if (waiting.length >= CALLS_A_REQUEST && !(await flush())) return { calls: sent, isWhole: false };
    }
  } catch (error) {
    if (!(error instanceof CsvFault)) throw error;
    source.onMistake({ line: error.line, column: null, message: error.message });
    return { calls: sent, isWhole: false };
  }
  return { isWhole: await flush(), calls: sent };
}

/** What each row comes to, and then what its end does. */
async function* callsOf({ path, file, salt, onMistake }: Omit<ImportOptions, 'send'>): AsyncGenerator<ReportedEvent> {
  const table = await openCsv(path, file);
  try {
    const reader = readerOf(file, salt, table.headings);
    for await (const row of table.rows) {
      const { calls, mistakes } = reader.take(row);
      for (const mistake of mistakes) onMistake(mistake);
      yield* calls;
    }
    yield* reader.end();
  } finally {
    table.close();
  }
}

function readerOf(file: CallFile, salt: string | null, headings: readonly string[]): RowReader {
  const pseudonym = (number: string) =>
    salt === null ? null : createHmac('sha256', salt).update(number).digest('base64url').slice(0, 16);
  const queues = file.queues === undefined ? null : new Set(file.queues);
  if ('calls' in file) {
    requireHeadings(headings, headingsOf(file.calls));
    return callRows({ mapping: file.calls, headings, queues, pseudonym });
  }
  requireHeadings(
    headings.map((heading) => heading.toLowerCase()),
    REALTIME_HEADINGS,
  );
  return queueLogRows({ headings, timeZone: file.queue_log.time_zone, queues, pseudonym });
}

function requireHeadings(headings: readonly string[], needed: readonly string[]): void {
  const missing = needed.filter((heading) => !headings.includes(heading));
  if (missing.length === 0) return;
  throw new CsvFault(1, `there is no column ${missing.join(', ')}; the columns are ${headings.join(', ')}`);
}
