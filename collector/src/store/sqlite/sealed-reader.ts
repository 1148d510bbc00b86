import type { Database, Statement } from 'better-sqlite3';
import type {
  Covered,
  Damage,
  PackedWeek,
  SealedRunsRequest,
  SealedSeries,
  SeriesRuns,
  SeriesState,
} from '../archive.ts';
import { compactRuns } from '../runs-builder.ts';
import { ChunkTable, type DamagedStretch } from './chunk-table.ts';

interface SeriesRow {
  readonly id: number;
  readonly agent: string;
  readonly check: string;
  readonly state: string;
}

/** A series of a page; its weeks' bodies stand one after another in the page's bytes. */
interface PagedSeries extends Omit<SealedSeries, 'weeks'> {
  readonly weeks: readonly { readonly week: number; readonly byteLength: number }[];
}

/**
 * Some series; `next` is where to go on, `null` when they were the last. All bodies are in one array: thousands of small
 * ones take longer to get from thread to thread than to read.
 */
export interface SealedPage {
  readonly series: readonly PagedSeries[];
  readonly bytes: Uint8Array;
  readonly next: number | null;
}

/** The series of a page, each with its weeks. */
export function* seriesOf({ series, bytes }: SealedPage): Generator<SealedSeries> {
  let at = 0;
  for (const { weeks, ...one } of series) {
    const packed = weeks.map(({ week, byteLength }) => {
      const body = bytes.subarray(at, at + byteLength);
      at += byteLength;
      return { week, body };
    });
    yield { ...one, weeks: packed };
  }
}

const SERIES_A_PAGE = 100;

/** Reads what is sealed. Synchronous: it belongs into a thread of its own. Throws what SQLite throws. */
export class SealedReader {
  /** Tells this reader of what it finds damaged. */
  readonly chunks: ChunkTable;
  readonly #page: Statement<unknown[], SeriesRow>;
  readonly #weeks: Statement<unknown[], PackedWeek>;
  readonly #seriesOf: Statement<unknown[], { id: number; agent: string }>;
  readonly #agentStates: Statement;
  readonly #damages: Statement<unknown[], Damage>;
  readonly #seriesNamed: Statement<unknown[], { agent: string; check: string }>;
  readonly #covered: Statement<unknown[], { class: string; from_ms: number }>;
  /** What this reader came upon; it cannot write it down. */
  readonly #found = new Map<string, Damage>();

  constructor(database: Database) {
    this.chunks = new ChunkTable(database, (series, damage) => this.#note(series, damage));
    this.#covered = database.prepare('SELECT class, from_ms FROM retained');
    this.#seriesNamed = database.prepare('SELECT agent, check_id AS "check" FROM series WHERE id = ?');
    this.#page = database.prepare(
      `SELECT id, agent, check_id AS "check", state FROM series JOIN series_states ON series = id
       WHERE id > ? ORDER BY id LIMIT ${SERIES_A_PAGE}`,
    );
    this.#weeks = database.prepare('SELECT week, body FROM weeks WHERE series = ? ORDER BY week');
    this.#seriesOf = database.prepare('SELECT id, agent FROM series WHERE check_id = ? ORDER BY id');
    this.#agentStates = database.prepare('SELECT state FROM agent_states ORDER BY agent').pluck();
    this.#damages = database.prepare(
      `SELECT agent, check_id AS "check", from_ms AS fromMs, to_ms AS toMs, what FROM damages
       JOIN series ON series.id = damages.series ORDER BY series, from_ms, what`,
    );
  }

  page(afterId: number): SealedPage {
    const rows = this.#page.all(afterId);
    const bodies: Uint8Array[] = [];
    const series = rows.map(({ id, agent, check, state }) => {
      const weeks = this.#weeks.all(id).map(({ week, body }) => {
        bodies.push(body);
        return { week, byteLength: body.byteLength };
      });
      return { agent, check, state: parseState(state), weeks };
    });
    const next = rows.length < SERIES_A_PAGE ? null : (rows.at(-1)?.id ?? null);
    return { series, bytes: Buffer.concat(bodies), next };
  }

  agentStates(): string[] {
    return this.#agentStates.all().map(String);
  }

  damages(): Damage[] {
    return distinctDamages([...this.#damages.all(), ...this.#found.values()]);
  }

  covered(): Covered {
    const from = new Map(this.#covered.all().map(({ class: name, from_ms: fromMs }) => [name, fromMs]));
    const of = (name: string) => from.get(name) ?? null;
    return { observationsFromMs: of('observations'), edgesFromMs: of('edges'), eventsFromMs: of('events') };
  }

  #note(series: number, stretch: DamagedStretch): void {
    const named = this.#seriesNamed.get(series);
    if (named === undefined) return;
    const damage = { ...named, ...stretch };
    this.#found.set(keyOf(damage), damage);
  }

  runs({ checks, fromMs, toMs, values }: SealedRunsRequest): SeriesRuns[] {
    const wanted = values === undefined ? undefined : new Set(values);
    const found: SeriesRuns[] = [];
    for (const check of checks) {
      for (const { id, agent } of this.#seriesOf.all(check)) {
        const runs = this.chunks.runs(id, fromMs, toMs, wanted);
        if (runs.length > 0) found.push({ agent, check, runs: compactRuns(runs) });
      }
    }
    return found;
  }
}

/** Several threads may come upon the same. */
export function distinctDamages(damages: readonly Damage[]): Damage[] {
  return [...new Map(damages.map((damage) => [keyOf(damage), damage])).values()];
}

function keyOf({ agent, check, fromMs, what }: Damage): string {
  return `${agent} ${check} ${fromMs} ${what}`;
}

/** Safe: only the sealer writes these. */
function parseState(text: string): SeriesState {
  return JSON.parse(text) as SeriesState;
}
