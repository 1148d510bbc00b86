import type { Batch } from '@nines/shared/wire.ts';
import { openBatch, type PackedBatch, unpackBatch } from '../batch/packed-batch.ts';
import { UnpackError, unpack } from '../content-encoding.ts';
import { type JournalEntry, StoreError } from '../store.ts';
import { encodingOf } from './journal-group.ts';

/** A row of the journal as the file holds it. */
export interface JournalRecord {
  readonly position: number;
  readonly received_at_ms: number;
  readonly skew_ms: number | null;
  readonly min_at_ms: number;
  readonly max_at_ms: number;
  readonly encoding: number;
  readonly body: Uint8Array;
}

/** A row of the journal with its body unpacked. */
export interface StoredBytes {
  readonly position: number;
  readonly receivedAtMs: number;
  readonly skewMs: number | null;
  readonly kind: 'columns' | 'json';
  readonly bytes: Uint8Array;
}

/** What is read; why it cannot be, when its bytes are damaged. Other errors are thrown. */
export function readableOr<Read>(read: () => Read, onDamage: (why: string) => void): Read | null {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof StoreError) || error.code !== 'corrupt') throw error;
    onDamage(error.message);
    return null;
  }
}

const DECODER = new TextDecoder();

/** Throws `StoreError` `corrupt`. */
export function unpackRecord(record: JournalRecord): StoredBytes {
  const { position, received_at_ms: receivedAtMs, skew_ms: skewMs, body } = record;
  const encoding = encodingOf(record.encoding);
  const row = { position, receivedAtMs, skewMs };
  if (encoding === 'columns') return { ...row, kind: 'columns', bytes: body };
  try {
    return { ...row, kind: 'json', bytes: unpack(body, encoding, Number.MAX_SAFE_INTEGER) };
  } catch (error) {
    if (!(error instanceof UnpackError)) throw error;
    throw new StoreError('corrupt', `the stored batch ${position} cannot be unpacked`, { cause: error });
  }
}

/** Throws `StoreError` `corrupt`. */
export function entryOf({ position, receivedAtMs, skewMs, kind, bytes }: StoredBytes): JournalEntry {
  const batch = readable(position, () => (kind === 'columns' ? unpackBatch(bytes) : parseStored(bytes)));
  return { position, batch, receivedAtMs, skewMs };
}

/** The batch of a record, its observations still to be read; `null` when an earlier version wrote it. Throws `StoreError` `corrupt`. */
export function openRecord({ position, encoding, body }: JournalRecord): PackedBatch | null {
  if (encodingOf(encoding) !== 'columns') return null;
  return readable(position, () => openBatch(body));
}

function readable<Read>(position: number, read: () => Read): Read {
  try {
    return read();
  } catch (error) {
    throw new StoreError('corrupt', `the stored batch ${position} cannot be read`, { cause: error });
  }
}

/** Safe: only text that `parseBatch` accepted is ever stored, and it is read back byte for byte. */
function parseStored(text: Uint8Array): Batch {
  return JSON.parse(DECODER.decode(text)) as Batch;
}
