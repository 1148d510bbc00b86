import { callEvent } from '@nines/shared/phone/call.ts';
import { CallBook } from '@nines/shared/phone/call-book.ts';
import { QueueLogCalls, type QueueLogOptions } from '@nines/shared/phone/queue-log-calls.ts';
import type { QueueLogLine } from '@nines/shared/phone/queue-log-line.ts';
import { readInstant } from '@nines/shared/phone/written-times.ts';
import { NOTHING, type RowReader, type Taken } from './called.ts';

/** Columns of the table that Asterisk writes to (`queue_log` of extconfig.conf). */
export const REALTIME_HEADINGS = ['time', 'callid', 'queuename', 'agent', 'event'] as const;

/** What databases export where nothing stands. */
const NULLS: ReadonlySet<string> = new Set(['', 'NULL', '\\N']);

/** Rows after which calls are told: not at every one, for most calls are over by then and need telling once only. */
const TOLD_EVERY = 10_000;

export interface QueueLogRowOptions extends QueueLogOptions {
  readonly headings: readonly string[];
  readonly timeZone: string;
}

/** A table in which every row is an event of a queue log, in the order of their time. */
export function queueLogRows({ headings, timeZone, ...options }: QueueLogRowOptions): RowReader {
  const book = new CallBook();
  const calls = new QueueLogCalls(options, book);
  const places = new Map(headings.map((heading, index) => [heading.toLowerCase(), index]));
  let [lastMs, taken] = [0, 0];
  const changed = () => book.takeChanged().map((call) => callEvent(call, 'queue_log'));
  return {
    take({ line, cells }): Taken {
      const cell = (name: string) => cells[places.get(name) ?? -1]?.trim() ?? '';
      const wrong = (name: string, message: string): Taken => {
        return {
          calls: [],
          mistakes: [{ line, column: (places.get(name) ?? -1) + 1, message: `${name}: ${message}` }],
        };
      };
      if (cell('callid') === '') return wrong('callid', 'is empty');
      if (!/^\w{1,40}$/.test(cell('event'))) return wrong('event', 'expected the name of an event, such as ENTERQUEUE');
      let atMs: number;
      try {
        atMs = readInstant(cell('time'), { instants: 'iso', time_zone: timeZone }, lastMs);
      } catch (error) {
        return wrong('time', error instanceof Error ? error.message : String(error));
      }
      if (atMs < lastMs) return wrong('time', 'is before the row above: export with ORDER BY time, id');
      lastMs = atMs;
      calls.take(toLine(cell, atMs));
      return ++taken % TOLD_EVERY === 0 ? { calls: changed(), mistakes: [] } : NOTHING;
    },
    end() {
      book.forgetBefore(lastMs);
      return changed();
    },
  };
}

function toLine(cell: (name: string) => string, atMs: number): QueueLogLine {
  const single = cell('data');
  const numbered = [1, 2, 3, 4, 5].map((number) => cell(`data${number}`));
  const parameters = (single === '' ? numbered : single.split('|')).map((text) => (NULLS.has(text) ? '' : text));
  while (parameters.at(-1) === '') parameters.pop();
  return { atMs, channel: cell('callid'), queue: cell('queuename'), event: cell('event'), parameters };
}
