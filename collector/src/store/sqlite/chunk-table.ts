import type { Database, Statement } from 'better-sqlite3';
import { decodeBlock, decodeUpNumbers, encodeBlock, MAX_BLOCK_RUNS } from '../block/block.ts';
import { BlockError } from '../block/byte-stream.ts';
import { joinBlocks, splitBlocks } from '../block/chunk.ts';
import { numbersOfUp, type RunColumns, sameRuns } from '../run-columns.ts';
import { joinRuns, rowsBetween, sliceRuns } from '../runs-builder.ts';

interface ChunkRow {
  readonly from_ms: number;
  readonly to_ms: number;
  readonly body: Uint8Array;
}

/** A part of a chunk: a stored block as it is, or observations that become blocks. */
type Piece = { readonly fromMs: number; readonly toMs: number; readonly length: number } & (
  | { readonly block: Uint8Array; readonly runs: null }
  | { readonly block: null; readonly runs: RunColumns }
);

/** Stored bytes that cannot be read any more, and the time that they told of. */
export interface DamagedStretch {
  readonly fromMs: number;
  readonly toMs: number;
  readonly what: string;
}

/** Hears of every damaged stretch that is come upon; what is whole is read all the same. */
export type OnDamage = (damage: DamagedStretch) => void;

/** A change of the table, made ready outside of a transaction: `apply` only writes. */
export interface ChunkChange {
  readonly apply: () => void;
}

/** Blocks this short are encoded anew together with their neighbours when a week is put together. */
const SHORT_RUNS = MAX_BLOCK_RUNS / 4;

/**
 * The chunks of all series: rows of blocks that never overlap, but for what came late into a damaged one. Synchronous;
 * throws what SQLite throws.
 */
export class ChunkTable {
  readonly #onDamage: (series: number, damage: DamagedStretch) => void;
  readonly #overlapping: Statement<unknown[], ChunkRow>;
  readonly #add: Statement;
  readonly #remove: Statement;

  constructor(database: Database, onDamage: (series: number, damage: DamagedStretch) => void) {
    this.#onDamage = onDamage;
    this.#overlapping = database.prepare(
      'SELECT from_ms, to_ms, body FROM chunks WHERE series = ? AND from_ms < ? AND to_ms >= ? ORDER BY from_ms',
    );
    this.#add = database.prepare('INSERT INTO chunks VALUES (?, ?, ?, ?, ?)');
    this.#remove = database.prepare('DELETE FROM chunks WHERE series = ? AND from_ms = ?');
  }

  /** Observations of a series in `[fromMs, toMs)`, in canonical order, with the values that are wanted (all without). */
  runs(series: number, fromMs: number, toMs: number, wanted?: ReadonlySet<string>): RunColumns {
    const parts: RunColumns[] = [];
    for (const row of this.#overlapping.iterate(series, toMs, fromMs)) {
      for (const piece of piecesOf(row, this.#listener(series))) {
        if (piece.fromMs >= toMs || piece.toMs < fromMs) continue;
        const runs = runsOf(piece, this.#listener(series), wanted);
        if (runs === null) continue;
        const [first, end] = rowsBetween(runs, fromMs, toMs);
        if (first < end) parts.push(sliceRuns(runs, first, end));
      }
    }
    return joinRuns(parts);
  }

  /** One value of the runs in `[fromMs, toMs)` that were up and measured it, a block at a time. */
  *upNumbers(
    series: number,
    { fromMs, toMs }: { readonly fromMs: number; readonly toMs: number },
    name: string,
  ): Generator<Float64Array> {
    const listener = this.#listener(series);
    for (const row of this.#overlapping.iterate(series, toMs, fromMs)) {
      for (const piece of piecesOf(row, listener)) {
        if (piece.fromMs >= toMs || piece.toMs < fromMs) continue;
        const isWhole = piece.fromMs >= fromMs && piece.toMs < toMs;
        const numbers = isWhole
          ? readable(() => decodeUpNumbers(piece.block, name), stretchOf(piece), listener)
          : upNumbersIn(runsOf(piece, listener, new Set([name])), fromMs, toMs);
        if (numbers !== null) yield numbers;
      }
    }
  }

  /** Adds observations that lie in `[weekFromMs, weekToMs)`; blocks that they fall into are made anew. */
  add(series: number, runs: RunColumns): ChunkChange {
    const [fromMs, toMs] = [runs.atMs[0] ?? 0, runs.atMs[runs.length - 1] ?? 0];
    const rows = this.#overlapping.all(series, toMs + 1, fromMs);
    const listener = this.#listener(series);
    // A row of which not even the blocks can be told apart stays as it is, beside what is added.
    const whole = rows
      .map((row) => ({ row, pieces: piecesOf(row, listener) }))
      .filter(({ pieces }) => pieces.length > 0);
    const stored = whole.flatMap(({ pieces }) => pieces);
    const pieces = stored.length === 0 ? [pieceOf(runs)] : mergePieces(stored, runs, listener);
    return this.#replace(
      series,
      whole.map(({ row }) => row),
      pieces,
    );
  }

  /** Puts all rows of `[fromMs, toMs)` into one, short blocks together; `null` when there is nothing to gain. */
  merge(series: number, fromMs: number, toMs: number): ChunkChange | null {
    const rows = this.#overlapping.all(series, toMs, fromMs);
    if (rows.length < 2) return null;
    const listener = this.#listener(series);
    const pieces = rows.map((row) => piecesOf(row, listener));
    if (pieces.some((ofRow) => ofRow.length === 0)) return null;
    return this.#replace(series, rows, joinShort(pieces.flat(), listener));
  }

  #listener(series: number): OnDamage {
    return (damage) => this.#onDamage(series, damage);
  }

  #replace(series: number, rows: readonly ChunkRow[], pieces: readonly Piece[]): ChunkChange {
    const blocks = pieces.flatMap((piece) => (piece.runs === null ? [piece.block] : this.#encode(piece.runs)));
    const body = joinBlocks(blocks);
    const fromMs = Math.min(...pieces.map((piece) => piece.fromMs));
    const toMs = Math.max(...pieces.map((piece) => piece.toMs));
    const observations = pieces.reduce((total, piece) => total + piece.length, 0);
    return {
      apply: () => {
        for (const row of rows) this.#remove.run(series, row.from_ms);
        this.#add.run(series, fromMs, toMs, observations, body);
      },
    };
  }

  /** Every block is read back before anything is given up for it. */
  #encode(runs: RunColumns): Uint8Array[] {
    const blocks: Uint8Array[] = [];
    const count = Math.ceil(runs.length / MAX_BLOCK_RUNS);
    for (let index = 0; index < count; index++) {
      const first = Math.floor((index * runs.length) / count);
      const part = sliceRuns(runs, first, Math.floor(((index + 1) * runs.length) / count));
      const block = encodeBlock(part);
      if (!sameRuns(decodeBlock(block), part)) throw new Error('a block does not give back what was put into it');
      blocks.push(block);
    }
    return blocks;
  }
}

function pieceOf(runs: RunColumns): Piece {
  return {
    fromMs: runs.atMs[0] ?? 0,
    toMs: runs.atMs[runs.length - 1] ?? 0,
    length: runs.length,
    block: null,
    runs,
  };
}

/** A part of a chunk as it is stored. */
type StoredPiece = Extract<Piece, { readonly runs: null }>;

function stretchOf({ fromMs, toMs }: Piece): { fromMs: number; toMs: number } {
  return { fromMs, toMs: toMs + 1 };
}

function upNumbersIn(runs: RunColumns | null, fromMs: number, toMs: number): Float64Array | null {
  const [value] = runs?.values ?? [];
  if (runs === null || value === undefined) return null;
  const [first, end] = rowsBetween(runs, fromMs, toMs);
  return numbersOfUp(value, runs.outcomes, { first, end });
}

/** The blocks of a row; none when they cannot be told apart. */
function piecesOf(row: ChunkRow, onDamage: OnDamage): StoredPiece[] {
  const stretch = { fromMs: row.from_ms, toMs: row.to_ms + 1 };
  const blocks = readable(() => splitBlocks(row.body), stretch, onDamage) ?? [];
  return blocks.map(({ fromMs, toMs, length, bytes }) => ({ fromMs, toMs, length, block: bytes, runs: null }));
}

/** The observations of a piece; `null` when its block is damaged. */
function runsOf(piece: Piece, onDamage: OnDamage, wanted?: ReadonlySet<string>): RunColumns | null {
  if (piece.runs !== null) return piece.runs;
  return readable(() => decodeBlock(piece.block, wanted), stretchOf(piece), onDamage);
}

function readable<Result>(read: () => Result, stretch: { fromMs: number; toMs: number }, onDamage: OnDamage) {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof BlockError)) throw error;
    onDamage({ ...stretch, what: error.message });
    return null;
  }
}

/** New observations go into the piece that they fall into, or between two. `pieces` ascend. */
function mergePieces(pieces: readonly Piece[], runs: RunColumns, onDamage: OnDamage): Piece[] {
  const merged: Piece[] = [];
  let next = 0;
  for (const piece of pieces) {
    const [first, inside] = rowsBetween(runs, piece.fromMs, piece.toMs + 1);
    if (next < first) merged.push(pieceOf(sliceRuns(runs, next, first)));
    // Blocks may touch in one instant; what falls on it goes to the first.
    const from = Math.max(next, first);
    merged.push(...(from < inside ? withRuns(piece, sliceRuns(runs, from, inside), onDamage) : [piece]));
    next = Math.max(next, inside);
  }
  if (next < runs.length) merged.push(pieceOf(sliceRuns(runs, next, runs.length)));
  return merged;
}

/** What falls into a damaged block stands beside it. */
function withRuns(piece: Piece, runs: RunColumns, onDamage: OnDamage): Piece[] {
  const stored = runsOf(piece, onDamage);
  return stored === null ? [piece, pieceOf(runs)] : [pieceOf(joinRuns([stored, runs]))];
}

/** Short neighbours become one piece; a damaged one, and one that is alone, stays as it is. */
function joinShort(pieces: readonly Piece[], onDamage: OnDamage): Piece[] {
  const joined: Piece[] = [];
  let short: Piece[] = [];
  let length = 0;
  const flush = () => {
    joined.push(...(short.length > 1 ? joinReadable(short, onDamage) : short));
    short = [];
    length = 0;
  };
  for (const piece of pieces) {
    const isShort = piece.length < SHORT_RUNS;
    if (!isShort || length + piece.length > MAX_BLOCK_RUNS) flush();
    if (isShort) {
      short.push(piece);
      length += piece.length;
    } else joined.push(piece);
  }
  flush();
  return joined;
}

function joinReadable(short: readonly Piece[], onDamage: OnDamage): Piece[] {
  const joined: Piece[] = [];
  let together: RunColumns[] = [];
  const flush = () => {
    if (together.length > 0) joined.push(pieceOf(joinRuns(together)));
    together = [];
  };
  for (const piece of short) {
    const runs = runsOf(piece, onDamage);
    if (runs !== null) together.push(runs);
    else {
      flush();
      joined.push(piece);
    }
  }
  flush();
  return joined;
}
