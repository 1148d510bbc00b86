import type { ReportedEvent } from '@nines/shared/event.ts';
import type { HttpMapping } from '@nines/shared/phone/http-mapping.ts';
import { occupancyPpm } from '@nines/shared/phone/queue-gauges.ts';
import { type ReadCallOptions, RecordMistake, readCall } from '@nines/shared/phone/read-call.ts';
import { parseJsonPath, valueAt } from '@nines/shared/probes/json-path.ts';
import { ProbeFailure } from '../failure-reason.ts';

type Gauges = NonNullable<HttpMapping['gauges']>;

const COUNTS = ['waiting', 'logged_in', 'available', 'paused', 'offered', 'answered', 'abandoned'] as const;
const LENGTHS = ['longest_wait', 'mean_wait'] as const;

/** The document of an answer. Throws `ProbeFailure` when it is none. */
export function readDocument(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new ProbeFailure('invalid-response', `expected JSON, got ${JSON.stringify(text.slice(0, 60))}`);
  }
}

/**
 * How the queues stand together, in the units of the probe's values: counts of several are added up, the longest wait is
 * the longest of all, a mean is told of a single queue only. `null` queues are all. Throws `ProbeFailure` when nothing
 * that the mapping names is there.
 */
export function readGauges(
  document: unknown,
  mapping: Gauges,
  queues: ReadonlySet<string> | null,
): Record<string, number> {
  const entries = entriesOf(document, mapping, queues);
  const values: Record<string, number> = {};
  for (const name of COUNTS) {
    const found = numbersAt(entries, mapping[name]);
    if (found.length > 0) values[name] = Math.round(found.reduce((sum, one) => sum + one, 0));
  }
  const micros = mapping.lengths === 'seconds' ? 1_000_000 : 1_000;
  for (const name of LENGTHS) {
    const found = numbersAt(entries, mapping[name]);
    if (found.length > 0 && (name === 'longest_wait' || entries.length === 1)) {
      values[name] = Math.round(Math.max(...found) * micros);
    }
  }
  const { logged_in: loggedIn, available, paused } = values;
  if (loggedIn !== undefined && available !== undefined && paused !== undefined) {
    const occupancy = occupancyPpm({ loggedIn, available, paused });
    if (occupancy !== null) values.occupancy = occupancy;
  }
  if (entries.length > 0 && Object.keys(values).length === 0)
    throw new ProbeFailure('json-mismatch', 'nothing stands where the mapping says that gauges are');
  return values;
}

function entriesOf(document: unknown, mapping: Gauges, queues: ReadonlySet<string> | null): readonly unknown[] {
  if (mapping.queues === undefined) return [document];
  const list = listAt(document, mapping.queues);
  const { name } = mapping;
  return name === undefined ? list : list.filter((entry) => queues?.has(textOf(at(entry, name)) ?? '') ?? true);
}

function numbersAt(entries: readonly unknown[], paths: readonly string[] | undefined): number[] {
  const values = (paths ?? []).flatMap((path) => entries.map((entry) => at(entry, path)));
  return values.flatMap((value) => {
    const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
    return typeof number === 'number' && number >= 0 && number < 1e9 ? [number] : [];
  });
}

/** A page of calls, those of other queues left out; records that are none by the mapping are mistakes. */
export interface CallPage {
  readonly records: number;
  readonly calls: readonly ReportedEvent[];
  readonly mistakes: readonly RecordMistake[];
  /** Where the next page is. */
  readonly next: string | null;
}

/** The calls of a page. Throws `ProbeFailure` when there is no list of them. */
export function readCalls(
  document: unknown,
  options: Omit<ReadCallOptions, 'mapping'> & { readonly mapping: NonNullable<HttpMapping['calls']> },
  queues: ReadonlySet<string> | null,
): CallPage {
  const { list, next } = options.mapping;
  const records = listAt(document, list);
  const calls: ReportedEvent[] = [];
  const mistakes: RecordMistake[] = [];
  for (const record of records) {
    try {
      const call = readCall((path) => textOf(at(record, path)), options);
      if (queues?.has(call.labels.queue ?? '') ?? true) calls.push(call);
    } catch (error) {
      if (!(error instanceof RecordMistake)) throw error;
      mistakes.push(error);
    }
  }
  return { records: records.length, calls, mistakes, next: next === undefined ? null : textOf(at(document, next)) };
}

function listAt(document: unknown, path: string): readonly unknown[] {
  const list = at(document, path);
  if (!Array.isArray(list)) throw new ProbeFailure('json-mismatch', `there is no list at ${path}`);
  return list;
}

function at(document: unknown, path: string): unknown {
  return valueAt(document, parseJsonPath(path) ?? []);
}

/** `null` for what is absent, empty, or no single value. */
function textOf(value: unknown): string | null {
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  return typeof value === 'string' && value !== '' ? value : null;
}
