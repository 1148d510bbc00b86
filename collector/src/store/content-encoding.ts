import { gunzipSync, zstdDecompressSync } from 'node:zlib';
import type { ContentEncoding } from './store.ts';

/** What `unpack` throws: `too-large` past the limit, `broken` for anything that is not exactly one packed text. */
export class UnpackError extends Error {
  readonly code: 'too-large' | 'broken';

  constructor(code: UnpackError['code'], message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'UnpackError';
    this.code = code;
  }
}

interface Unpacked {
  readonly buffer: Buffer;
  /** How much of the input was used: less than all of it means that something stands behind the packed text. */
  readonly used: number;
}

/** Most batches are unpacked in one piece. */
const ZSTD_CHUNK_BYTES = 64 * 1024;

const UNPACK: Readonly<Record<ContentEncoding, (body: Uint8Array, maxBytes: number) => Unpacked>> = {
  identity: (body) => ({ buffer: asBuffer(body), used: body.byteLength }),
  gzip: (body, maxBytes) => withInfo(gunzipSync(body, { maxOutputLength: maxBytes, info: true })),
  zstd: (body, maxBytes) =>
    withInfo(zstdDecompressSync(body, { maxOutputLength: maxBytes, info: true, chunkSize: ZSTD_CHUNK_BYTES })),
};

/**
 * The bytes that were packed. Never allocates much more than `maxBytes`, whatever the input claims or holds.
 * It is synchronous because parsing the result takes longer than unpacking it. Throws `UnpackError`.
 */
export function unpack(body: Uint8Array, encoding: ContentEncoding, maxBytes: number): Buffer {
  const { buffer, used } = attempt(() => UNPACK[encoding](body, maxBytes), encoding);
  if (buffer.byteLength > maxBytes) throw new UnpackError('too-large', `more than ${maxBytes} bytes unpacked`);
  if (used < body.byteLength)
    throw new UnpackError('broken', `${body.byteLength - used} bytes behind the ${encoding} data`);
  return buffer;
}

function attempt(work: () => Unpacked, encoding: ContentEncoding): Unpacked {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    const isTooLarge = 'code' in error && error.code === 'ERR_BUFFER_TOO_LARGE';
    if (isTooLarge) throw new UnpackError('too-large', 'the unpacked body is too large', { cause: error });
    throw new UnpackError('broken', `not ${encoding} data: ${error.message}`, { cause: error });
  }
}

/** Safe: with `info: true` zlib returns its buffer beside the engine that made it, which the typings do not say. */
function withInfo(result: unknown): Unpacked {
  const { buffer, engine } = result as { buffer: Buffer; engine: { bytesWritten: number } };
  return { buffer, used: engine.bytesWritten };
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
