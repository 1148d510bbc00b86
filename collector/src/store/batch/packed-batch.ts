import { crc32 } from 'node:zlib';
import { outcomeOf } from '@nines/shared/observation.ts';
import type { AgentStatus, Batch, CheckColumns } from '@nines/shared/wire.ts';
import { WIRE_VERSION } from '@nines/shared/wire-version.ts';
import { BlockError, ByteReader, ByteWriter } from '../block/byte-stream.ts';
import { writeName } from '../block/names.ts';
import { writeEquals } from '../block/runs-of-equals.ts';
import { OUTCOME_CODES } from '../run-columns.ts';
import { writeOffsets } from './offset-numbers.ts';
import { type RunCells, readRuns } from './packed-runs.ts';
import { PlainColumns } from './plain-columns.ts';

/** The layout that is written, as `LAYOUT.md` describes it. */
const LAYOUT = 1;
const CHECKSUM_BYTES = 4;

const writer = new ByteWriter();

/** A batch as the journal keeps it, with a checksum. */
export function packBatch(batch: Batch): Uint8Array<ArrayBuffer> {
  writer.clear();
  writer.byte(LAYOUT);
  writer.text(batch.agent);
  writer.text(batch.spool);
  writer.number(batch.sequence);
  writer.text(batch.status === undefined ? '' : JSON.stringify(batch.status));
  writer.number(batch.checks.length);
  for (const columns of batch.checks) writeColumns(columns);
  const body = writer.written();
  const bytes = new Uint8Array(CHECKSUM_BYTES + body.byteLength);
  bytes.set(body, CHECKSUM_BYTES);
  new DataView(bytes.buffer).setUint32(0, crc32(body), true);
  return bytes;
}

function writeColumns(columns: CheckColumns): void {
  const { at_ms: instants, up } = columns;
  writer.text(columns.check);
  writer.number(columns.every_ms);
  writer.number(instants.length);
  writeOffsets(writer, instants);
  const isAllUp = isAll(up, 1);
  writer.byte(isAllUp ? 1 : 0);
  if (!isAllUp) writeOutcomes(columns);
  let values = 0;
  for (const _ in columns.values) values++;
  writer.number(values);
  for (const name in columns.values) {
    const numbers = columns.values[name] ?? [];
    writeName(writer, name);
    const isEverywhere = !numbers.includes(null);
    writer.byte(isEverywhere ? 1 : 0);
    if (!isEverywhere) {
      writeEquals(
        writer,
        numbers.map((number) => (number === null ? 0 : 1)),
      );
    }
    writeOffsets(writer, isEverywhere ? numbers : numbers.filter((number) => number !== null));
  }
}

function isAll(values: readonly unknown[], value: unknown): boolean {
  for (let i = 0; i < values.length; i++) if (values[i] !== value) return false;
  return true;
}

function writeOutcomes({ up, reasons }: CheckColumns): void {
  const outcomes = up.map((outcome) => OUTCOME_CODES[outcomeOf(outcome)]);
  const names = [...new Set(Object.values(reasons))];
  writeEquals(writer, outcomes);
  writer.number(names.length);
  for (const name of names) writer.text(name);
  for (const [row, outcome] of up.entries()) if (outcome !== 1) writer.number(names.indexOf(reasons[row] ?? ''));
}

/** Everything of a batch but its observations. */
export type Envelope = Omit<Batch, 'checks'>;

/** A batch that `packBatch` packed, its observations still to be read. */
export interface PackedBatch {
  readonly envelope: Envelope;
  /** Reads all observations into cells by check, once; returns how many. Throws `BlockError`. */
  readonly read: (cellsOf: (check: string) => RunCells) => number;
}

/** Throws `BlockError` when the bytes are damaged or of an unknown layout. */
export function openBatch(bytes: Uint8Array): PackedBatch {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const body = bytes.subarray(CHECKSUM_BYTES);
  if (bytes.byteLength < CHECKSUM_BYTES || crc32(body) !== view.getUint32(0, true)) {
    throw new BlockError('the checksum of a batch does not match');
  }
  const reader = new ByteReader(body);
  const layout = reader.byte();
  if (layout !== LAYOUT) throw new BlockError(`a batch has the unknown layout ${layout}; update the collector`);
  const named = {
    version: WIRE_VERSION,
    agent: reader.text(),
    spool: reader.text(),
    sequence: reader.number(),
  } as const;
  const status = reader.text();
  return {
    envelope: status === '' ? named : { ...named, status: parseStatus(status) },
    read: (cellsOf) => {
      let observations = 0;
      for (let left = reader.number(); left > 0; left--) observations += readRuns(reader, cellsOf);
      return observations;
    },
  };
}

/** The batch that was packed. Throws `BlockError`. */
export function unpackBatch(bytes: Uint8Array): Batch {
  const { envelope, read } = openBatch(bytes);
  const checks: PlainColumns[] = [];
  read((check) => {
    const columns = new PlainColumns(check);
    checks.push(columns);
    return columns;
  });
  return { ...envelope, checks: checks.map((columns) => columns.columns()) };
}

/** Safe: under a checksum that is right stands what `packBatch` wrote, of a batch that was validated. */
function parseStatus(text: string): AgentStatus {
  return JSON.parse(text) as AgentStatus;
}
