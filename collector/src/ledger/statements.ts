import type { CanonicalValue } from '@nines/shared/config/canonical-json.ts';
import type { Event } from '@nines/shared/event.ts';
import type { Nines } from '../config/nines.ts';
import type { Evaluation } from '../evaluate/evidence.ts';
import type { JournalEntry, Store } from '../store/store.ts';
import { VERSION } from '../version.ts';
import { sourcesOf } from './arriving.ts';
import { DecisionError } from './decision-error.ts';
import { DuePeriods, statedOf } from './due-periods.ts';
import { lateEvents } from './late-events.ts';
import { type Ledger, PROGRAM } from './ledger.ts';
import { type Person, requireRole } from './person.ts';
import { type Statement, statementSubject, toStatement } from './statement.ts';
import { statementContent } from './statement-content.ts';
import { isPeriodName, type StatementPeriod, statementPeriod } from './statement-periods.ts';
import { type Touch, Touched } from './touched.ts';

export interface StatementsOptions {
  readonly ledger: Ledger;
  readonly nines: () => Pick<Nines, 'contracts' | 'statementGraceMs'>;
  readonly evaluation: () => Evaluation;
  readonly store: Pick<Store, 'contracts' | 'covered' | 'events'>;
}

/** How often statements that are due are looked for. */
export const STATEMENTS_EVERY_MS = 60_000;

/** So many are frozen before others get their turn: a month's end of a thousand contracts, an import of years. */
const PERIODS_A_STEP = 10;
/** Statements that are kept as they were read: pages ask for the same ones again, and an entry never changes. */
const MAX_KEPT = 128;

/** The statements of all contracts: frozen when they are due, revised when what they were made of changed. */
export class Statements {
  readonly #options: StatementsOptions;
  readonly #touched: Touched;
  readonly #duePeriods = new DuePeriods();
  /** By the sequence of its entry. */
  readonly #kept = new Map<number, Statement>();
  #isRecalled = false;

  constructor(options: StatementsOptions) {
    this.#options = options;
    this.#touched = new Touched({
      ledger: options.ledger,
      contracts: () => options.nines().contracts,
      graceMs: () => options.nines().statementGraceMs,
    });
  }

  /** The audit log in which they are. */
  get ledger(): Ledger {
    return this.#options.ledger;
  }

  /** Something came late about time that is frozen: the statements that hold it are looked at again by `work`. */
  touch(touch: Touch): void {
    this.#touched.note(touch);
  }

  touchByBatch(entry: Pick<JournalEntry, 'batch' | 'receivedAtMs'>): void {
    this.#touched.noteBatch(entry);
  }

  touchByEvents(events: readonly Event[]): void {
    this.#touched.noteEvents(events);
  }

  /**
   * Freezes what is due, oldest first, and then revises what changed; a few of them. Resolves with whether more is to be
   * done. One that fails holds up no other: rejects with the first fault once the rest is done.
   */
  async work(): Promise<boolean> {
    const { ledger } = this.#options;
    await ledger.refresh();
    await this.#recall();
    const faults: unknown[] = [];
    const due = await this.#due();
    let frozen = 0;
    for (const period of due) {
      if (frozen === PERIODS_A_STEP) return true;
      await this.#freeze(period, PROGRAM, []).then(
        () => frozen++,
        (error: unknown) => faults.push(error),
      );
    }
    for (const [subject, why] of this.#touched.take()) {
      await this.#reviseAbout(subject, why).catch((error: unknown) => {
        this.#touched.add(subject, why);
        faults.push(error);
      });
    }
    if (faults.length > 0) throw faults[0];
    return false;
  }

  async #reviseAbout(subject: string, why: Iterable<string>): Promise<void> {
    const { ledger, nines } = this.#options;
    const newest = ledger.register.revisionsOf(subject).at(-1);
    const contract = nines().contracts.find(
      ({ id, version, isDraft }) => !isDraft && id === newest?.contract.id && version === newest.contract.version,
    );
    const period = contract && newest ? statementPeriod(contract, newest.period.name) : null;
    if (period !== null) await this.#freeze(period, PROGRAM, [...why]);
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
    if (period !== undefined) return period;
    const why = binding.some((contract) => isPeriodName(contract, name))
      ? `no version of ${id} is in force in ${name}: there is no statement of it`
      : `${id} has no period "${name}"`;
    throw new DecisionError('not-found', why);
  }

  /** Why a period has no statement: not yet, or never. Rejects with `DecisionError` as `periodOf` throws it. */
  async whyNone(id: string, name: string): Promise<string> {
    const { ledger, nines } = this.#options;
    const period = this.periodOf(id, name);
    const iso = (atMs: number) => new Date(atMs).toISOString();
    if (period.toMs > ledger.nowMs()) return `${name} of ${id} is not over; it ends at ${iso(period.toMs)}`;
    const recordedAtMs = (await this.#recordedAtMs()).get(period.contract.digest) ?? ledger.nowMs();
    const stated = await statedOf(period.contract, [period], { recordedAtMs }, this.#evidence());
    if (stated.length === 0) {
      return `of ${name} nothing was known when ${id} was first used at ${iso(recordedAtMs)}, or nothing is any more: no statement is made of it`;
    }
    return `${name} of ${id} is not frozen yet; that is due at ${iso(period.toMs + nines().statementGraceMs)}`;
  }

  /** A revision with all of its figures, the newest unless another is asked for. Rejects with `DecisionError` `not-found`. */
  async newest(subject: string, revision?: number): Promise<Statement> {
    const { ledger } = this.#options;
    const wanted = ledger.register.revisionsOf(subject);
    const found = revision === undefined ? wanted.at(-1) : wanted.find((one) => one.revision === revision);
    if (found === undefined) {
      const what = revision === undefined ? 'was not frozen yet' : `has no revision ${revision}`;
      throw new DecisionError('not-found', `${subject} ${what}`);
    }
    const kept = this.#kept.get(found.sequence);
    if (kept !== undefined) return kept;
    for await (const entry of ledger.entriesAbout(subject, found.sequence - 1)) {
      if (entry.sequence === found.sequence) return this.#keep(entry.sequence, toFrozen(entry.body));
    }
    throw new Error(`entry ${found.sequence} was read before and is gone`);
  }

  /** What the statement of a period would say now, frozen at an instant after a statement; nothing is written. */
  async compute(period: StatementPeriod, atMs: number, previous: Statement | null, why: readonly string[] = []) {
    const { evaluation, nines } = this.#options;
    const content = await statementContent(period, { evaluation: evaluation(), versions: nines().contracts });
    return toStatement(content, { atMs, program: `${PROGRAM} ${VERSION}`, previous, why });
  }

  #keep(sequence: number, statement: Statement): Statement {
    const [oldest] = this.#kept.keys();
    if (this.#kept.size >= MAX_KEPT && oldest !== undefined) this.#kept.delete(oldest);
    this.#kept.set(sequence, statement);
    return statement;
  }

  /** Once after a start: late events of which nobody knows any more whether their statements were looked at again. */
  async #recall(): Promise<void> {
    if (this.#isRecalled) return;
    const { ledger, nines, store } = this.#options;
    const streams = new Set(
      nines().contracts.flatMap(({ objectives }) =>
        objectives.flatMap(({ indicator }) => ('source' in indicator ? [indicator.source.stream] : [])),
      ),
    );
    for await (const event of lateEvents(streams, { store, register: ledger.register }))
      this.#touched.noteEvents([event], event.receivedAtMs);
    this.#isRecalled = true;
  }

  /** Every period that should have a statement by now and has none, the oldest first; see `DuePeriods`. */
  async #due(): Promise<StatementPeriod[]> {
    const { ledger, nines } = this.#options;
    const { contracts, statementGraceMs } = nines();
    const nowMs = ledger.nowMs();
    const untilMs = nowMs - statementGraceMs;
    const recorded = await this.#recordedAtMs();
    const evidence = this.#evidence();
    const due: StatementPeriod[] = [];
    for (const contract of contracts) {
      if (contract.isDraft) continue;
      const recordedAtMs = recorded.get(contract.digest) ?? untilMs;
      const isFrozen = ({ name }: StatementPeriod) => this.#isFrozen(statementSubject(contract.id, name));
      const sources = sourcesOf(contract);
      const isComing = (period: StatementPeriod) =>
        this.#touched.arriving.expects(sources, period, { nowMs, mostMs: statementGraceMs });
      const periods = await this.#duePeriods.of(contract, { recordedAtMs, untilMs, isFrozen }, evidence);
      // What comes for one may be for those behind it, too; and they are stated in their order.
      const first = periods.findIndex(isComing);
      due.push(...(first < 0 ? periods : periods.slice(0, first)));
    }
    return due.sort((a, b) => a.toMs - b.toMs);
  }

  /** When each version, by its digest, was first used. */
  async #recordedAtMs(): Promise<ReadonlyMap<string, number>> {
    return new Map((await this.#options.store.contracts()).map((one) => [one.digest, one.recordedAtMs]));
  }

  #evidence() {
    return { head: this.#options.evaluation().head, events: this.#options.store };
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
    const { edgesFromMs, eventsFromMs } = await this.#options.store.covered();
    return judged.every(({ objective, period }) => {
      const ofEventsMs = 'source' in objective.indicator ? eventsFromMs : null;
      return period.fromMs >= Math.max(edgesFromMs ?? period.fromMs, ofEventsMs ?? period.fromMs);
    });
  }
}

/** Safe: only `toStatement` makes the bodies of these entries, and their hashes say that nobody changed them. */
function toFrozen(body: CanonicalValue): Statement {
  return body as unknown as Statement;
}
