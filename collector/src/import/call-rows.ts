import type { CallMapping } from '@nines/shared/phone/call-mapping.ts';
import { RecordMistake, readCall } from '@nines/shared/phone/read-call.ts';
import type { RowReader, Taken } from './called.ts';

export interface CallRowOptions {
  readonly mapping: CallMapping;
  readonly headings: readonly string[];
  readonly queues: ReadonlySet<string> | null;
  readonly pseudonym: (number: string) => string | null;
}

/** A table in which every row is a call. */
export function callRows({ mapping, headings, queues, pseudonym }: CallRowOptions): RowReader {
  const places = new Map(headings.map((heading, index) => [heading, index]));
  const options = { mapping, pseudonym, labels: {} };
  return {
    take({ line, cells }): Taken {
      if (cells.length !== headings.length) {
        const message = `has ${cells.length} cells, and there are ${headings.length} headings`;
        return { calls: [], mistakes: [{ line, column: null, message }] };
      }
      try {
        const call = readCall((heading) => cells[places.get(heading) ?? -1]?.trim() || null, options);
        const isWanted = queues?.has(call.labels.queue ?? '') ?? true;
        return { calls: isWanted ? [call] : [], mistakes: [] };
      } catch (error) {
        if (!(error instanceof RecordMistake)) throw error;
        const column = (places.get(error.place) ?? -1) + 1;
        return { calls: [], mistakes: [{ line, column, message: `${error.place}: ${error.message}` }] };
      }
    },
    end: () => [],
  };
}

const PLACES = ['entered', 'answered', 'ended', 'wait', 'talk', 'position', 'transfers', 'caller', 'outcome'] as const;

/** The headings that a mapping reads. */
export function headingsOf(mapping: CallMapping): string[] {
  const queue = typeof mapping.queue === 'string' ? mapping.queue : undefined;
  const places = [queue, ...PLACES.map((name) => mapping[name])];
  return [...mapping.id, ...places.filter((place) => place !== undefined)];
}
