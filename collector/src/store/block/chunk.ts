import { readHeader } from './header.ts';

/** A block inside the body of a chunk; `bytes` is a view. */
export interface BlockInChunk {
  readonly fromMs: number;
  readonly toMs: number;
  readonly length: number;
  readonly bytes: Uint8Array;
}

/** Blocks, ascending, as the body of a chunk. */
export function joinBlocks(blocks: readonly Uint8Array[]): Uint8Array {
  return Buffer.concat(blocks);
}

/** The blocks of a body, by their headers alone. Throws `BlockError` when they cannot be told apart. */
export function splitBlocks(body: Uint8Array): BlockInChunk[] {
  const found: BlockInChunk[] = [];
  for (let at = 0; at < body.byteLength; ) {
    const { fromMs, toMs, length, byteLength } = readHeader(body.subarray(at));
    found.push({ fromMs, toMs, length, bytes: body.subarray(at, at + byteLength) });
    at += byteLength;
  }
  return found;
}
