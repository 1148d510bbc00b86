import { type CanonicalValue, canonicalJson } from '@nines/shared/config/canonical-json.ts';

/** One field that is other than before; `null` where it was not, or is no longer, there. */
export interface Change {
  /** `objectives[0].bad`. */
  readonly field: string;
  readonly before: CanonicalValue;
  readonly after: CanonicalValue;
}

/** Every field that differs, by its name; lists that differ in length are told as a whole. */
export function changesBetween(before: CanonicalValue, after: CanonicalValue, field = ''): Change[] {
  if (isList(before) && isList(after) && before.length === after.length) {
    return before.flatMap((one, index) => changesBetween(one, after[index] ?? null, `${field}[${index}]`));
  }
  if (isObject(before) && isObject(after)) {
    const names = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
    return names.flatMap((name) => {
      const [was, is] = [before[name] ?? null, after[name] ?? null];
      const path = field === '' ? name : `${field}.${name}`;
      const isInBoth = Object.hasOwn(before, name) && Object.hasOwn(after, name);
      return isInBoth ? changesBetween(was, is, path) : [{ field: path, before: was, after: is }];
    });
  }
  return canonicalJson(before) === canonicalJson(after) ? [] : [{ field, before, after }];
}

function isList(value: CanonicalValue): value is readonly CanonicalValue[] {
  return Array.isArray(value);
}

function isObject(value: CanonicalValue): value is { readonly [key: string]: CanonicalValue } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
