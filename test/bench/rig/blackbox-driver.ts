import { Pool } from 'undici';
import { phaseOf } from '../../../agent/src/scheduler.ts';
import { type Blackbox, readPage } from './blackbox.ts';

/** What a prober says of one probe; phases in microseconds. */
export interface Measured {
  readonly path: string;
  readonly atMs: number;
  readonly connect: number;
  readonly processing: number;
  readonly transfer: number;
  readonly total: number;
}

export interface DriverOptions {
  readonly blackbox: Blackbox;
  /** Where the paths lead; without a slash at the end. */
  readonly origin: string;
  readonly paths: readonly string[];
  readonly everyMs: number;
}

/**
 * Asks for a probe of each path at the very instants at which an agent would run it, whether or not the answers before
 * have come; a closed loop would hide what waiting costs.
 */
export class BlackboxDriver {
  readonly measured: Measured[] = [];
  readonly #options: DriverOptions;
  readonly #pool: Pool;
  readonly #timers = new Set<NodeJS.Timeout>();

  constructor(options: DriverOptions) {
    this.#options = options;
    this.#pool = new Pool(`http://${options.blackbox.address}`, { connections: 256 });
    const { paths, everyMs } = options;
    const startMs = (Math.floor(Date.now() / everyMs) + 1) * everyMs;
    for (const path of paths) this.#arm(path, startMs + phaseOf(path, everyMs));
  }

  async stop(): Promise<void> {
    for (const timer of this.#timers) clearTimeout(timer);
    await this.#pool.close();
  }

  #arm(path: string, dueMs: number): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      this.#arm(path, dueMs + this.#options.everyMs);
      void this.#probe(path);
    }, dueMs - Date.now());
    this.#timers.add(timer);
  }

  async #probe(path: string): Promise<void> {
    const { blackbox, origin } = this.#options;
    const atMs = Date.now();
    const { body } = await this.#pool.request({ path: blackbox.probePath(origin + path), method: 'GET' });
    const page = readPage(await body.text());
    if (page.get('probe_success') !== 1) throw new Error(`blackbox_exporter says that ${path} is down`);
    const phase = (name: string) => microseconds(page.get(`probe_http_duration_seconds{phase="${name}"}`));
    this.measured.push({
      path,
      atMs,
      connect: phase('connect'),
      processing: phase('processing'),
      transfer: phase('transfer'),
      total: microseconds(page.get('probe_duration_seconds')),
    });
  }
}

function microseconds(seconds: number | undefined): number {
  return Math.round((seconds ?? Number.NaN) * 1e6);
}
