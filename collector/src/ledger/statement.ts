import { type CanonicalValue, canonicalJson } from '@nines/shared/config/canonical-json.ts';
import type { PeriodDocument } from '../http/period-document.ts';
import type { Role } from '../sla/contract.ts';
import { sha256 } from './chain.ts';
import { type Change, changesBetween } from './changes.ts';

/** A JSON object that has a canonical form. */
export type CanonicalObject = { readonly [key: string]: CanonicalValue };

/** What a statement is made of besides its place among the revisions. */
export interface StatementContent {
  readonly contract: {
    readonly id: string;
    readonly version: number;
    readonly digest: string;
    readonly customer: string;
  };
  readonly period: PeriodDocument;
  /** How the customer's objections end: they may claim until then; `null` whenever they like. */
  readonly claim_until_ms: number | null;
  /** Whose signatures it needs, in this order. */
  readonly approvals: readonly Role[];
  /** Every objective, and what is owed: all that was promised, measured, excluded and computed. */
  readonly figures: CanonicalObject;
  /** SHA-256 of what the figures were computed from: what every agent saw, and the events. */
  readonly inputs_digest: string;
}

/** A frozen statement, as it stands in the audit log. It is never edited: a correction is the next revision. */
export interface Statement extends StatementContent {
  readonly form: 1;
  readonly revision: number;
  readonly frozen_at_ms: number;
  /** The program that computed it. */
  readonly program: string;
  /** Why there is this revision; empty for the first. */
  readonly why: readonly string[];
  /** What is other than in the revision before, field by field; empty for the first. */
  readonly changes: readonly Change[];
  /** The digest of the revision before; `null` for the first. */
  readonly previous_digest: string | null;
  /** SHA-256 of `figures` as canonical JSON: the same figures have the same one, whenever they are computed. */
  readonly figures_digest: string;
  /** SHA-256 of everything else here as canonical JSON. This is what people sign. */
  readonly digest: string;
}

/** When, by what and after which statement one is made. */
export interface Freezing {
  readonly atMs: number;
  readonly program: string;
  readonly previous: Statement | null;
  readonly why: readonly string[];
}

/** The subject of a statement in the audit log. */
export function statementSubject(contract: string, period: string): string {
  return `statement/${contract}/${period}`;
}

export function figuresDigest({ figures }: Pick<StatementContent, 'figures'>): string {
  return sha256(canonicalJson(figures));
}

/** The statement of a content: the same content, frozen at the same instant after the same one, has the same digest. */
export function toStatement(content: StatementContent, { atMs, program, previous, why }: Freezing): Statement {
  const statement = {
    ...content,
    form: 1 as const,
    revision: (previous?.revision ?? 0) + 1,
    frozen_at_ms: atMs,
    program,
    why,
    changes: previous === null ? [] : changesBetween(previous.figures, content.figures),
    previous_digest: previous?.digest ?? null,
    figures_digest: figuresDigest(content),
  };
  return { ...statement, digest: sha256(canonicalJson(plain(statement))) };
}

/** Whether a statement is what its digests say; what the audit log holds is, or somebody changed it. */
export function isWhole(statement: Statement): boolean {
  const { digest, ...rest } = statement;
  return figuresDigest(statement) === statement.figures_digest && sha256(canonicalJson(plain(rest))) === digest;
}

/** Safe: every part of a statement is text, an integer, `null`, a list or an object of these; an interface hides that. */
export function plain(statement: object): CanonicalObject {
  return statement as CanonicalObject;
}
