import { crc32 } from 'node:zlib';
import type { RunColumns } from '../run-columns.ts';
import { BlockError, ByteReader, ByteWriter } from './byte-stream.ts';
import { readInstants, writeInstants } from './instants.ts';
import { readEquals, writeEquals } from './runs-of-equals.ts';
import { readValues, writeValues } from './values.ts';

/** More make no better codes, and a late observation makes a whole block anew. */
export const MAX_BLOCK_RUNS = 4096;

/** The layout that `LAYOUT.md` describes; a released one never changes. */
const LAYOUT = 1;

/** Checksum of all that follows, length of the block, first and last instant, number of observations, layout. */
export const HEADER_BYTES = 4 + 4 + 8 + 8 + 4 + 1;

/** What a header tells. */
export interface BlockHeader {
  readonly fromMs: number;
  readonly toMs: number;
  readonly length: number;
  readonly byteLength: number;
}

/** Observations of one series, in canonical order, as bytes that can tell whether they are whole. */
export function encodeBlock(columns: RunColumns): Uint8Array {
  const writer = new ByteWriter();
  writeEquals(writer, columns.everyMs);
  writeInstants(writer, columns.atMs, columns.everyMs);
  writeEquals(writer, columns.outcomes);
  writer.number(columns.reasonNames.length);
  for (const name of columns.reasonNames) writer.text(name);
  if (columns.reasonNames.length > 0) writeEquals(writer, columns.reasons);
  writeValues(writer, columns, () => new ByteWriter());
  const body = writer.written();
  const bytes = Buffer.alloc(HEADER_BYTES + body.byteLength);
  bytes.writeUInt32LE(bytes.byteLength, 4);
  bytes.writeDoubleLE(columns.atMs[0] ?? 0, 8);
  bytes.writeDoubleLE(columns.atMs[columns.length - 1] ?? 0, 16);
  bytes.writeUInt32LE(columns.length, 24);
  bytes.writeUInt8(LAYOUT, 28);
  bytes.set(body, HEADER_BYTES);
  bytes.writeUInt32LE(crc32(bytes.subarray(4)), 0);
  return bytes;
}

/** What `encodeBlock` encoded, with only the values that are wanted (all without). Throws `BlockError`. */
export function decodeBlock(bytes: Uint8Array, wanted?: ReadonlySet<string>): RunColumns {
  const { length, byteLength } = readHeader(bytes);
  const isWhole = byteLength === bytes.byteLength && crc32(bytes.subarray(4)) === viewOf(bytes).getUint32(0, true);
  if (!isWhole) throw new BlockError('the checksum of a block does not match');
  const layout = bytes[28];
  if (layout !== LAYOUT) throw new BlockError(`a block has the unknown layout ${layout}; update the collector`);
  const reader = new ByteReader(bytes.subarray(HEADER_BYTES));
  const everyMs = new Float64Array(length);
  readEquals(reader, everyMs);
  const atMs = readInstants(reader, everyMs);
  const outcomes = new Uint8Array(length);
  readEquals(reader, outcomes);
  const reasonNames = Array.from({ length: reader.number() }, () => reader.text());
  const reasons = new Uint16Array(length);
  if (reasonNames.length > 0) readEquals(reader, reasons);
  const values = readValues(reader, outcomes, wanted);
  return { length, atMs, everyMs, outcomes, reasons, reasonNames, values };
}

/** The header of a block that begins here, unchecked. Throws `BlockError` when there is no room for one. */
export function readHeader(bytes: Uint8Array): BlockHeader {
  if (bytes.byteLength < HEADER_BYTES) throw new BlockError('a block is cut short');
  const view = viewOf(bytes);
  const header = {
    byteLength: view.getUint32(4, true),
    fromMs: view.getFloat64(8, true),
    toMs: view.getFloat64(16, true),
    length: view.getUint32(24, true),
  };
  const isSound =
    header.byteLength >= HEADER_BYTES && header.byteLength <= bytes.byteLength && header.length <= MAX_BLOCK_RUNS;
  if (!isSound) throw new BlockError('the header of a block is damaged');
  return header;
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
