import { RequestError } from './errors.ts';

/** Refuses a request that names a parameter which is not there: a misspelt one would be a figure of something else. */
export function refuseUnknown(query: object, known: ReadonlySet<string>): void {
  for (const [key, value] of Object.entries(query)) {
    if (!known.has(key)) throw bad(`unknown parameter ${key}`);
    if (typeof value !== 'string') throw bad(`${key} is given more than once`);
  }
}

const RFC_3339 = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,3})?)?(Z|[+-]\d{2}:\d{2})$/;

/** RFC 3339 with an offset, or integer ms, as an instant. Throws `RequestError`. */
export function readInstant(text: string | undefined, name: string): number {
  if (text === undefined) throw bad(`${name} is missing: from and to go together`);
  const atMs = /^\d{1,15}$/.test(text) ? Number(text) : RFC_3339.test(text) ? Date.parse(text) : Number.NaN;
  if (!Number.isSafeInteger(atMs)) throw bad(`${name}: expected 2026-01-31T00:00:00Z or integer milliseconds`);
  return atMs;
}

/** `from` and `to` as an interval; `null` when neither is given. Throws `RequestError`. */
export function readInterval({ from, to }: { readonly from?: string; readonly to?: string }) {
  if (from === undefined && to === undefined) return null;
  const interval = { fromMs: readInstant(from, 'from'), toMs: readInstant(to, 'to') };
  if (interval.fromMs >= interval.toMs) throw bad('from has to be before to');
  return interval;
}

/** A request that can never be answered. */
export function bad(message: string): RequestError {
  return new RequestError('bad-request', message);
}
