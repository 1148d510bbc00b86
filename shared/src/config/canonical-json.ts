/** What canonical JSON can hold: no fractions, because two programs may write them differently. */
export type CanonicalValue =
  | string
  | number
  | boolean
  | null
  | readonly CanonicalValue[]
  | { readonly [key: string]: CanonicalValue };

/**
 * One spelling for one value: no white space, keys in the order of their UTF-16 code units, strings and integers as
 * ECMAScript writes them (RFC 8785). Throws `RangeError` for a number that is no safe integer and for a string with half
 * a surrogate pair: neither has a spelling that every program agrees on.
 */
export function canonicalJson(value: CanonicalValue): string {
  if (typeof value === 'number') {
    if (!Number.isSafeInteger(value)) throw new RangeError(`${value} is no safe integer`);
    // JSON.stringify writes -0 as 0, as RFC 8785 wants it.
    return JSON.stringify(value);
  }
  if (typeof value === 'string') {
    if (!value.isWellFormed()) throw new RangeError('half a surrogate pair is no text');
    return JSON.stringify(value);
  }
  if (typeof value === 'boolean' || value === null) return String(value);
  if (isList(value)) return `[${value.map(canonicalJson).join(',')}]`;
  const members = Object.keys(value)
    .sort()
    .map((key) => `${canonicalJson(key)}:${canonicalJson(value[key] ?? null)}`);
  return `{${members.join(',')}}`;
}

/** `Array.isArray` does not narrow a readonly array away from the rest. */
function isList(value: object): value is readonly CanonicalValue[] {
  return Array.isArray(value);
}
