import type { Check } from '@nines/shared/check.ts';
import type { Clock } from '@nines/shared/time/clock.ts';
import { DueQueue } from './due-queue.ts';

/** A run that starts later than this after its instant is counted as late. */
const LATE_AFTER_MS = 500;
/** A run that cannot start within this time, or within half an interval, is skipped: it is no measurement of then. */
const MAX_LATENESS_MS = 5_000;
/** The wall clock is slewed by at most 500 ppm; beyond this between two wake-ups it was set. */
const JUMP_MS = 1_000;
/** A set clock is noticed within this time, even when no check falls due for a day. */
const MAX_SLEEP_MS = 30_000;

export interface SchedulerOptions {
  readonly clock: Clock;
  /** Runs at the same time, at most. */
  readonly concurrency: number;
  /** Runs a check once. A rejection is a broken invariant: it is not caught. */
  readonly run: (check: Check) => Promise<void>;
}

export interface SchedulerCounts {
  readonly runs: number;
  readonly lateRuns: number;
  /** Instants at which no run was started: the one before still ran, no place was free, or the process stood still. */
  readonly skippedRuns: number;
  readonly running: number;
}

interface Entry {
  check: Check;
  phaseMs: number;
  dueMs: number;
  /** Monotonic instant for which the check waits, for a place or for its own run to end; `null` when it does not. */
  waitingForMs: number | null;
  lastInstantMs: number;
  isRunning: boolean;
  isAssigned: boolean;
}

/**
 * Starts every check at the instants `phase + k × every` of the wall clock; the phase is a hash of the check's id, so
 * checks are spread and all agents measure one check together. Waits on the monotonic clock, with one timer for all.
 * A check never overlaps itself and a missed instant is never made up for: a run starts at most 5 s late.
 */
export class Scheduler {
  readonly #clock: Clock;
  readonly #run: (check: Check) => Promise<void>;
  readonly #entries = new Map<string, Entry>();
  readonly #queue = new DueQueue<Entry>();
  readonly #waiting = new Set<Entry>();
  #concurrency: number;
  #cancelTimer: (() => void) | null = null;
  #wallOffsetMs: number;
  #isStopped = false;
  #whenIdle: (() => void) | null = null;
  #runs = 0;
  #lateRuns = 0;
  #skippedRuns = 0;
  #running = 0;

  constructor({ clock, concurrency, run }: SchedulerOptions) {
    this.#clock = clock;
    this.#concurrency = concurrency;
    this.#run = run;
    this.#wallOffsetMs = clock.nowMs() - clock.elapsedMs();
  }

  get counts(): SchedulerCounts {
    return {
      runs: this.#runs,
      lateRuns: this.#lateRuns,
      skippedRuns: this.#skippedRuns,
      running: this.#running,
    };
  }

  set concurrency(concurrency: number) {
    this.#concurrency = concurrency;
    this.#startWaiting();
  }

  /** Takes these checks instead of those before. A check whose interval is the same keeps its rhythm. */
  update(checks: readonly Check[]): void {
    const before = new Set(this.#assigned());
    for (const entry of before) entry.isAssigned = false;
    for (const check of checks) this.#assign(check, before);
    for (const [id, entry] of this.#entries) {
      if (entry.isAssigned) continue;
      entry.waitingForMs = null;
      this.#waiting.delete(entry);
      // One that still runs is kept: were it assigned again meanwhile, it must not overlap with itself.
      if (!entry.isRunning) this.#entries.delete(id);
    }
    this.#queue.replace(this.#assigned());
    this.#arm();
  }

  /** Starts nothing any more; resolves when the last run has ended. */
  stop(): Promise<void> {
    this.#isStopped = true;
    this.#cancelTimer?.();
    this.#waiting.clear();
    if (this.#running === 0) return Promise.resolve();
    return new Promise((resolve) => {
      this.#whenIdle = resolve;
    });
  }

  #assigned(): Entry[] {
    return [...this.#entries.values()].filter((entry) => entry.isAssigned);
  }

  #assign(check: Check, before: ReadonlySet<Entry>): void {
    const known = this.#entries.get(check.id);
    const entry = known ?? {
      check,
      phaseMs: 0,
      dueMs: 0,
      waitingForMs: null,
      lastInstantMs: Number.NEGATIVE_INFINITY,
      isRunning: false,
      isAssigned: true,
    };
    const keepsRhythm = before.has(entry) && entry.check.everyMs === check.everyMs;
    entry.check = check;
    entry.isAssigned = true;
    if (keepsRhythm) return;
    entry.phaseMs = phaseOf(check.id, check.everyMs);
    entry.dueMs = this.#nextDueMs(entry, this.#clock.elapsedMs());
    this.#entries.set(check.id, entry);
  }

  /** The next instant of the grid, on the monotonic clock; never less than half an interval after the one before. */
  #nextDueMs(entry: Entry, nowMs: number): number {
    const { everyMs } = entry.check;
    const wallMs = this.#clock.nowMs();
    const afterMs = wallMs + Math.max(0, entry.lastInstantMs + everyMs / 2 - nowMs);
    const instantMs = (Math.floor((afterMs - entry.phaseMs) / everyMs) + 1) * everyMs + entry.phaseMs;
    return nowMs + (instantMs - wallMs);
  }

  #arm(): void {
    this.#cancelTimer?.();
    const first = this.#queue.peek();
    if (first === undefined || this.#isStopped) {
      this.#cancelTimer = null;
      return;
    }
    const delayMs = Math.max(0, Math.ceil(first.dueMs - this.#clock.elapsedMs()));
    this.#cancelTimer = this.#clock.after(Math.min(delayMs, MAX_SLEEP_MS), this.#wake);
  }

  readonly #wake = (): void => {
    const nowMs = this.#clock.elapsedMs();
    for (let first = this.#queue.peek(); first !== undefined && first.dueMs <= nowMs; first = this.#queue.peek()) {
      this.#fallDue(first, nowMs);
    }
    this.#realignAfterJump(nowMs);
    this.#arm();
  };

  #fallDue(entry: Entry, nowMs: number): void {
    const { everyMs } = entry.check;
    const missed = Math.floor((nowMs - entry.dueMs) / everyMs);
    const instantMs = entry.dueMs + missed * everyMs;
    entry.lastInstantMs = instantMs;
    entry.dueMs = this.#nextDueMs(entry, nowMs);
    this.#queue.reorderFirst();
    this.#skippedRuns += missed + (entry.waitingForMs === null ? 0 : 1);
    entry.waitingForMs = instantMs;
    if (entry.isRunning) return;
    if (this.#running < this.#concurrency && this.#waiting.size === 0) this.#start(entry, nowMs);
    else this.#waiting.add(entry);
  }

  #start(entry: Entry, nowMs: number): void {
    const latenessMs = nowMs - (entry.waitingForMs ?? nowMs);
    entry.waitingForMs = null;
    if (latenessMs > Math.min(entry.check.everyMs / 2, MAX_LATENESS_MS)) {
      this.#skippedRuns++;
      return;
    }
    if (latenessMs > LATE_AFTER_MS) this.#lateRuns++;
    this.#runs++;
    this.#running++;
    entry.isRunning = true;
    void this.#run(entry.check).then(() => this.#end(entry));
  }

  #end(entry: Entry): void {
    entry.isRunning = false;
    this.#running--;
    if (!entry.isAssigned) this.#entries.delete(entry.check.id);
    else if (entry.waitingForMs !== null && !this.#isStopped) this.#waiting.add(entry);
    if (this.#waiting.size > 0) this.#startWaiting();
    if (this.#running === 0) this.#whenIdle?.();
  }

  #startWaiting(): void {
    const nowMs = this.#clock.elapsedMs();
    for (const entry of this.#waiting) {
      if (this.#running >= this.#concurrency) return;
      this.#waiting.delete(entry);
      if (entry.isAssigned) this.#start(entry, nowMs);
    }
  }

  #realignAfterJump(nowMs: number): void {
    const offsetMs = this.#clock.nowMs() - nowMs;
    const isJump = Math.abs(offsetMs - this.#wallOffsetMs) > JUMP_MS;
    this.#wallOffsetMs = offsetMs;
    if (!isJump) return;
    const assigned = this.#assigned();
    for (const entry of assigned) entry.dueMs = this.#nextDueMs(entry, nowMs);
    this.#queue.replace(assigned);
  }
}

/** Where in its interval a check runs: the same for one id on every agent and after every restart. */
export function phaseOf(id: string, everyMs: number): number {
  return hash(id) % everyMs;
}

/** 32-bit FNV-1a with the final mix of MurmurHash3, because FNV alone leaves the low bits of similar ids alike. */
function hash(text: string): number {
  let bits = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) bits = Math.imul(bits ^ text.charCodeAt(index), 0x01000193);
  bits = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
  return (bits ^ (bits >>> 16)) >>> 0;
}
