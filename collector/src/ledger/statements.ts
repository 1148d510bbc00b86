import type { CanonicalValue } from '@nines/shared/config/canonical-json.ts';
import type { Event } from '@nines/shared/event.ts';
import type { Nines } from '../config/nines.ts';
import type { Evaluation } from '../evaluate/evidence.ts';
import { checksOf } from '../sla/indicator.ts';
import type { Objective } from '../sla/objective.ts';
import { extentOf } from '../store/extent.ts';
import type { JournalEntry, Store } from '../store/store.ts';
import { VERSION } from '../version.ts';
import { DecisionError } from './decision-error.ts';
import { type Ledger, PROGRAM } from './ledger.ts';
import { type Person, requireRole } from './person.ts';
import type { Revision } from './register.ts';
import { type Statement, statementSubject, toStatement } from './statement.ts';
import { statementContent } from './statement-content.ts';
import { periodsEnded, type StatementPeriod, statementPeriod } from './statement-periods.ts';

export interface StatementsOptions {
  readonly ledger: Ledger;
  readonly nines: () => Pick<Nines, 'contracts' | 'statementGraceMs'>;
  readonly evaluation: () => Evaluation;
  readonly store: Pick<Store, 'contracts' | 'covered'>;
}

/** How often statements that are due are looked for. */
export const STATEMENTS_EVERY_MS = 60_000;

/** The statements of all contracts: frozen when they are due, revised when what they were made of changed. */
export class Statements {
  readonly #options: StatementsOptions;
  /** Where observations or decisions came in behind a frozen period: subject → what came. */
  readonly #touched = new Map<string, Set<string>>();

  constructor(options: StatementsOptions) {
    this.#options = options;
  }

  /** The audit log in which they are. */
  get ledger(): Ledger {
    return this.#options.ledger;
  }

  /** Something came late about time that is frozen: the statements that hold it are looked at again by `work`. */
  touch({ fromMs, toMs, why, atMs = this.#options.ledger.nowMs(), concerns = () => true }: Touch): void {
    const { register } = this.#options.ledger;
    if (fromMs >= register.frozenUntilMs) return;
    for (const revisions of register.statements()) {
      const { contract, period, frozen_at_ms: frozenAtMs } = revisions.at(-1) ?? NOTHING;
      if (period.from_ms >= toMs || fromMs >= period.to_ms || atMs < frozenAtMs || !concerns(contract)) continue;
      const subject = statementSubject(contract.id, period.name);
      const reasons = this.#touched.get(subject) ?? new Set();
      this.#touched.set(subject, reasons.add(why));
    }
  }

  touchByBatch({ batch, receivedAtMs: atMs }: Pick<JournalEntry, 'batch' | 'receivedAtMs'>): void {
    const { minAtMs: fromMs, maxAtMs } = extentOf(batch);
    const checks = new Set(batch.checks.map(({ check }) => check));
    const why = `observations of ${batch.agent} that came late`;
    const concerns = this.#measuring(({ indicator }) => checksOf(indicator).some((check) => checks.has(check)));
    this.touch({ fromMs, toMs: maxAtMs + 1, atMs, why, concerns });
  }

  touchByEvents(events: readonly Event[]): void {
    for (const { stream, atMs: fromMs, endedAtMs } of events) {
      const concerns = this.#measuring(({ indicator }) => 'source' in indicator && indicator.source.stream === stream);
      const toMs = (endedAtMs ?? this.#options.ledger.nowMs()) + 1;
      this.touch({ fromMs, toMs, why: `events of ${stream} that came late`, concerns });
    }
  }

  #measuring(is: (objective: Objective) => boolean): (contract: Revision['contract']) => boolean {
    return ({ id, version }) =>
      this.#options
        .nines()
        .contracts.some((one) => one.id === id && one.version === version && one.objectives.some(is));
  }

  /** Freezes what is due and revises what changed; one after another. Resolves with `false`: nothing is left to do. */
  async work(): Promise<false> {
    const { ledger, nines } = this.#options;
    await ledger.refresh();
    for (const period of await this.#due()) await this.#freeze(period, PROGRAM, []);
    for (const [subject, why] of [...this.#touched]) {
      this.#touched.delete(subject);
      const newest = ledger.register.revisionsOf(subject).at(-1);
      const contract = nines().contracts.find(
        ({ id, version, isDraft }) => !isDraft && id === newest?.contract.id && version === newest.contract.version,
      );
      const period = contract && newest ? statementPeriod(contract, newest.period.name) : null;
      if (period === null) continue;
      await this.#freeze(period, PROGRAM, [...why]).catch((error: unknown) => {
        this.#touched.set(subject, why);
        throw error;
      });
    }
    return false;
  }

  /**
   * Freezes the statement of a period that is over, by hand: before the grace has passed, or anew. Resolves with what then
   * counts, which is the one before when no figure changed. Rejects with `DecisionError`.
   */
  async freezeNow(
    person: Person,
    { contract: id, period: name }: { readonly contract: string; readonly period: string },
  ) {
    requireRole(person, ['operator', 'provider']);
    const { ledger } = this.#options;
    await ledger.refresh();
    const period = this.periodOf(id, name);
    if (period.toMs > ledger.nowMs()) {
      throw new DecisionError(
        'conflict',
        `${name} of ${id} is not over; it ends at ${new Date(period.toMs).toISOString()}`,
      );
    }
    const subject = statementSubject(id, name);
    await this.#freeze(period, person.name, [`frozen anew by ${person.name}`]);
    return this.newest(subject);
  }

  /** Throws `DecisionError`: `not-found` for a contract or a period that there is not, `conflict` for a draft. */
  periodOf(id: string, name: string): StatementPeriod {
    const versions = this.#options.nines().contracts.filter((contract) => contract.id === id);
    if (versions.length === 0) throw new DecisionError('not-found', `no contract "${id}" is configured`);
    const binding = versions.filter(({ isDraft }) => !isDraft);
    if (binding.length === 0) throw new DecisionError('conflict', `${id} is a draft: nothing is stated of it`);
    const found = binding.flatMap((contract) => statementPeriod(contract, name) ?? []);
    const period = found.at(-1);
    if (period === undefined) throw new DecisionError('not-found', `${id} has no period "${name}"`);
    return period;
  }

  /** A revision with all of its figures, the newest unless another is asked for. Rejects with `DecisionError` `not-found`. */
  async newest(subject: string, revision?: number): Promise<Statement> {
    const { ledger } = this.#options;
    const wanted = ledger.register.revisionsOf(subject);
    const found = revision === undefined ? wanted.at(-1) : wanted.find((one) => one.revision === revision);
    if (found === undefined)
      throw new DecisionError('not-found', `${subject} was not frozen yet, or has no such revision`);
    for await (const entry of ledger.entriesAbout(subject)) {
      if (entry.sequence === found.sequence) return toFrozen(entry.body);
    }
    throw new Error(`entry ${found.sequence} was read before and is gone`);
  }

  /** What the statement of a period would say now, frozen at an instant after a statement; nothing is written. */
  async compute(period: StatementPeriod, atMs: number, previous: Statement | null, why: readonly string[] = []) {
    const { evaluation, nines } = this.#options;
    const content = await statementContent(period, { evaluation: evaluation(), versions: nines().contracts });
    return toStatement(content, { atMs, program: `${PROGRAM} ${VERSION}`, previous, why });
  }

  /** What ended since the collector first knew the version, and longer ago than the grace. */
  async #due(): Promise<StatementPeriod[]> {
    const { ledger, nines, store } = this.#options;
    const { contracts, statementGraceMs } = nines();
    const untilMs = ledger.nowMs() - statementGraceMs;
    const known = new Map((await store.contracts()).map((one) => [one.digest, one.recordedAtMs]));
    return contracts
      .filter(({ isDraft }) => !isDraft)
      .flatMap((contract) => periodsEnded(contract, known.get(contract.digest) ?? untilMs, untilMs))
      .filter(({ contract, name }) => !this.#isFrozen(statementSubject(contract.id, name)));
  }

  #isFrozen(subject: string): boolean {
    return this.#options.ledger.register.revisionsOf(subject).length > 0;
  }

  /** One entry of the audit log, or none: the whole statement is in it. None when no figure is other than it was. */
  async #freeze(period: StatementPeriod, actor: string, why: readonly string[]): Promise<boolean> {
    const { ledger } = this.#options;
    const subject = statementSubject(period.contract.id, period.name);
    const previous = this.#isFrozen(subject) ? await this.newest(subject) : null;
    if (previous !== null && !(await this.#isCovered(period))) return false;
    const statement = await this.compute(period, ledger.nowMs(), previous, previous === null ? [] : why);
    if (statement.figures_digest === previous?.figures_digest) return false;
    const action = previous === null ? 'statement.frozen' : 'statement.revised';
    await ledger.decide(actor, { action, subject, body: { ...statement, approvals: [...statement.approvals] } });
    return true;
  }

  /** What retention let go is no reason to say something else than was said when it was there. */
  async #isCovered({ judged }: StatementPeriod): Promise<boolean> {
    const { edgesFromMs } = await this.#options.store.covered();
    return edgesFromMs === null || judged.every(({ period }) => period.fromMs >= edgesFromMs);
  }
}

/** What came late: about which time, when, and whom it may concern. */
export interface Touch {
  readonly fromMs: number;
  readonly toMs: number;
  readonly why: string;
  /** Now when absent. Who was frozen later has it already. */
  readonly atMs?: number;
  readonly concerns?: (contract: Revision['contract']) => boolean;
}

const NOTHING: Pick<Revision, 'contract' | 'period' | 'frozen_at_ms'> = {
  frozen_at_ms: 0,
  contract: { id: '', version: 0, digest: '', customer: '' },
  period: { name: '', from_ms: 0, to_ms: 0 },
};

/** Safe: only `toStatement` makes the bodies of these entries, and their hashes say that nobody changed them. */
function toFrozen(body: CanonicalValue): Statement {
  return body as unknown as Statement;
}
