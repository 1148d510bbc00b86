import { isMap, isPair, isScalar, LineCounter, type Node, parseDocument, type YAMLError } from 'yaml';
import type * as z from 'zod';
import { ConfigError, type Mistake } from '../errors.ts';
import { knownKeysAt } from './known-keys.ts';
import { nearest } from './nearest.ts';

type Path = readonly PropertyKey[];

/**
 * YAML text → the schema's value. Throws `ConfigError` with every mistake: YAML syntax, duplicate keys, and each
 * broken rule of the schema, all with line and column. `source` is the file's name as the operator wrote it.
 */
export function parseConfig<Schema extends z.ZodType>(text: string, schema: Schema, source: string): z.output<Schema> {
  const document = readDocument(text, source);
  const result = schema.safeParse(document.value, { reportInput: true });
  if (result.success) return result.data;
  const mistakes = result.error.issues.flatMap((issue) => toMistakes(issue, { schema, document, source }));
  throw new ConfigError(mistakes.sort((a, b) => a.line - b.line || a.column - b.column));
}

/** A place in a parsed document, for rules that are checked after the schema (dangling references, duplicates). */
export interface ParsedDocument {
  readonly value: unknown;
  readonly place: (path: Path, ofKey?: boolean) => { readonly line: number; readonly column: number };
}

/** YAML 1.2 text → value and places. Throws `ConfigError` for syntax errors and duplicate keys. */
export function readDocument(text: string, source: string): ParsedDocument {
  const lines = new LineCounter();
  const document = parseDocument(text, {
    lineCounter: lines,
    uniqueKeys: true,
    prettyErrors: false,
    maxAliasCount: 100,
  } as never);
  const broken: YAMLError[] = [...document.errors, ...document.warnings];
  if (broken.length > 0) {
    throw new ConfigError(
      broken.map((error) => {
        const { line, col } = lines.linePos(error.pos[0]);
        return { source, line, column: col, path: '', message: error.message.split('\n')[0] ?? 'not YAML' };
      }),
    );
  }
  return {
    value: document.toJS() ?? {},
    place(path, ofKey = false) {
      const { line, col } = lines.linePos(offsetOf(document.contents, path, ofKey));
      return { line, column: col };
    },
  };
}

/** `['checks', 0, 'probe']` → `checks[0].probe`. */
export function formatPath(path: Path): string {
  return path.reduce<string>((text, key) => {
    if (typeof key === 'number') return `${text}[${key}]`;
    return text === '' ? String(key) : `${text}.${String(key)}`;
  }, '');
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
  if (typeof node === 'object' && node !== null && 'items' in node && Array.isArray(node.items)) {
    const value: unknown = node.items[Number(key)];
    return value === undefined ? null : { key: value, value };
  }
  return null;
}

function startOf(node: unknown): number {
  return (node as Node | null)?.range?.[0] ?? 0;
}

interface IssueContext {
  readonly schema: z.ZodType;
  readonly document: ParsedDocument;
  readonly source: string;
}

function toMistakes(issue: z.core.$ZodIssue, context: IssueContext): Mistake[] {
  const { document, source } = context;
  if (issue.code === 'unrecognized_keys') {
    const known = knownKeysAt(context.schema, issue.path, document.value);
    return issue.keys.map((key) => {
      const path = [...issue.path, key];
      return { source, ...document.place(path, true), path: formatPath(path), message: unknownKey(key, known) };
    });
  }
  // A union reports the branch that came furthest: the operator meant that one.
  const best = issue.code === 'invalid_union' ? furthestBranch(issue) : null;
  if (best !== null)
    return best.flatMap((inner) => toMistakes({ ...inner, path: [...issue.path, ...inner.path] }, context));
  return [{ source, ...document.place(issue.path), path: formatPath(issue.path), message: sentence(issue) }];
}

function unknownKey(key: string, known: readonly string[]): string {
  const suggestion = nearest(key, known);
  if (suggestion !== null) return `unknown key, did you mean ${suggestion}?`;
  return known.length > 0 ? `unknown key; known here: ${known.join(', ')}` : 'unknown key';
}

function furthestBranch(issue: z.core.$ZodIssueInvalidUnion): readonly z.core.$ZodIssue[] | null {
  const deep = issue.errors.filter((branch) => branch.some((inner) => inner.path.length > 0));
  return deep.length === 1 ? (deep[0] ?? null) : null;
}

function sentence(issue: z.core.$ZodIssue): string {
  if (issue.code === 'invalid_union' && issue.discriminator !== undefined) {
    const options = 'options' in issue && Array.isArray(issue.options) ? issue.options.map(String) : [];
    const suggestion = typeof issue.input === 'string' ? nearest(issue.input, options) : null;
    const hint = suggestion === null ? `expected one of ${options.join(', ')}` : `did you mean ${suggestion}?`;
    return `unknown ${issue.discriminator}, ${hint}`;
  }
  if (issue.code === 'invalid_type' && issue.input === undefined) return 'required, but missing';
  return issue.message.replace(/^Invalid input: /, '');
}
