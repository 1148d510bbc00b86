/** What Prometheus scrapes, written straight into bytes: no registry, no object a sample. */

export type MetricType = 'counter' | 'gauge' | 'histogram';

/** Prometheus' text format 0.0.4, and OpenMetrics 1.0, which says the same and has exemplars. */
export type ExpositionFormat = 'prometheus' | 'openmetrics';

export const EXPOSITION_CONTENT_TYPES: Readonly<Record<ExpositionFormat, string>> = {
  prometheus: 'text/plain; version=0.0.4; charset=utf-8',
  openmetrics: 'application/openmetrics-text; version=1.0.0; charset=utf-8',
};

/** What follows a metric's name and the labels of its series: a histogram's `_bucket{…,le="1"}`, an outcome. Made once. */
export interface Suffix {
  readonly name: Uint8Array;
  readonly labels: Uint8Array;
}

/** One measurement behind a counter or a bucket, with labels of its own; OpenMetrics alone can say it. */
export interface Exemplar {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
  readonly atMs: number;
}

/** A piece is given away when it is fuller than this; it has room for the longest line that may still come. */
const PIECE_BYTES = 256 * 1024;
const BUFFER_BYTES = PIECE_BYTES + 16 * 1024;
const [SPACE, NEWLINE, OPEN, CLOSE, COMMA, POINT, ZERO] = [32, 10, 123, 125, 44, 46, 48] as const;

/**
 * Writes families one after another, each with its HELP and TYPE before its first sample. Who writes much takes a piece
 * away whenever `isFull`, so that a page of any size needs little memory.
 */
export class Exposition {
  readonly #format: ExpositionFormat;
  #bytes = Buffer.allocUnsafe(BUFFER_BYTES);
  #length = 0;
  #name: Uint8Array = NOTHING;
  /** HELP and TYPE of the family that has no sample yet. */
  #pendingHead: Uint8Array = NOTHING;

  constructor(format: ExpositionFormat = 'prometheus') {
    this.#format = format;
  }

  /** Begins a family: samples that follow are its own. The name of a counter ends in `_total`. */
  family(name: string, type: MetricType, help: string): void {
    // In OpenMetrics `_total` belongs to the samples, not to the family.
    const isOpen = this.#format === 'openmetrics';
    const declared = isOpen && type === 'counter' ? name.replace(/_total$/, '') : name;
    const words = isOpen ? escapeLabel(help) : escapeHelp(help);
    this.#name = encode(name);
    this.#pendingHead = encode(`# HELP ${declared} ${words}\n# TYPE ${declared} ${type}\n`);
  }

  /** Writes a sample of the family. `labels` come from `encodeLabels`. */
  sample(labels: Uint8Array, value: number, suffix: Suffix = NO_SUFFIX, exemplar: Exemplar | null = null): void {
    this.#makeRoom(this.#pendingHead.length + this.#name.length + labels.length + MAX_SUFFIX_BYTES);
    const bytes = this.#bytes;
    let at = copy(this.#pendingHead, bytes, this.#length);
    this.#pendingHead = NOTHING;
    at = copy(suffix.name, bytes, copy(this.#name, bytes, at));
    if (labels.length + suffix.labels.length > 0) {
      bytes[at++] = OPEN;
      at = copy(labels, bytes, at);
      if (labels.length > 0 && suffix.labels.length > 0) bytes[at++] = COMMA;
      at = copy(suffix.labels, bytes, at);
      bytes[at++] = CLOSE;
    }
    bytes[at++] = SPACE;
    at = copyNumber(value, bytes, at);
    this.#length = at;
    if (exemplar !== null && this.#format === 'openmetrics') this.#putText(formatExemplar(exemplar));
    this.#bytes[this.#length++] = NEWLINE;
  }

  /** Whole lines that somebody else wrote. */
  text(lines: string): void {
    this.#putText(lines);
  }

  /** Ends the page; nothing may follow. */
  end(): void {
    if (this.#format === 'openmetrics') this.#putText('# EOF\n');
  }

  /** Whether it is time to take a piece away. */
  get isFull(): boolean {
    return this.#length >= PIECE_BYTES;
  }

  /** What was written since the last call. */
  take(): Uint8Array {
    const piece = this.#bytes.subarray(0, this.#length);
    this.#bytes = Buffer.allocUnsafe(BUFFER_BYTES);
    this.#length = 0;
    return piece;
  }

  /** What was written since the last `take`, as text. */
  toString(): string {
    return this.#bytes.toString('utf8', 0, this.#length);
  }

  #makeRoom(bytes: number): void {
    if (this.#length + bytes <= this.#bytes.length) return;
    const grown = Buffer.allocUnsafe(Math.max(2 * this.#bytes.length, this.#length + bytes));
    this.#bytes.copy(grown, 0, 0, this.#length);
    this.#bytes = grown;
  }

  #putText(text: string): void {
    this.#makeRoom(3 * text.length + 1);
    this.#length += this.#bytes.write(text, this.#length);
  }
}

/** From so many bytes on the call of `set` costs less than the loop. */
const LONG_PART_BYTES = 8;

/** Returns where the part ends. */
function copy(part: Uint8Array, bytes: Buffer, at: number): number {
  const length = part.length;
  if (length >= LONG_PART_BYTES) {
    bytes.set(part, at);
    return at + length;
  }
  for (let i = 0; i < length; i++) bytes[at + i] = part[i] ?? 0;
  return at + length;
}

/**
 * Numbers of at most six decimals are what most samples are, and written by hand several times as quickly. They read as the
 * same number: a quotient and the text of a decimal fraction are both rounded to the nearest one.
 */
function copyNumber(value: number, bytes: Buffer, at: number): number {
  const whole = value | 0;
  const millionths = Math.round((value - whole) * 1e6);
  const isShort = whole >= 0 && millionths >= 0 && millionths < 1e6 && (whole * 1e6 + millionths) / 1e6 === value;
  if (!isShort) return at + bytes.write(formatNumber(value), at, 'latin1');
  const end = copyInteger(whole, bytes, at);
  return millionths === 0 ? end : copyMillionths(millionths, bytes, end);
}

/** `.5` for 500,000. */
function copyMillionths(millionths: number, bytes: Buffer, at: number): number {
  bytes[at] = POINT;
  let end = at + 1;
  for (let rest = millionths, unit = 100_000; rest > 0; unit /= 10) {
    const digit = (rest / unit) | 0;
    bytes[end++] = ZERO + digit;
    rest -= digit * unit;
  }
  return end;
}

function copyInteger(value: number, bytes: Buffer, at: number): number {
  let end = at + 1;
  for (let rest = value; rest >= 10; rest = (rest / 10) | 0) end++;
  let to = end;
  let rest = value;
  do {
    const tenth = (rest / 10) | 0;
    bytes[--to] = ZERO + rest - 10 * tenth;
    rest = tenth;
  } while (rest > 0);
  return end;
}

const NOTHING = new Uint8Array(0);
const NO_SUFFIX: Suffix = { name: NOTHING, labels: NOTHING };
/** Room for a suffix, the punctuation and a number beside name and labels. */
const MAX_SUFFIX_BYTES = 1_024;

/** `suffix('_bucket', { le: '1' })`. Throws `RangeError` when it is longer than there is room for. */
export function suffix(name: string, labels: Readonly<Record<string, string>> = {}): Suffix {
  const made = { name: encode(name), labels: encodeLabels(labels) };
  if (made.name.length + made.labels.length > MAX_SUFFIX_BYTES / 2)
    throw new RangeError(`the suffix ${name} is too long`);
  return made;
}

/** The labels of a series as they stand in its lines. */
export function encodeLabels(labels: Readonly<Record<string, string>>): Uint8Array {
  return encode(formatLabels(labels));
}

/** `{ check: 'a"b' }` → `check="a\"b"`; the text inside the braces. */
export function formatLabels(labels: Readonly<Record<string, string>>): string {
  return Object.entries(labels)
    .map(([name, value]) => `${name}="${escapeLabel(value)}"`)
    .join(',');
}

/** A number as Prometheus reads it. */
export function formatNumber(value: number): string {
  if (Number.isFinite(value)) return String(value);
  if (Number.isNaN(value)) return 'NaN';
  return value > 0 ? '+Inf' : '-Inf';
}

function formatExemplar({ labels, value, atMs }: Exemplar): string {
  return ` # {${formatLabels(labels)}} ${formatNumber(value)} ${(atMs / 1_000).toFixed(3)}`;
}

function encode(text: string): Uint8Array {
  return Buffer.from(text);
}

function escapeLabel(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
}

function escapeHelp(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n');
}
