import * as z from 'zod';

/** A path as it stands in a configuration; it stays text because it travels to the agent. */
export const jsonPath = z
  .string()
  .refine((text) => parseJsonPath(text) !== null, 'expected a path such as items[0].state or ["a key"][2]');

/**
 * `items[0].state` → `['items', 0, 'state']`; `["a.b"]` is a key with any characters (a JSON string), `$.` at the
 * beginning is allowed, `$` alone is the whole document. `null` when the text is no path.
 */
export function parseJsonPath(text: string): (string | number)[] | null {
  const steps: (string | number)[] = [];
  let rest = text.replace(/^\$\.?/, '');
  if (rest === '') return text === '$' ? steps : null;
  for (let isFirst = !text.startsWith('$['); rest !== ''; isFirst = false) {
    const match = /^(?:(\.?)([^.[\]"\s]+)|\[(\d+)\]|\[("(?:[^"\\]|\\.)*")\])/.exec(rest);
    if (match === null) return null;
    const [whole, dot, key, index, quoted] = match;
    if (key !== undefined && (dot === '') !== isFirst) return null;
    const step = key ?? (index === undefined ? unquote(quoted ?? '') : Number(index));
    if (step === null) return null;
    steps.push(step);
    rest = rest.slice(whole.length);
  }
  return steps;
}

/** The value at the path; `undefined` when the document has none there. */
export function valueAt(document: unknown, path: readonly (string | number)[]): unknown {
  let value = document;
  for (const step of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) return undefined;
    value = Reflect.get(value, step);
  }
  return value;
}

function unquote(text: string): string | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'string' ? value : null;
  } catch {
    return null;
  }
}
