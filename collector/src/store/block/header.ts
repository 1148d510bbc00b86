import { BlockError, ByteReader } from './byte-stream.ts';

/** The layout that is written, as `LAYOUT.md` describes it; a layout that was ever written stays readable. */
export const LAYOUT = 2;

/** Checksum of all that follows; layout in the highest four bits and length of the block in the others. */
export const FIXED_BYTES = 4 + 4;

const LAYOUT_1_BYTES = FIXED_BYTES + 8 + 8 + 4 + 1;

/** What a header tells. */
export interface BlockHeader {
  readonly layout: number;
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
  if (layout === 0) return readLayout1Header(view, byteLength);
  if (layout !== LAYOUT) throw new BlockError(`a block has the unknown layout ${layout}; update the collector`);
  const reader = new ByteReader(bytes.subarray(FIXED_BYTES, byteLength));
  const fromMs = reader.signed();
  const toMs = reader.signed();
  const length = reader.number();
  return { layout, fromMs, toMs, length, byteLength, bodyAt: FIXED_BYTES + reader.at };
}

/** Layout 1 had numbers of a fixed width, and its own number at the end. */
function readLayout1Header(view: DataView, byteLength: number): BlockHeader {
  if (byteLength < LAYOUT_1_BYTES) throw new BlockError('a block is cut short');
  const layout = view.getUint8(28);
  if (layout !== 1) throw new BlockError(`a block has the unknown layout ${layout}; update the collector`);
  const [fromMs, toMs, length] = [view.getFloat64(8, true), view.getFloat64(16, true), view.getUint32(24, true)];
  return { layout, fromMs, toMs, length, byteLength, bodyAt: LAYOUT_1_BYTES };
}
