import { eventDocument } from '@nines/shared/event.ts';
import { observationAt } from '@nines/shared/wire.ts';
import { toCheckColumns } from '../store/check-columns.ts';
import { type ExportContents, type ExportFormat, inPieces } from './format.ts';

/** A JSON document a line: observations as `GET /checks/:id/observations` gives them, with their check; events likewise. */
export const ndjson: ExportFormat = {
  observations: (contents) => inPieces(observationLines(contents)),
  events: (contents) => inPieces(eventLines(contents)),
};

function* observationLines({ series, runs }: ExportContents): Generator<string> {
  for (const one of series) {
    const { check, agent } = one;
    for (const piece of runs(one)) {
      for (const columns of toCheckColumns(check, piece)) {
        for (let row = 0; row < columns.at_ms.length; row++) {
          const { atMs, everyMs, outcome, reason, values } = observationAt(columns, row);
          yield line({ check, agent, at_ms: atMs, every_ms: everyMs, outcome, reason, values });
        }
      }
    }
  }
}

function* eventLines({ streams, events }: ExportContents): Generator<string> {
  for (const stream of streams) {
    for (const event of events(stream)) {
      yield line({ agent: event.agent, ...eventDocument(event), received_at_ms: event.receivedAtMs });
    }
  }
}

function line(document: object): string {
  return `${JSON.stringify(document)}\n`;
}
