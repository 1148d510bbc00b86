import { crc32 } from 'node:zlib';
import { numbersOfUp, type RunColumns } from '../run-columns.ts';
import { BlockError, ByteReader, ByteWriter } from './byte-stream.ts';
import { type BlockHeader, FIXED_BYTES, LAYOUT, readHeader } from './header.ts';
import { readInstants, skipInstants, writeInstants } from './instants.ts';
import { readNumbers, writeNumbers } from './numbers.ts';
import { readEquals, skipEquals, writeEquals } from './runs-of-equals.ts';
import { readValues, writeValues } from './values.ts';

/** More make no better codes, and a late observation makes a whole block anew. */
export const MAX_BLOCK_RUNS = 4096;

const writer = new ByteWriter();

/** Observations of one series, in canonical order, as bytes that can tell whether they are whole. */
export function encodeBlock(columns: RunColumns): Uint8Array {
  const { length, atMs, everyMs, outcomes, reasons, reasonNames } = columns;
  if (length > MAX_BLOCK_RUNS) throw new Error(`a block has no room for ${length} observations`);
  writer.clear();
  writer.signed(atMs[0] ?? 0);
  writer.signed(atMs[length - 1] ?? 0);
  writer.number(length);
  const intervals = writer.part();
  writer.byte(writeNumbers(intervals, everyMs));
  writer.bytes(intervals.written());
  writeInstants(writer, atMs, everyMs);
  writeEquals(writer, outcomes);
  writer.number(reasonNames.length);
  for (const name of reasonNames) writer.text(name);
  if (reasonNames.length > 0) writeEquals(writer, reasons);
  writeValues(writer, columns);
  return sealed(writer.written());
}

function sealed(body: Uint8Array): Uint8Array {
  const byteLength = FIXED_BYTES + body.byteLength;
  if (byteLength >= 2 ** 28) throw new Error(`a block has no room for ${byteLength} bytes`);
  const bytes = Buffer.allocUnsafeSlow(byteLength);
  bytes.writeUInt32LE(LAYOUT * 2 ** 28 + byteLength, 4);
  bytes.set(body, FIXED_BYTES);
  bytes.writeUInt32LE(crc32(bytes.subarray(4)), 0);
  return bytes;
}

/** What `encodeBlock` encoded, with only the values that are wanted (all without). Throws `BlockError`. */
export function decodeBlock(bytes: Uint8Array, wanted?: ReadonlySet<string>): RunColumns {
  const { header, reader } = openBlock(bytes);
  return readBody(reader, header, wanted);
}

/**
 * The numbers of one value over the runs that were up and measured it, in order; all else is left packed. Throws
 * `BlockError`.
 */
export function decodeUpNumbers(bytes: Uint8Array, name: string): Float64Array {
  const { header, reader } = openBlock(bytes);
  const { length } = header;
  reader.byte();
  reader.bytes();
  skipInstants(reader, length);
  const outcomes = new Uint8Array(length);
  readEquals(reader, outcomes);
  const reasons = reader.number();
  for (let reason = 0; reason < reasons; reason++) reader.bytes();
  if (reasons > 0) skipEquals(reader, length);
  const [column] = readValues(reader, outcomes, new Set([name]));
  return column === undefined ? new Float64Array() : numbersOfUp(column, outcomes, { first: 0, end: length });
}

/** Checks that a block is whole, and stands behind its header. */
function openBlock(bytes: Uint8Array): { readonly header: BlockHeader; readonly reader: ByteReader } {
  const header = readHeader(bytes);
  const stored = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getUint32(0, true);
  if (header.byteLength !== bytes.byteLength || crc32(bytes.subarray(4)) !== stored) {
    throw new BlockError('the checksum of a block does not match');
  }
  if (header.length > MAX_BLOCK_RUNS) throw new BlockError('a block has too many observations');
  return { header, reader: new ByteReader(bytes.subarray(header.bodyAt)) };
}

function readBody(reader: ByteReader, { length, fromMs }: BlockHeader, wanted?: ReadonlySet<string>): RunColumns {
  const way = reader.byte();
  const everyMs = readNumbers(reader.part(), way, length);
  const atMs = readInstants(reader, fromMs, everyMs);
  const outcomes = new Uint8Array(length);
  readEquals(reader, outcomes);
  const reasonNames = Array.from({ length: reader.number() }, () => reader.text());
  const reasons = new Uint16Array(length);
  if (reasonNames.length > 0) readEquals(reader, reasons);
  return { length, atMs, everyMs, outcomes, reasons, reasonNames, values: readValues(reader, outcomes, wanted) };
}
