import {
  type Document,
  isMap,
  isPair,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  parseDocument,
  visit,
  type YAMLError,
} from 'yaml';
import type * as z from 'zod';
import { ConfigError, type Mistake } from '../errors.ts';
import { explainIssues } from './explain-issue.ts';

/** The keys and indexes that lead to a value of a file. */
export type Path = readonly PropertyKey[];

/** Uses of anchors, multiplied through nested ones: thousands of checks may share one, a "billion laughs" may not. */
const MAX_ALIASES = 100_000;

/**
 * YAML text → the schema's value. Throws `ConfigError` with every mistake: YAML syntax, duplicate keys, and each
 * broken rule of the schema, all with line and column, in the order of the file. `source` is the file's name as the
 * operator wrote it.
 */
export function parseConfig<Schema extends z.ZodType>(text: string, schema: Schema, source: string): z.output<Schema> {
  return judgeDocument(readDocument(text, source), schema, source);
}

/** A document that was read already → the schema's value. Throws `ConfigError` as `parseConfig` does. */
export function judgeDocument<Schema extends z.ZodType>(
  document: ParsedDocument,
  schema: Schema,
  source: string,
): z.output<Schema> {
  const result = schema.safeParse(document.value, { reportInput: true });
  if (result.success) return result.data;
  const findings = explainIssues(result.error.issues, { schema, value: document.value });
  throw inOrder(
    findings.map(({ path, ofKey, message }) => {
      return { source, ...document.place(path, ofKey), path: formatPath(path), message };
    }),
  );
}

/** A place in a parsed document, for rules that are checked after the schema (dangling references, duplicates). */
export interface ParsedDocument {
  readonly value: unknown;
  readonly place: (path: Path, ofKey?: boolean) => { readonly line: number; readonly column: number };
}

/** YAML 1.2 text → value and places; an empty file is `{}`. Throws `ConfigError` for syntax errors and duplicate keys. */
export function readDocument(text: string, source: string): ParsedDocument {
  const lines = new LineCounter();
  const placeAt = (offset: number) => {
    const { line, col } = lines.linePos(offset);
    return { line, column: col };
  };
  const document = parseDocument(text, { lineCounter: lines, uniqueKeys: true, prettyErrors: false });
  const flaws = [
    ...[...document.errors, ...document.warnings].map((error) => syntaxFlaw(error, text)),
    ...refusedNodes(document),
  ];
  const value = flaws.length === 0 ? toValue(document, flaws) : null;
  if (flaws.length > 0) {
    throw inOrder(flaws.map(({ offset, message }) => ({ source, ...placeAt(offset), path: '', message })));
  }
  return { value: value ?? {}, place: (path, ofKey = false) => placeAt(offsetOf(document.contents, path, ofKey)) };
}

/** `['checks', 0, 'probe']` → `checks[0].probe`. */
export function formatPath(path: Path): string {
  return path.reduce<string>((text, key) => {
    if (typeof key === 'number') return `${text}[${key}]`;
    if (!/^[\w-]+$/.test(String(key))) return `${text}[${JSON.stringify(String(key))}]`;
    return text === '' ? String(key) : `${text}.${String(key)}`;
  }, '');
}

function inOrder(mistakes: readonly Mistake[]): ConfigError {
  return new ConfigError([...mistakes].sort((a, b) => a.line - b.line || a.column - b.column));
}

interface Flaw {
  readonly offset: number;
  readonly message: string;
}

function syntaxFlaw(error: YAMLError, text: string): Flaw {
  const [offset, end] = error.pos;
  const [message = ''] = error.message.split('\n');
  if (error.code === 'DUPLICATE_KEY') {
    const key = /^(?:"[^"]*"|'[^']*'|[^:\s,{}[\]]+)/.exec(text.slice(offset, Math.max(end, offset + 80)))?.[0] ?? '';
    return { offset, message: `the key ${key} stands here a second time` };
  }
  if (error.code === 'MULTIPLE_DOCS') return { offset, message: 'a second document begins here; a file holds one' };
  if (/call stack/.test(message)) return { offset, message: 'nested too deeply' };
  return { offset, message };
}

/** What is YAML but no configuration: an alias of nothing, and keys that a mapping of names cannot hold. */
function refusedNodes(document: Document): Flaw[] {
  const flaws: Flaw[] = [];
  if (document.errors.length > 0) return flaws;
  // In the order of the file, as YAML sets anchors; asking the library for each alias walks the whole file each time.
  const anchors = new Set<string>();
  visit(document, {
    Value(_, { anchor }) {
      if (anchor !== undefined) anchors.add(anchor);
    },
    Alias(_, alias) {
      if (!anchors.has(alias.source)) {
        flaws.push({ offset: startOf(alias), message: `the anchor &${alias.source} is not set before this alias` });
      }
    },
    Pair(_, { key }) {
      const isName = isScalar(key) && key.value !== null && String(key.value) !== '__proto__';
      if (!isName) flaws.push({ offset: startOf(key), message: 'a key has to be a name' });
    },
  });
  return flaws;
}

function toValue(document: Document, flaws: Flaw[]): unknown {
  try {
    return document.toJS({ maxAliasCount: MAX_ALIASES });
  } catch (error) {
    // The library's own guards; anything else is a bug and goes on.
    if (error instanceof ReferenceError) flaws.push({ offset: 0, message: 'its aliases (*name) expand to too much' });
    else if (error instanceof RangeError) flaws.push({ offset: 0, message: 'nested too deeply' });
    else throw error;
    return null;
  }
}

function offsetOf(root: unknown, path: Path, ofKey: boolean): number {
  let node = root;
  let offset = startOf(root);
  for (const [depth, key] of path.entries()) {
    const isLast = depth === path.length - 1;
    const next = childOf(node, key);
    if (next === null) return offset;
    offset = startOf(isLast && ofKey ? next.key : next.value) || offset;
    node = next.value;
  }
  return offset;
}

function childOf(node: unknown, key: PropertyKey): { readonly key: unknown; readonly value: unknown } | null {
  if (isMap(node)) {
    const pair = node.items.find(
      (item) => isPair(item) && isScalar(item.key) && String(item.key.value) === String(key),
    );
    return pair === undefined ? null : { key: pair.key, value: pair.value ?? pair.key };
  }
  const value: unknown = isSeq(node) ? node.items[Number(key)] : undefined;
  return value === undefined ? null : { key: value, value };
}

function startOf(node: unknown): number {
  return (node as Node | null)?.range?.[0] ?? 0;
}
