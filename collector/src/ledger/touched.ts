import type { Event } from '@nines/shared/event.ts';
import { HOLD_INTERVALS } from '@nines/shared/observation.ts';
import type { Contract } from '../sla/contract.ts';
import type { Interval } from '../sla/interval.ts';
import { extentOf } from '../store/extent.ts';
import type { JournalEntry } from '../store/store.ts';
import { Arriving, type Sources, sourceName, sourcesOf } from './arriving.ts';
import type { Ledger } from './ledger.ts';
import { type Reach, reachedBy, reachOf } from './reach.ts';
import { statementSubject } from './statement.ts';

export interface TouchedOptions {
  readonly ledger: Pick<Ledger, 'register' | 'nowMs'>;
  readonly contracts: () => readonly Contract[];
  /** Data about time that is over for longer than this is late. */
  readonly graceMs: () => number;
}

const MONTH_MS = 30 * 86_400_000;

/** What came late: about which time, when, and whom it may concern. */
export interface Touch extends Interval {
  readonly why: string;
  /** Now when absent. Who was frozen later has it already. */
  readonly atMs?: number;
  /** Checks and streams, as `sourceName` has them; everybody when absent. */
  readonly sources?: Sources;
  /** Which versions; every one when absent. */
  readonly concerns?: (version: Pick<Contract, 'id' | 'version'>) => boolean;
}

/** What is asked of each version for every batch that comes, found once for a configuration. */
interface Version {
  readonly sources: Sources;
  readonly reach: Reach;
}

interface Known {
  readonly contracts: readonly Contract[];
  readonly versions: ReadonlyMap<string, Version>;
  /** The most that any of them reaches behind a period's end. */
  readonly furthestMs: number;
}

/** The statements about whose time something came in after they were frozen, and the late data that still comes. */
export class Touched {
  readonly arriving = new Arriving();
  readonly #options: TouchedOptions;
  readonly #reasons = new Map<string, Set<string>>();
  #known: Known | null = null;

  constructor(options: TouchedOptions) {
    this.#options = options;
  }

  /** Notes what came, for every statement that is made from such time; live data concerns none. */
  note(touch: Touch): void {
    const { fromMs, toMs, why, atMs = this.#options.ledger.nowMs(), sources, concerns = () => true } = touch;
    if (fromMs < atMs - this.#options.graceMs())
      for (const source of sources ?? []) this.arriving.note(source, { fromMs, toMs }, atMs);
    const { register } = this.#options.ledger;
    const { versions, furthestMs } = this.#knownVersions();
    if (fromMs >= register.frozenUntilMs + furthestMs) return;
    for (const revisions of register.statements()) {
      const newest = revisions.at(-1);
      const version = newest && versions.get(keyOf(newest.contract));
      if (newest === undefined || version === undefined || atMs < newest.frozen_at_ms) continue;
      const made = reachedBy(newest.period, version.reach);
      const isMadeFrom = sources === undefined || !sources.isDisjointFrom(version.sources);
      if (isMadeFrom && concerns(newest.contract) && made.fromMs < toMs && fromMs < made.toMs)
        this.add(statementSubject(newest.contract.id, newest.period.name), [why]);
    }
  }

  noteBatch({ batch, receivedAtMs: atMs }: Pick<JournalEntry, 'batch' | 'receivedAtMs'>): void {
    const { minAtMs: fromMs, maxAtMs } = extentOf(batch);
    const everyMs = Math.max(0, ...batch.checks.map((columns) => columns.every_ms));
    const sources = new Set(batch.checks.map(({ check }) => sourceName.check(check)));
    const why = `observations of ${batch.agent} that came late`;
    this.note({ fromMs, toMs: maxAtMs + 1 + HOLD_INTERVALS * everyMs, atMs, why, sources });
  }

  /** An import brings thousands at once: they are noted by stream and about a month, and not one by one. */
  noteEvents(events: readonly Event[], atMs = this.#options.ledger.nowMs()): void {
    const together = Map.groupBy(events, (event) => `${event.stream} ${Math.floor(event.atMs / MONTH_MS)}`);
    for (const some of together.values()) {
      const stream = some[0]?.stream ?? '';
      const fromMs = some.reduce((first, event) => Math.min(first, event.atMs), Number.POSITIVE_INFINITY);
      const toMs = some.reduce((last, { endedAtMs }) => Math.max(last, endedAtMs ?? atMs), fromMs) + 1;
      const sources = new Set([sourceName.stream(stream)]);
      this.note({ fromMs, toMs, atMs, why: `events of ${stream} that came late`, sources });
    }
  }

  /** The statement of a subject is to be looked at, for these reasons. */
  add(subject: string, why: Iterable<string>): void {
    const reasons = this.#reasons.get(subject) ?? new Set();
    for (const one of why) reasons.add(one);
    this.#reasons.set(subject, reasons);
  }

  /** All of them with their reasons; what is noted from now on is for the next time. */
  take(): readonly (readonly [subject: string, why: ReadonlySet<string>])[] {
    const all = [...this.#reasons];
    this.#reasons.clear();
    return all;
  }

  #knownVersions(): Known {
    const contracts = this.#options.contracts();
    if (this.#known?.contracts === contracts) return this.#known;
    const entries = contracts.map((one) => [keyOf(one), { sources: sourcesOf(one), reach: reachOf(one) }] as const);
    const furthestMs = Math.max(0, ...entries.map(([, { reach }]) => reach.afterMs));
    this.#known = { contracts, versions: new Map(entries), furthestMs };
    return this.#known;
  }
}

function keyOf({ id, version }: Pick<Contract, 'id' | 'version'>): string {
  return `${id} ${version}`;
}
