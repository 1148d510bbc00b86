import { BlockError, ByteReader } from './byte-stream.ts';

/** The layout that is written, as `LAYOUT.md` describes it; a layout that was ever released stays readable. */
export const LAYOUT = 1;

/** Checksum of all that follows; layout in the highest four bits and length of the block in the others. */
export const FIXED_BYTES = 4 + 4;

/** What a header tells. */
export interface BlockHeader {
  readonly fromMs: number;
  readonly toMs: number;
  readonly length: number;
  readonly byteLength: number;
  /** Where the header ends. */
  readonly bodyAt: number;
}

/** The header of a block that begins here, unchecked. Throws `BlockError` when there is no room, or no known layout. */
export function readHeader(bytes: Uint8Array): BlockHeader {
  if (bytes.byteLength < FIXED_BYTES) throw new BlockError('a block is cut short');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const word = view.getUint32(4, true);
  const layout = word >>> 28;
  const byteLength = word & 0xfff_ffff;
  if (byteLength < FIXED_BYTES || byteLength > bytes.byteLength) throw new BlockError('a block is cut short');
  if (layout !== LAYOUT) throw new BlockError(`a block has the unknown layout ${layout}; update the collector`);
  const reader = new ByteReader(bytes.subarray(FIXED_BYTES, byteLength));
  const fromMs = reader.signed();
  const toMs = reader.signed();
  const length = reader.number();
  return { fromMs, toMs, length, byteLength, bodyAt: FIXED_BYTES + reader.at };
}
