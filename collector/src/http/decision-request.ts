import { explainIssues } from '@nines/shared/config/explain-issue.ts';
import { formatPath } from '@nines/shared/config/parse.ts';
import * as z from 'zod';
import type { Ledger } from '../ledger/ledger.ts';
import type { Known } from '../ledger/maintenance.ts';
import type { Person } from '../ledger/person.ts';
import { bad, readInstant } from './query.ts';

/** What the resources of decisions need. */
export interface DecisionOptions {
  readonly ledger: Ledger;
  readonly known: () => Known;
  /** Whose token a request holds; throws `Unauthorized`. */
  readonly person: (authorization: string | undefined) => Person;
  /** Told of every decision by which time begins or ceases to count: figures that hold it are others now. */
  readonly onDecided: (about: { readonly from_ms: number; readonly to_ms: number }) => void;
}

/** An instant as `2026-01-31T00:00:00Z` or integer milliseconds. */
export const instantField = z.union([z.string(), z.int()]).transform((value) => String(value));

/** The body as the schema wants it. Throws `RequestError` with every mistake and its field, as the configuration does. */
export function readBody<Schema extends z.ZodType>(schema: Schema, body: unknown): z.output<Schema> {
  const result = schema.safeParse(body, { reportInput: true });
  if (result.success) return result.data;
  const findings = explainIssues(result.error.issues, { schema, value: body });
  throw bad(findings.map(({ path, message }) => `${formatPath(path) || 'body'}: ${message}`).join('; '));
}

/** `from` and `to` of a body, in ms. */
export function readStretch({ from, to }: { readonly from: string; readonly to: string }) {
  return { from_ms: readInstant(from, 'from'), to_ms: readInstant(to, 'to') };
}

/** An instant as the API writes it. */
export function instantText(atMs: number): string {
  return new Date(atMs).toISOString();
}
