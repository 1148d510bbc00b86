/** How much may run at the same time. */
export interface PlaceLimits {
  /** Runs, of whatever kind. */
  readonly runs: number;
  /** Repositories in which something runs. */
  readonly repositories: number;
}

/** The places in which runs take place: so many together, so many in repositories, and never two in one repository. */
export class Places {
  #limits: PlaceLimits;
  #runs = 0;
  readonly #repositories = new Set<string>();

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

  /** Takes a place for a run in a repository (`null`: in none); `false` when it has to wait. */
  take(repository: string | null): boolean {
    if (this.isFull) return false;
    if (repository !== null) {
      if (this.#repositories.size >= this.#limits.repositories || this.#repositories.has(repository)) return false;
      this.#repositories.add(repository);
    }
    this.#runs++;
    return true;
  }

  giveBack(repository: string | null): void {
    this.#runs--;
    if (repository !== null) this.#repositories.delete(repository);
  }
}
