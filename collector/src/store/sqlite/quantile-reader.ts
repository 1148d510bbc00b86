import { TOTAL } from '@nines/shared/probes/probe.ts';
import type { Database, Statement } from 'better-sqlite3';
import type { QuantileRequest, SeriesQuantile } from '../archive.ts';
import { nearestRank, numberOfRank } from '../nearest-rank.ts';
import type { ChunkTable } from './chunk-table.ts';
import { isIn, type Share } from './share-of-series.ts';

/** Exact quantiles from the chunks themselves. Synchronous; throws what SQLite throws. */
export class QuantileReader {
  readonly #chunks: ChunkTable;
  readonly #series: Statement<unknown[], { id: number; agent: string; check: string }>;
  /** Numbers of one series at a time. */
  #room = new Float64Array(2 ** 15);
  #count = 0;

  constructor(database: Database, chunks: ChunkTable) {
    this.#chunks = chunks;
    this.#series = database.prepare('SELECT id, agent, check_id AS "check" FROM series ORDER BY id');
  }

  /** See `Archive.durationQuantiles`; only the series of the share. */
  of({ fromMs, toMs, quantilePpb, besides }: QuantileRequest, share: Share): SeriesQuantile[] {
    const more = new Map(besides.map(({ agent, check, numbers }) => [`${agent} ${check}`, numbers]));
    const found: SeriesQuantile[] = [];
    for (const { id, agent, check } of this.#series.all()) {
      if (!isIn(share, id)) continue;
      this.#count = 0;
      for (const numbers of this.#chunks.upNumbers(id, { fromMs, toMs }, TOTAL)) this.#add(numbers);
      const beside = more.get(`${agent} ${check}`);
      if (beside !== undefined) this.#add(beside);
      if (this.#count === 0) continue;
      const numbers = this.#room.subarray(0, this.#count);
      found.push({ agent, check, value: numberOfRank(numbers, nearestRank(this.#count, quantilePpb)) });
    }
    return found;
  }

  #add(numbers: Float64Array): void {
    const count = this.#count + numbers.length;
    if (count > this.#room.length) {
      const wider = new Float64Array(2 * count);
      wider.set(this.#room.subarray(0, this.#count));
      this.#room = wider;
    }
    this.#room.set(numbers, this.#count);
    this.#count = count;
  }
}
