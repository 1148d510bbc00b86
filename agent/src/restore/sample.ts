/** A regular file in a backup, as the backup lists it. */
export interface BackedUpFile {
  /** As it is called in the backup. */
  readonly path: string;
  readonly bytes: number;
}

export interface SampleLimits {
  readonly files: number;
  /** Of all of them together, and so of each. */
  readonly bytes: number;
}

/**
 * Chooses some files of a list that is too long to keep, each with the same chance (reservoir sampling, Vitter's
 * algorithm R). `random` gives an integer evenly in `[0, below)`.
 */
export class Sample {
  readonly #limits: SampleLimits;
  readonly #random: (below: number) => number;
  readonly #kept: BackedUpFile[] = [];
  #offered = 0;
  #fitting = 0;

  constructor(limits: SampleLimits, random: (below: number) => number) {
    this.#limits = limits;
    this.#random = random;
  }

  /** Files that were offered, whether they fit or not. */
  get offered(): number {
    return this.#offered;
  }

  offer(file: BackedUpFile): void {
    this.#offered++;
    if (file.bytes > this.#limits.bytes) return;
    this.#fitting++;
    if (this.#kept.length < this.#limits.files) {
      this.#kept.push(file);
      return;
    }
    const place = this.#random(this.#fitting);
    if (place < this.#kept.length) this.#kept[place] = file;
  }

  /** Those chosen that fit together. */
  get files(): readonly BackedUpFile[] {
    let bytes = 0;
    return this.#kept.filter((file) => {
      if (bytes + file.bytes > this.#limits.bytes) return false;
      bytes += file.bytes;
      return true;
    });
  }
}
