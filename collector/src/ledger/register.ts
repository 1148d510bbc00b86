import type { LedgerEntry } from '../store/ledger.ts';
import { type BodyOf, DECISIONS, isAction } from './decisions.ts';

/** Who decided something, and when. */
export interface Decided {
  readonly by: string;
  readonly atMs: number;
  /** Of the entry in the audit log. */
  readonly sequence: number;
}

/** Maintenance that was announced. */
export interface Maintenance extends BodyOf<'maintenance.announced'> {
  readonly id: string;
  readonly announced: Decided;
  readonly cancelled: (Decided & BodyOf<'maintenance.cancelled'>) | null;
}

/** An exclusion that was asked for after the fact. */
export interface ExclusionRequest extends BodyOf<'exclusion.requested'> {
  readonly id: string;
  readonly requested: Decided;
  readonly state: 'requested' | 'approved' | 'rejected';
  /** Who approved or rejected it. */
  readonly decided: (Decided & BodyOf<'exclusion.approved'>) | null;
}

/** What somebody said of one digest. */
export interface Signature extends Decided, BodyOf<'statement.approved'> {
  readonly decision: 'approved' | 'disputed' | 'claimed';
}

/** What somebody found out about a condition of a credit. */
export interface Finding extends Decided, BodyOf<'condition.found'> {}

/** Somebody said that they are on it. */
export interface Acknowledgement extends Decided, BodyOf<'alert.acknowledged'> {}

/** One revision of a statement, without its figures: those are in the entry. */
export interface Revision extends BodyOf<'statement.frozen'> {
  readonly sequence: number;
}

/** What all decisions together come to. Made from the audit log alone, entry by entry; the same log gives the same. */
export class Register {
  readonly maintenance = new Map<string, Maintenance>();
  readonly exclusions = new Map<string, ExclusionRequest>();
  /** By the id of the alert. */
  readonly acknowledgements = new Map<string, Acknowledgement>();
  readonly #signatures = new Map<string, Signature[]>();
  readonly #revisions = new Map<string, Revision[]>();
  readonly #findings = new Map<string, Finding[]>();
  readonly #newest = new Map<string, number>();
  #sequence = 0;
  #frozenUntilMs = 0;

  /** The last entry that is in it. */
  get sequence(): number {
    return this.#sequence;
  }

  /** The end of the latest period that was ever frozen: what is later changes no statement. */
  get frozenUntilMs(): number {
    return this.#frozenUntilMs;
  }

  /** The newest entry about a subject; 0 when there is none. */
  newestAbout(subject: string): number {
    return this.#newest.get(subject) ?? 0;
  }

  /** What was said of a contract version or a statement, oldest first, whatever its digest was then. */
  signaturesOf(subject: string): readonly Signature[] {
    return this.#signatures.get(subject) ?? [];
  }

  /** The revisions of a statement, oldest first; empty when it was never frozen. */
  revisionsOf(subject: string): readonly Revision[] {
    return this.#revisions.get(subject) ?? [];
  }

  /** What was found out about the conditions of a contract's version in a period, oldest first. */
  findingsOf({ contract, version, period }: Pick<Finding, 'contract' | 'version' | 'period'>): readonly Finding[] {
    return this.#findings.get(findingsKey({ contract, version, period })) ?? [];
  }

  /** Every statement that was ever frozen, in the order of their first freezing. */
  statements(): readonly (readonly Revision[])[] {
    return [...this.#revisions.values()];
  }

  /** Throws `ZodError` for a body that this program never wrote. An entry that is in it already changes nothing. */
  apply(entry: LedgerEntry): void {
    if (entry.sequence <= this.#sequence) return;
    this.#sequence = entry.sequence;
    this.#newest.set(entry.subject, entry.sequence);
    const { action, subject, body } = entry;
    // What a later version of this program decided is left to that version.
    if (!isAction(action)) return;
    const id = subject.slice(subject.indexOf('/') + 1);
    const decided = { by: entry.actor, atMs: entry.atMs, sequence: entry.sequence };
    switch (action) {
      case 'maintenance.announced':
        this.maintenance.set(id, { ...DECISIONS[action].parse(body), id, announced: decided, cancelled: null });
        return;
      case 'maintenance.cancelled':
        change(this.maintenance, id, { cancelled: { ...DECISIONS[action].parse(body), ...decided } });
        return;
      case 'exclusion.requested': {
        const requested = { ...DECISIONS[action].parse(body), id, requested: decided };
        this.exclusions.set(id, { ...requested, state: 'requested', decided: null });
        return;
      }
      case 'exclusion.approved':
      case 'exclusion.rejected': {
        const state = action === 'exclusion.approved' ? 'approved' : 'rejected';
        change(this.exclusions, id, { state, decided: { ...DECISIONS[action].parse(body), ...decided } });
        return;
      }
      case 'condition.found': {
        const finding = { ...DECISIONS[action].parse(body), ...decided };
        append(this.#findings, findingsKey(finding), finding);
        return;
      }
      case 'alert.acknowledged':
        this.acknowledgements.set(id, { ...DECISIONS[action].parse(body), ...decided });
        return;
      case 'statement.frozen':
      case 'statement.revised': {
        const revision = { ...DECISIONS[action].parse(body), sequence: entry.sequence };
        append(this.#revisions, subject, revision);
        this.#frozenUntilMs = Math.max(this.#frozenUntilMs, revision.period.to_ms);
        return;
      }
      case 'contract.approved':
      case 'statement.approved':
      case 'statement.disputed':
      case 'statement.claimed': {
        const signature = { ...DECISIONS[action].parse(body), ...decided, decision: SIGNED[action] };
        append(this.#signatures, subject, signature);
      }
    }
  }
}

const SIGNED = {
  'contract.approved': 'approved',
  'statement.approved': 'approved',
  'statement.disputed': 'disputed',
  'statement.claimed': 'claimed',
} as const;

function findingsKey({ contract, version, period }: Pick<Finding, 'contract' | 'version' | 'period'>): string {
  return `${contract}/${version}/${period}`;
}

function change<Value extends object>(map: Map<string, Value>, id: string, changes: Partial<Value>): void {
  const before = map.get(id);
  if (before !== undefined) map.set(id, { ...before, ...changes });
}

function append<Value>(map: Map<string, Value[]>, key: string, value: Value): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [value]);
  else list.push(value);
}
