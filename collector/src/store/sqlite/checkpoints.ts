/** The two places where a checkpoint can run. */
export interface CheckpointRunners {
  /** In a thread of its own, while the writer goes on. */
  readonly beside: () => Promise<void>;
  /** In the writer, between two groups. */
  readonly inWriter: () => Promise<void>;
}

/** So much WAL is let grow: about a quarter of a second of the fastest ingest. */
const CHECKPOINT_BYTES = 8 * 2 ** 20;

/** A batch costs this much WAL besides its body: three trees' pages, shared by its group. */
const BATCH_OVERHEAD_BYTES = 512;

/**
 * Keeps the WAL short without holding up acknowledgements. The bulk is moved into the file beside the writer; what was
 * written meanwhile is little, and the writer moves that itself: only a WAL that is moved whole starts again at its
 * beginning, and beside a busy writer that never happens.
 */
export class Checkpoints {
  readonly #runners: CheckpointRunners;
  #bytes = 0;
  #running: Promise<void> | null = null;

  constructor(runners: CheckpointRunners) {
    this.#runners = runners;
  }

  /** Counts what a group wrote, and starts a checkpoint when it is time. */
  note(bodyBytes: number, batches: number): void {
    this.#bytes += bodyBytes + batches * BATCH_OVERHEAD_BYTES;
    if (this.#bytes < CHECKPOINT_BYTES || this.#running !== null) return;
    this.#bytes = 0;
    this.#running = this.#run().finally(() => {
      this.#running = null;
    });
  }

  /** Resolves when none is running. */
  async idle(): Promise<void> {
    await this.#running;
  }

  async #run(): Promise<void> {
    try {
      await this.#runners.beside();
      await this.#runners.inWriter();
    } catch {
      // Nothing is lost: the WAL holds it all, the next checkpoint tries again, and appends report the medium's fault.
    }
  }
}
