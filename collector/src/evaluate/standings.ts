import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Attainment } from '../sla/attainment.ts';
import type { Objective } from '../sla/objective.ts';
import { attain } from './attain.ts';
import { type BurnWindow, burnWindows } from './burn.ts';
import type { Evaluation } from './evidence.ts';

/** An objective and how it stands now. */
export interface Standing {
  readonly objective: Objective;
  readonly attainment: Attainment;
  readonly burns: readonly BurnWindow[];
}

export interface StandingsOptions {
  readonly objectives: () => readonly Objective[];
  readonly evaluation: () => Evaluation;
}

/** Figures this old are given out again: a page, a scrape and an API call in one second are computed once. */
const MAX_AGE_MS = 1_000;

/** How every objective stands, computed once for all who ask at about the same time. */
export class Standings {
  readonly #options: StandingsOptions;
  #computed: { readonly atMs: number; readonly standings: Promise<readonly Standing[]> } | null = null;

  constructor(options: StandingsOptions) {
    this.#options = options;
  }

  /** Of the versions that bind now, in the order of the configuration. Rejects with `StoreError`; the next call tries again. */
  current(): Promise<readonly Standing[]> {
    const evaluation = this.#options.evaluation();
    const known = this.#computed;
    if (known !== null && Math.abs(evaluation.nowMs - known.atMs) < MAX_AGE_MS) return known.standings;
    const standings = computeStandings(this.#options.objectives(), evaluation);
    const computed = { atMs: evaluation.nowMs, standings };
    this.#computed = computed;
    standings.catch(() => this.#forget(computed));
    return standings;
  }

  /** Another configuration is in force: what was computed is not given out any more. */
  reset(): void {
    this.#computed = null;
  }

  #forget(computed: object): void {
    if (this.#computed === computed) this.#computed = null;
  }
}

/** So many are judged before others get a turn on the event loop. */
const OBJECTIVES_A_TURN = 50;

async function computeStandings(objectives: readonly Objective[], evaluation: Evaluation): Promise<Standing[]> {
  const standings: Standing[] = [];
  for (const objective of objectives) {
    const attainment = await attain(objective, evaluation);
    standings.push({ objective, attainment, burns: await burnWindows(objective, evaluation, attainment) });
    if (standings.length % OBJECTIVES_A_TURN === 0) await nextTurn();
  }
  return standings;
}
