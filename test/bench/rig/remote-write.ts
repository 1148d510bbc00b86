import type { RunColumns } from '../../../collector/src/store/run-columns.ts';
import { checkId, type ValueName, type Workload } from './workload.ts';

/** Prometheus remote write 1.0, as far as a sender of bare samples needs it. */
export const REMOTE_WRITE_HEADERS = {
  'content-type': 'application/x-protobuf',
  'content-encoding': 'snappy',
  'x-prometheus-remote-write-version': '0.1.0',
} as const;

interface SeriesName {
  readonly name: string;
  readonly phase?: string;
  /** `null`: whether it was up. */
  readonly value: ValueName | null;
}

/** The series of a check as blackbox_exporter names them. */
const SERIES: readonly SeriesName[] = [
  { name: 'probe_success', value: null },
  { name: 'probe_duration_seconds', value: 'total' },
  { name: 'probe_http_status_code', value: 'status' },
  ...(['resolve', 'connect', 'tls', 'processing', 'transfer'] as const).map((phase) => ({
    name: 'probe_http_duration_seconds',
    phase,
    value: phase,
  })),
];

function seriesOf({ hasTransfer, hasMetricAPhase }: Workload): readonly SeriesName[] {
  const wanted = hasTransfer ? SERIES : SERIES.filter(({ value }) => value !== 'transfer');
  if (!hasMetricAPhase) return wanted;
  return wanted.map(({ name, phase, value }) => ({
    name: phase === undefined ? name : `probe_http_${phase}_seconds`,
    value,
  }));
}

/** Samples that one observation becomes. */
export function samplesARun(set: Workload): number {
  return seriesOf(set).length;
}

/** Which check a series is of, by its label `instance`. */
export function instanceOf(index: number): string {
  return `https://${checkId(index)}.example.net/`;
}

/** Labels of all series of a check, encoded once. */
export function encodedLabels(set: Workload, index: number): readonly Buffer[] {
  return seriesOf(set).map(({ name, phase }) => {
    const labels = { __name__: name, instance: instanceOf(index), job: 'blackbox', ...(phase && { phase }) };
    return Buffer.concat(
      Object.entries(labels).map(([key, value]) =>
        field(1, Buffer.concat([field(1, Buffer.from(key)), field(2, Buffer.from(value))])),
      ),
    );
  });
}

export interface LabelledRuns {
  readonly labels: readonly Buffer[];
  readonly runs: RunColumns;
}

const SAMPLE_BYTES = 16;
const SAMPLE_FIELD_BYTES = SAMPLE_BYTES + 2;
const SERIES_HEAD_BYTES = 8;
/** Six bytes of seven bits: enough until the year 2109. */
const INSTANT_BYTES = 6;
const SNAPPY_HEAD_BYTES = 16;

/** One request with everything of these checks, packed as snappy that copies nothing: the reader's work is the least. */
export function remoteWriteBody(set: Workload, checks: readonly LabelledRuns[]): Buffer {
  const room = checks.reduce((sum, { labels, runs }) => {
    const ofLabels = labels.reduce((bytes, label) => bytes + label.length + SERIES_HEAD_BYTES, 0);
    return sum + ofLabels + labels.length * runs.length * SAMPLE_FIELD_BYTES;
  }, SNAPPY_HEAD_BYTES);
  const body = Buffer.allocUnsafe(room);
  let at = SNAPPY_HEAD_BYTES;
  for (const { labels, runs } of checks) {
    for (const [index, { value }] of seriesOf(set).entries()) {
      const label = labels[index] ?? Buffer.alloc(0);
      at = body.writeUInt8(0x0a, at);
      at = writeVarint(body, label.length + runs.length * SAMPLE_FIELD_BYTES, at);
      at += label.copy(body, at);
      at = writeSamples(body, at, { runs, value });
    }
  }
  return withSnappyHead(body.subarray(0, at));
}

function writeSamples(
  body: Buffer,
  start: number,
  { runs, value }: { readonly runs: RunColumns; readonly value: ValueName | null },
): number {
  const numbers = value === null ? runs.outcomes : runs.values.find(({ name }) => name === value)?.numbers;
  const divisor = value === null || value === 'status' ? 1 : 1e6;
  let at = start;
  for (let row = 0; row < runs.length; row++) {
    body[at] = 0x12;
    body[at + 1] = SAMPLE_BYTES;
    body[at + 2] = 0x09;
    body.writeDoubleLE((numbers?.[row] ?? 0) / divisor, at + 3);
    body[at + 11] = 0x10;
    writeInstant(body, runs.atMs[row] ?? 0, at + 12);
    at += SAMPLE_FIELD_BYTES;
  }
  return at;
}

function writeInstant(body: Buffer, atMs: number, at: number): void {
  const high = Math.floor(atMs / 2 ** 28);
  const low = atMs - high * 2 ** 28;
  body[at] = (low & 0x7f) | 0x80;
  body[at + 1] = ((low >>> 7) & 0x7f) | 0x80;
  body[at + 2] = ((low >>> 14) & 0x7f) | 0x80;
  body[at + 3] = ((low >>> 21) & 0x7f) | 0x80;
  body[at + 4] = (high & 0x7f) | 0x80;
  body[at + INSTANT_BYTES - 1] = high >>> 7;
}

/** Length of what follows, and one literal of all of it: https://github.com/google/snappy/blob/main/format_description.txt */
function withSnappyHead(body: Buffer): Buffer {
  const bytes = body.length - SNAPPY_HEAD_BYTES;
  const head = Buffer.alloc(SNAPPY_HEAD_BYTES);
  let at = writeVarint(head, bytes, 0);
  at = head.writeUInt8(0xfc, at);
  at = head.writeUInt32LE(bytes - 1, at);
  const start = SNAPPY_HEAD_BYTES - at;
  head.copy(body, start, 0, at);
  return body.subarray(start);
}

function field(number: number, bytes: Buffer): Buffer {
  const head = Buffer.alloc(8);
  const at = writeVarint(head, bytes.length, head.writeUInt8((number << 3) | 2, 0));
  return Buffer.concat([head.subarray(0, at), bytes]);
}

/** Below 2³². Returns where it ended. */
function writeVarint(buffer: Buffer, value: number, start: number): number {
  let [rest, at] = [value, start];
  for (; rest > 0x7f; rest >>>= 7) buffer[at++] = (rest & 0x7f) | 0x80;
  buffer[at++] = rest;
  return at;
}
