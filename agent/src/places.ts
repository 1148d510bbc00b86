/** How much may run at the same time. */
export interface PlaceLimits {
  /** Runs, of whatever kind. */
  readonly runs: number;
  /** Repositories in which something quick runs, and those in which something slow does. */
  readonly repositories: number;
  readonly slowRepositories: number;
}

/** Where a run takes place. */
export interface Site {
  /** `null`: in no repository. */
  readonly repository: string | null;
  /** It may take hours: it must not keep the quick ones waiting. */
  readonly isSlow: boolean;
}

/** The places in which runs take place: so many together, so many in repositories, and never two in one repository. */
export class Places {
  #limits: PlaceLimits;
  #runs = 0;
  readonly #quick = new Set<string>();
  readonly #slow = new Set<string>();

  constructor(limits: PlaceLimits) {
    this.#limits = limits;
  }

  /** Takes effect from the next run on; what is under way goes on. */
  set limits(limits: PlaceLimits) {
    this.#limits = limits;
  }

  get taken(): number {
    return this.#runs;
  }

  get isFull(): boolean {
    return this.#runs >= this.#limits.runs;
  }

  /** Takes a place; `false` when the run has to wait for one. */
  take({ repository, isSlow }: Site): boolean {
    if (this.isFull) return false;
    if (repository !== null) {
      const [taken, limit] = isSlow
        ? [this.#slow, this.#limits.slowRepositories]
        : [this.#quick, this.#limits.repositories];
      if (taken.size >= limit || this.#quick.has(repository) || this.#slow.has(repository)) return false;
      taken.add(repository);
    }
    this.#runs++;
    return true;
  }

  giveBack({ repository, isSlow }: Site): void {
    this.#runs--;
    if (repository !== null) (isSlow ? this.#slow : this.#quick).delete(repository);
  }
}
