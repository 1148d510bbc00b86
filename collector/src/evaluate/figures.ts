import type { Clock } from '@nines/shared/time/clock.ts';
import type { Nines } from '../config/nines.ts';
import type { Plan } from '../config/plan.ts';
import { conditionSource } from '../ledger/condition-source.ts';
import { exclusionSource } from '../ledger/exclusion-source.ts';
import type { Register } from '../ledger/register.ts';
import type { Evaluation } from './evidence.ts';
import type { Head } from './head.ts';
import { inForce } from './in-force.ts';
import type { RecentEvents } from './recent-events.ts';
import { type ContractSettlements, Settlements } from './settlements.ts';
import { type Standing, Standings } from './standings.ts';

export interface FiguresOptions {
  readonly head: Head;
  readonly recentEvents: RecentEvents;
  readonly clock: Pick<Clock, 'nowMs'>;
  readonly nines: () => Nines;
  readonly plan: () => Plan;
  /** What was decided so far. */
  readonly register: () => Register;
  /** Throws while figures cannot be made: half a journal gives a wrong one. */
  readonly requireWhole: () => void;
}

/** Everything that one look at the figures is made from: pages, metrics and alerts are written from it. */
export interface FiguresNow extends Evaluation {
  readonly plan: Plan;
  readonly nines: Nines;
  readonly standings: readonly Standing[];
  readonly settlements: readonly ContractSettlements[];
  /** Where the events of the periods that run are in memory. */
  readonly recentEvents: RecentEvents;
}

/** The figures as they stand: one source for all that tells them, each computed once for all who ask together. */
export class Figures {
  readonly #options: FiguresOptions;
  readonly #standings: Standings;
  readonly #settlements: Settlements;

  constructor(options: FiguresOptions) {
    this.#options = options;
    this.#standings = new Standings({
      objectives: () =>
        inForce(options.nines().contracts, options.clock.nowMs()).flatMap(({ objectives }) => objectives),
      evaluation: () => this.recentEvaluation(),
    });
    this.#settlements = new Settlements({
      contracts: () => options.nines().contracts,
      standings: () => this.#standings.current(),
      evaluation: () => this.evaluation(),
    });
  }

  /** What a figure is made from, of any period. Throws what `requireWhole` throws. */
  evaluation(): Evaluation & { readonly plan: Plan } {
    const { head, plan, recentEvents, clock, nines, register, requireWhole } = this.#options;
    requireWhole();
    const decided = register();
    const exclusions = exclusionSource(nines().contracts, decided);
    const conditions = conditionSource(decided);
    const { sequence: decisions } = decided;
    return { head, plan: plan(), events: recentEvents.held, nowMs: clock.nowMs(), exclusions, conditions, decisions };
  }

  /** The same for figures of now: events of the running periods are read from memory. */
  recentEvaluation(): Evaluation & { readonly plan: Plan } {
    return { ...this.evaluation(), events: this.#options.recentEvents };
  }

  /** How all contracts stand now. Rejects as `evaluation` throws, and with `StoreError`. */
  async now(): Promise<FiguresNow> {
    const standings = await this.#standings.current();
    const settlements = await this.settlements();
    const { nines, recentEvents } = this.#options;
    return { ...this.evaluation(), nines: nines(), standings, settlements, recentEvents };
  }

  /** How every objective that binds stands now. Rejects as `now` does. */
  standings(): Promise<readonly Standing[]> {
    return this.#standings.current();
  }

  /** What all contracts come to now. Rejects as `now` does. */
  settlements(): Promise<readonly ContractSettlements[]> {
    return this.#settlements.current();
  }

  /** What they are made of has changed: those that were computed are not given out any more. */
  reset(): void {
    this.#standings.reset();
    this.#settlements.reset();
  }
}
