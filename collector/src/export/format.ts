import type { ProbeTypeName } from '@nines/shared/probes/index.ts';
import type { StoredEvent } from '../store/events.ts';
import type { RunColumns } from '../store/run-columns.ts';

/** A check as one agent sees it; what the configuration does not know (any more) is `null`. */
export interface SeriesToWrite {
  readonly check: string;
  readonly agent: string;
  readonly location: string | null;
  readonly probe: ProbeTypeName | null;
}

/** What a format reads, as often as it has to. */
export interface ExportContents {
  readonly series: readonly SeriesToWrite[];
  /** Observations of a series, ascending, in pieces, with the values that are wanted (all without). */
  readonly runs: (series: SeriesToWrite, wanted?: ReadonlySet<string>) => Iterable<RunColumns>;
  readonly streams: readonly string[];
  /** Events of a stream, by their beginning. */
  readonly events: (stream: string) => Iterable<StoredEvent>;
}

/** Writes what a store holds as text, piece by piece: a year of it is never in memory. */
export interface ExportFormat {
  readonly observations: (contents: ExportContents) => Iterable<string>;
  readonly events: (contents: ExportContents) => Iterable<string>;
}

/** Lines, put together to some 64 KiB: a write for each would take longer than making them. */
export function* inPieces(lines: Iterable<string>): Generator<string> {
  let text = '';
  for (const line of lines) {
    text += line;
    if (text.length < 65_536) continue;
    yield text;
    text = '';
  }
  if (text !== '') yield text;
}
