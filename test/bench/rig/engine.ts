import { request } from 'undici';
import type { Wire } from './bodies.ts';
import type { DiskBytes } from './disk.ts';
import type { Running } from './process.ts';
import type { SendOptions } from './sender.ts';
import type { Truth, Window } from './truth.ts';

/**
 * `availability`, `documents` (all that we tell of it; from the others the same as before), `p95` (ours within 1 %) and
 * `exact p95`: of every check; `one`: availability of the first check; `chart`: durations of the first check in
 * equal steps (from ours with counts, extremes and percentiles, from the others the mean alone).
 */
export type Ask = 'availability' | 'documents' | 'p95' | 'exact p95' | 'one' | 'chart';

export interface Question {
  readonly ask: Ask;
  readonly window: Window;
  /** Whether each repetition is about a window of its own: what was answered before is of no use then. */
  readonly isMoving?: boolean;
}

/** A store on the same work as the others: its program is stopped and started again on the same folder. */
export interface Engine {
  readonly name: string;
  readonly wire: Wire;
  /** Resolves when it answers. */
  start(): Promise<void>;
  stop(): Promise<void>;
  /** Of the program that was started last. */
  running(): Running;
  target(): SendOptions;
  /** Resolves when everything is where it stays: merged, compacted, sealed. Rejects when that takes minutes. */
  settle(): Promise<void>;
  /** Observations that it holds, by its own word or by its file. Leaves it running. */
  stored(): Promise<number>;
  /** Reads runs of some checks back and compares every value with what was sent; throws when one is not right. */
  verifyRuns?(): Promise<void>;
  /** What the observations take at rest, compacted as far as the program can. May leave it stopped. */
  bytesAtRest(): Promise<DiskBytes>;
  urlOf(question: Question): string;
  /** Throws when the answer is not what the data set says; else how far it is off at most, as a share. */
  verify(question: Question, answer: string, truth: Truth): number;
}

/** Longest wait for background work. */
export const SETTLES_WITHIN_MS = 300_000;

/** The answer and how long it took, from the request until the last byte, in milliseconds. */
export async function ask(
  engine: Engine,
  question: Question,
): Promise<{ readonly answer: string; readonly ms: number }> {
  const url = engine.urlOf(question);
  const beganMs = performance.now();
  const { statusCode, body } = await request(url);
  const bytes = await body.arrayBuffer();
  const ms = performance.now() - beganMs;
  const answer = Buffer.from(bytes).toString();
  if (statusCode !== 200) throw new Error(`${url} answered ${statusCode}: ${answer.slice(0, 300)}`);
  return { answer, ms };
}

/** Asks of a warm-up: compiled code and caches are as in a program that has run for a while. */
const WARM_UP_ASKS = 20;
const WARM_UP_MS = 2_000;

/** Both bounds of a moving window, each time. */
const MOVES_MS = 1_013;

/** The same question again and again: up to twenty times or two seconds unmeasured, then as often as wanted, in ms. */
export async function askWarm(engine: Engine, question: Question, repeats: number): Promise<number[]> {
  const untilMs = performance.now() + WARM_UP_MS;
  let asks = 0;
  const again = () => ask(engine, question.isMoving ? moved(question, ++asks) : question);
  for (let warmed = 0; warmed < WARM_UP_ASKS && performance.now() < untilMs; warmed++) await again();
  const times: number[] = [];
  for (let repeat = 0; repeat < repeats; repeat++) times.push((await again()).ms);
  return times;
}

function moved(question: Question, times: number): Question {
  const { fromMs, toMs } = question.window;
  return { ...question, window: { fromMs: fromMs + times * MOVES_MS, toMs: toMs - times * MOVES_MS } };
}
