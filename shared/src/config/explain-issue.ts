import type * as z from 'zod';
import { knownKeysAt, meantOption, schemaAt } from './known-keys.ts';
import { nearest } from './nearest.ts';

type Issue = z.core.$ZodIssue;
type Path = readonly PropertyKey[];

/** One broken rule as a sentence for the operator. `ofKey`: the key itself is wrong, not what it holds. */
export interface Finding {
  readonly path: Path;
  readonly ofKey: boolean;
  readonly message: string;
}

/** The schema that was broken and the whole value that broke it. */
export interface Judged {
  readonly schema: z.core.$ZodType;
  readonly value: unknown;
}

/**
 * What zod found, as sentences. Texts from the file are echoed only by fields that say so themselves: what stands in a
 * wrong place may be a secret.
 */
export function explainIssues(issues: readonly Issue[], judged: Judged): Finding[] {
  const findings: Finding[] = [];
  const misspelt = new Set<string>();
  for (const issue of issues) {
    if (issue.code !== 'unrecognized_keys') continue;
    const known = knownKeysAt(judged.schema, issue.path, judged.value);
    for (const key of issue.keys) {
      const suggestion = nearest(key, known);
      if (suggestion !== null) misspelt.add(JSON.stringify([...issue.path, suggestion]));
      findings.push({ path: [...issue.path, key], ofKey: true, message: unknownKey(suggestion, known) });
    }
  }
  for (const issue of issues) {
    // A misspelt key is one mistake: that the right one is missing says it a second time.
    if (issue.code === 'unrecognized_keys' || (isMissing(issue) && misspelt.has(JSON.stringify(issue.path)))) continue;
    findings.push(...explain(issue, judged));
  }
  return findings;
}

function explain(issue: Issue, judged: Judged): Finding[] {
  if (issue.code === 'invalid_key') {
    return [{ path: issue.path, ofKey: true, message: issue.issues[0]?.message ?? 'not allowed as a key' }];
  }
  if (issue.code === 'invalid_union' && issue.discriminator === undefined && !isMissing(issue)) {
    const inner = meantBranch(issue, judged);
    if (inner !== null) return inner;
  }
  return [{ path: issue.path, ofKey: false, message: sentence(issue) }];
}

/** The findings of the union's branch that the operator meant; `null` when that cannot be told. */
function meantBranch(issue: z.core.$ZodIssueInvalidUnion, judged: Judged): Finding[] | null {
  const at = schemaAt(judged.schema, issue.path, judged.value);
  const option = at === undefined ? null : meantOption(at.schema, at.value);
  const errors = option === null ? undefined : issue.errors[option.index];
  if (at === undefined || option === null || errors === undefined || errors.length === 0) return null;
  return explainIssues(errors, { schema: option.schema, value: at.value }).map((finding) => ({
    ...finding,
    path: [...issue.path, ...finding.path],
  }));
}

function unknownKey(suggestion: string | null, known: readonly string[]): string {
  if (suggestion !== null) return `unknown key, did you mean ${suggestion}?`;
  return known.length > 0 ? `unknown key; known here: ${known.join(', ')}` : 'unknown key';
}

function sentence(issue: Issue): string {
  if (isMissing(issue)) return 'required, but missing';
  if (issue.input === null) return 'required, but empty';
  switch (issue.code) {
    case 'invalid_type':
      return isDefault(issue) ? `expected ${typeWord(issue.expected)}, not ${valueWord(issue.input)}` : issue.message;
    case 'invalid_value':
      return isDefault(issue) ? oneOf(issue.values.map(String), issue.input) : issue.message;
    case 'invalid_union':
      return unionSentence(issue);
    case 'too_small':
    case 'too_big':
      return isDefault(issue) ? boundSentence(issue) : issue.message;
    default:
      return issue.message.replace(/^Invalid (input|string): /, '');
  }
}

function unionSentence(issue: z.core.$ZodIssueInvalidUnion): string {
  if (issue.discriminator !== undefined) {
    const known = 'options' in issue && Array.isArray(issue.options) ? issue.options.map(String) : [];
    const given = ownValue(issue.input, issue.discriminator);
    if (given === undefined) return `required, but missing: one of ${known.join(', ')}`;
    return `unknown ${issue.discriminator}, ${oneOf(known, given)}`;
  }
  const root = issue.errors.flatMap((branch) => branch.filter((inner) => inner.path.length === 0));
  const words = root.flatMap((inner) => (inner.code === 'invalid_value' ? inner.values.map(String) : []));
  const suggestion = typeof issue.input === 'string' ? nearest(issue.input, words) : null;
  if (suggestion !== null) return `did you mean ${suggestion}?`;
  if (!isDefault(issue)) return issue.message;
  const types = root.flatMap((inner) => (inner.code === 'invalid_type' ? [typeWord(inner.expected)] : []));
  const expected = [...words, ...new Set(types)];
  return expected.length > 0 ? `expected ${expected.join(' or ')}` : 'not one of the forms that are known here';
}

function oneOf(known: readonly string[], given: unknown): string {
  const suggestion = typeof given === 'string' ? nearest(given, known) : null;
  if (suggestion !== null) return `did you mean ${suggestion}?`;
  return known.length === 1 ? `expected ${known[0]}` : `expected one of ${known.join(', ')}`;
}

function boundSentence(issue: z.core.$ZodIssueTooSmall | z.core.$ZodIssueTooBig): string {
  const [limit, word] = issue.code === 'too_small' ? [issue.minimum, 'least'] : [issue.maximum, 'most'];
  if (issue.origin === 'string')
    return limit === 1 && word === 'least' ? 'must not be empty' : `expected at ${word} ${limit} characters`;
  if (issue.origin === 'array') return `expected at ${word} ${limit} in this list`;
  return typeof issue.input === 'number'
    ? `expected at ${word} ${limit}, not ${issue.input}`
    : `expected at ${word} ${limit}`;
}

function isMissing(issue: Issue): boolean {
  return issue.input === undefined && issue.code !== 'custom' && issue.code !== 'invalid_key';
}

/** Whether the message is zod's own wording, not one that a field chose. */
function isDefault(issue: Issue): boolean {
  return /^(Invalid (input|option)|Too (small|big))/.test(issue.message);
}

const TYPE_WORDS: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  object: 'a mapping',
  record: 'a mapping',
  array: 'a list',
};

function typeWord(type: string): string {
  return TYPE_WORDS[type] ?? type;
}

function valueWord(value: unknown): string {
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'a mapping';
  return typeof value === 'string' ? 'text' : String(value);
}

function ownValue(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, key)
    ? Object.getOwnPropertyDescriptor(value, key)?.value
    : undefined;
}
