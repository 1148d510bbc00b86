import { packBatch } from '../batch/packed-batch.ts';
import { extentOf } from '../extent.ts';
import { type ContentEncoding, type Delivery, StoreError } from '../store.ts';

/** Deliveries in columns: one message and one transferred buffer carry a whole group to the writing thread. */
export interface JournalGroup {
  readonly agents: readonly string[];
  readonly spools: readonly string[];
  /** `NUMBERS` per delivery, in the order of `JournalRow`. */
  readonly numbers: Float64Array<ArrayBuffer>;
  /** All bodies, one behind the other. */
  readonly bodies: Uint8Array<ArrayBuffer>;
}

/** What became of each delivery of a group, in its order. */
export interface GroupOutcome {
  readonly positions: Float64Array<ArrayBuffer>;
  /** 1 where the delivery was stored before. */
  readonly duplicates: Uint8Array<ArrayBuffer>;
  /** Bytes of bodies that were written. */
  readonly bytes: number;
}

export interface JournalRow {
  readonly agent: string;
  readonly spool: string;
  readonly sequence: number;
  readonly receivedAtMs: number;
  readonly skewMs: number | null;
  readonly minAtMs: number;
  readonly maxAtMs: number;
  readonly observations: number;
  readonly body: Uint8Array;
}

const NUMBERS = 7;

/** How a batch is stored: as `batch/LAYOUT.md` says, or as earlier versions did, as its JSON. */
export type StoredEncoding = ContentEncoding | 'columns';

/** By the number that stands for an encoding in the file; released ones never change. */
const ENCODINGS: readonly StoredEncoding[] = ['identity', 'gzip', 'zstd', 'columns'];

/** The one that is written. */
export const COLUMNS_CODE = ENCODINGS.indexOf('columns');

/** The encoding of a stored number. Throws `StoreError` `corrupt` for a number that no version has written. */
export function encodingOf(code: number | undefined): StoredEncoding {
  const encoding = ENCODINGS[code ?? -1];
  if (encoding === undefined) throw new StoreError('corrupt', `a stored batch has the unknown encoding ${code}`);
  return encoding;
}

/** A delivery, ready to be written. */
export interface PackedDelivery extends Delivery {
  readonly body: Uint8Array;
}

export function packedDelivery(delivery: Delivery): PackedDelivery {
  return { ...delivery, body: packBatch(delivery.batch) };
}

/** Deliveries → columns. */
export function toGroup(deliveries: readonly PackedDelivery[]): JournalGroup {
  const agents: string[] = [];
  const spools: string[] = [];
  const numbers = new Float64Array(deliveries.length * NUMBERS);
  const bodies = new Uint8Array(deliveries.reduce((bytes, { body }) => bytes + body.byteLength, 0));
  let column = 0;
  let offset = 0;
  for (const { batch, body, receivedAtMs, skewMs } of deliveries) {
    const { minAtMs, maxAtMs, observations } = extentOf(batch);
    agents.push(batch.agent);
    spools.push(batch.spool);
    numbers[column++] = batch.sequence;
    numbers[column++] = receivedAtMs;
    numbers[column++] = skewMs ?? Number.NaN;
    numbers[column++] = minAtMs;
    numbers[column++] = maxAtMs;
    numbers[column++] = observations;
    numbers[column++] = body.byteLength;
    bodies.set(body, offset);
    offset += body.byteLength;
  }
  return { agents, spools, numbers, bodies };
}

/** Columns → rows, in order. */
export function* rowsOf({ agents, spools, numbers, bodies }: JournalGroup): Generator<JournalRow> {
  let column = 0;
  let offset = 0;
  const next = () => numbers[column++] ?? Number.NaN;
  for (const [index, agent] of agents.entries()) {
    const sequence = next();
    const receivedAtMs = next();
    const skewMs = next();
    const minAtMs = next();
    const maxAtMs = next();
    const observations = next();
    const start = offset;
    offset += next();
    const body = bodies.subarray(start, offset);
    const spool = spools[index] ?? '';
    yield {
      agent,
      spool,
      sequence,
      receivedAtMs,
      skewMs: Number.isNaN(skewMs) ? null : skewMs,
      minAtMs,
      maxAtMs,
      observations,
      body,
    };
  }
}
