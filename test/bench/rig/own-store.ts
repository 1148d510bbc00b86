import { join } from 'node:path';
import { SENT_AT_HEADER } from '@nines/shared/wire.ts';
import Sqlite from 'better-sqlite3';
import { bytesOf } from './disk.ts';
import { type Engine, type Question, SETTLES_WITHIN_MS } from './engine.ts';
import { type OwnProgram, startCollector, TOKEN } from './own-programs.ts';
import { sleep, untilIdle } from './process.ts';
import { quantileOf, type Truth } from './truth.ts';
import { verifyRunsOf } from './verify-runs.ts';
import { checkId, type Workload } from './workload.ts';

export interface OwnStoreOptions {
  readonly name?: string;
  /** Added to the section `collector:` of `nines.yaml`. */
  readonly settings?: Readonly<Record<string, unknown>>;
  /** How far a value may be off, as a share of it; 0 unless given. */
  readonly maxError?: number;
}

const LOOKED_EVERY_MS = 1_000;
/** What others tell of availability, and its bounds: the document of an objective has some forty figures more. */
const FIELDS = 'attainment,low,high,good,bad,unknown';
/** What the collector states for its quantiles. */
const QUANTILE_ERROR = 0.01;

/** Our collector, as it is installed, with one objective a check. */
export function ownStore(folder: string, set: Workload, options: OwnStoreOptions = {}): Engine {
  const { name = 'Nines', settings, maxError = 0 } = options;
  const checks = Array.from({ length: set.checks }, (_, index) => ({
    id: checkId(index),
    every: `${set.everyMs / 1_000}s`,
    timeout: '10s',
    probe: { type: 'http', url: `https://${checkId(index)}.example.net/` },
  }));
  const data = join(folder, 'data');
  let program: OwnProgram | null = null;
  const started = () => {
    if (program === null) throw new Error('the collector is not running');
    return program;
  };
  const stop = async () => {
    await program?.running.stop();
    program = null;
  };
  return {
    name,
    wire: 'batches',
    async start() {
      program = await startCollector(folder, checks, settings);
    },
    stop,
    running: () => started().running,
    target: () => ({ origin: started().url, path: '/api/v1/batches', headers: batchHeaders }),
    async settle() {
      const untilMs = performance.now() + SETTLES_WITHIN_MS;
      // Not by /metrics: its page with a thousand objectives would cost what is measured here.
      while (hasWork(data)) {
        if (performance.now() > untilMs) throw new Error('the collector does not seal what it has');
        await sleep(LOOKED_EVERY_MS);
      }
      await untilIdle(started().running, SETTLES_WITHIN_MS);
    },
    async stored() {
      return storedInChunks(data);
    },
    async verifyRuns() {
      const sample = new Set([0, Math.floor(set.checks / 2), set.checks - 1]);
      for (const index of sample) await verifyRunsOf(started().url, { set, index, maxError });
    },
    async bytesAtRest() {
      // What is closed holds no write-ahead log.
      await stop();
      console.log(`${name}: ${whereBytesAre(data)}`);
      return bytesOf(data);
    },
    urlOf: (question) => ownUrl(started().url, question),
    verify: verifyOwn,
  };
}

function batchHeaders(): Readonly<Record<string, string>> {
  return {
    authorization: `Bearer ${TOKEN}`,
    'content-type': 'application/json',
    'content-encoding': 'zstd',
    [SENT_AT_HEADER]: String(Date.now()),
  };
}

/** Whether batches are to be sealed, or pieces of a week to be put together: all hours and weeks are closed. */
function hasWork(data: string): boolean {
  return inDatabase(data, (database) => {
    const journal = database.prepare('SELECT EXISTS (SELECT 1 FROM journal)').pluck().get();
    const pieces = database.prepare('SELECT EXISTS (SELECT 1 FROM weeks WHERE is_merged = 0)').pluck().get();
    return journal === 1 || pieces === 1;
  });
}

function inDatabase<Value>(data: string, read: (database: Sqlite.Database) => Value): Value {
  const database = new Sqlite(join(data, 'nines.db'), { readonly: true });
  try {
    return read(database);
  } finally {
    database.close();
  }
}

/** Observations in the chunks of the database, counted without any code of the collector. */
function storedInChunks(data: string): number {
  return inDatabase(data, (database) =>
    Number(database.prepare('SELECT coalesce(sum(observations), 0) FROM chunks').pluck().get()),
  );
}

/** Bytes an observation by what they hold; pages are never quite full, so the sum is less than the file. */
function whereBytesAre(data: string): string {
  return inDatabase(data, (database) => {
    const number = (sql: string) => Number(database.prepare(sql).pluck().get());
    const observations = number('SELECT sum(observations) FROM chunks');
    const bytes = {
      chunks: number('SELECT sum(length(body)) FROM chunks'),
      weeks: number('SELECT sum(length(body)) FROM weeks'),
      days: number('SELECT sum(length(durations)) FROM days'),
      hours: number('SELECT sum(length(body)) FROM hours'),
      'free pages': number('PRAGMA freelist_count') * number('PRAGMA page_size'),
      file: number('PRAGMA page_count') * number('PRAGMA page_size'),
    };
    const parts = Object.entries(bytes).map(([what, size]) => `${what} ${(size / observations).toFixed(2)}`);
    return `B/result: ${parts.join(', ')}; ${(observations / number('SELECT count(*) FROM chunks')).toFixed(0)} runs a chunk`;
  });
}

function ownUrl(origin: string, { ask, window: { fromMs, toMs } }: Question): string {
  const bounds = `from=${fromMs}&to=${toMs}`;
  switch (ask) {
    case 'availability':
      return `${origin}/api/v1/attainment?contract=hosting&${bounds}&fields=${FIELDS}`;
    case 'documents':
      return `${origin}/api/v1/attainment?contract=hosting&${bounds}`;
    case 'p95':
      return `${origin}/api/v1/checks?${bounds}&quantile=0.95`;
    case 'exact p95':
      return `${origin}/api/v1/checks?${bounds}&quantile=0.95&method=exact`;
    case 'one':
      return `${origin}/api/v1/attainment?objective=${checkId(0)}&${bounds}`;
    case 'chart':
      return `${origin}/api/v1/checks/${checkId(0)}/observations?${bounds}&resolution=auto`;
  }
}

function verifyOwn(question: Question, answer: string, truth: Truth): number {
  switch (question.ask) {
    case 'availability':
    case 'documents':
      return verifyAvailability(question, answer, truth, truth.set.checks);
    case 'one':
      return verifyAvailability(question, answer, truth, 1);
    case 'p95':
      return verifyQuantiles(question, answer, truth, QUANTILE_ERROR);
    case 'exact p95':
      return verifyQuantiles(question, answer, truth, 0);
    case 'chart':
      return verifyChart(question, answer, truth);
  }
}

function verifyAvailability({ window }: Question, answer: string, truth: Truth, expected: number): number {
  const { attainments }: { attainments: { objective: string; good: number; bad: number; unknown: number }[] } =
    JSON.parse(answer);
  if (attainments.length !== expected) throw new Error(`${attainments.length} attainments, not ${expected}`);
  const byObjective = new Map(attainments.map((one) => [one.objective, one]));
  for (let index = 0; index < expected; index++) {
    const got = byObjective.get(checkId(index));
    const { upMs, downMs, unknownMs } = truth.of(index, window);
    if (got?.good !== upMs || got.bad !== downMs || got.unknown !== unknownMs) {
      throw new Error(
        `${checkId(index)}: ${got?.good} good, ${got?.bad} bad, ${got?.unknown} unknown, the truth is ${upMs}, ${downMs}, ${unknownMs} ms`,
      );
    }
  }
  return 0;
}

/** As `GET /api/v1/checks` gives it. */
interface ChecksDocument {
  readonly checks: readonly {
    readonly id: string;
    readonly agents: readonly { readonly up: number; readonly down: number; readonly quantile_us: number | null }[];
  }[];
}

function verifyQuantiles({ window }: Question, answer: string, truth: Truth, allowed: number): number {
  const { checks }: ChecksDocument = JSON.parse(answer);
  const byId = new Map(checks.map((check) => [check.id, check.agents[0]]));
  let worst = 0;
  for (let index = 0; index < truth.set.checks; index++) {
    const got = byId.get(checkId(index));
    const { runs, upRuns } = truth.of(index, window);
    if (got?.up !== upRuns || got.down !== runs - upRuns) {
      throw new Error(`${checkId(index)}: ${got?.up} up, ${got?.down} down, the truth is ${upRuns}, ${runs - upRuns}`);
    }
    const { low, high } = quantileOf(truth.totals(index, window, 'up'), 0.95);
    const value = got.quantile_us ?? Number.NaN;
    // Between the two neighbours every value is a right one.
    const error = Math.max(1 - value / low, value / high - 1, 0);
    if (!(error <= allowed)) {
      throw new Error(`${checkId(index)}: p95 ${got.quantile_us} µs, the truth is ${low} to ${high} µs`);
    }
    worst = Math.max(worst, error);
  }
  return worst;
}

/** Every run is in a point, and the last line is there. */
function verifyChart({ window }: Question, answer: string, truth: Truth): number {
  const last: { end?: boolean; observations?: number } = JSON.parse(answer.trimEnd().split('\n').at(-1) ?? '');
  const { runs } = truth.of(0, window);
  if (last.end !== true || last.observations !== runs)
    throw new Error(`a chart of ${last.observations} of ${runs} runs`);
  return 0;
}
