import type { Check } from '@nines/shared/check.ts';
import { isSlow, repositoryNameOf } from '@nines/shared/probes/index.ts';
import type { Clock } from '@nines/shared/time/clock.ts';
import { type CronSchedule, parseCron } from '@nines/shared/time/cron.ts';
import { DueQueue } from './due-queue.ts';
import { type PlaceLimits, Places, type Site } from './places.ts';

/** A run that starts later than this after its instant is counted as late. */
const LATE_AFTER_MS = 500;
/**
 * A run that cannot start within this time, or within half an interval, is skipped: it is no measurement of then. What
 * waits for its repository has half an interval: backups are as old as they are, whenever one looks.
 */
const MAX_LATENESS_MS = 5_000;
/** The wall clock is slewed by at most 500 ppm; beyond this between two wake-ups it was set. */
const JUMP_MS = 1_000;
/** A set clock is noticed within this time, even when no check falls due for a day. */
const MAX_SLEEP_MS = 30_000;

export interface SchedulerOptions {
  readonly clock: Clock;
  readonly limits: PlaceLimits;
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
  site: Site;
  /** `null` for a check on the grid of its interval, which has a phase. */
  cron: CronSchedule | null;
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
 * checks are spread and all agents measure one check together; one with a schedule starts at the schedule's instants.
 * Waits on the monotonic clock, with one timer for all. A check never overlaps itself, nor another one in its repository,
 * and a missed instant is never made up for: a run starts at most 5 s late, or half an interval in a repository.
 */
export class Scheduler {
  readonly #clock: Clock;
  readonly #run: (check: Check) => Promise<void>;
  readonly #entries = new Map<string, Entry>();
  readonly #queue = new DueQueue<Entry>();
  readonly #waiting = new Set<Entry>();
  readonly #places: Places;
  #cancelTimer: (() => void) | null = null;
  #wallOffsetMs: number;
  #isStopped = false;
  #whenIdle: (() => void) | null = null;
  #runs = 0;
  #lateRuns = 0;
  #skippedRuns = 0;

  constructor({ clock, limits, run }: SchedulerOptions) {
    this.#clock = clock;
    this.#places = new Places(limits);
    this.#run = run;
    this.#wallOffsetMs = clock.nowMs() - clock.elapsedMs();
  }

  get counts(): SchedulerCounts {
    return {
      runs: this.#runs,
      lateRuns: this.#lateRuns,
      skippedRuns: this.#skippedRuns,
      running: this.#places.taken,
    };
  }

  set limits(limits: PlaceLimits) {
    this.#places.limits = limits;
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
    if (this.#places.taken === 0) return Promise.resolve();
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
      site: siteOf(check),
      cron: null,
      phaseMs: 0,
      dueMs: 0,
      waitingForMs: null,
      lastInstantMs: Number.NEGATIVE_INFINITY,
      isRunning: false,
      isAssigned: true,
    };
    const keepsRhythm = before.has(entry) && hasSameRhythm(entry.check, check);
    entry.check = check;
    entry.isAssigned = true;
    // What runs has its place in the repository that it had when it began.
    if (!entry.isRunning) entry.site = siteOf(check);
    if (keepsRhythm) return;
    entry.cron = check.schedule === undefined ? null : parseCron(check.schedule.cron, check.schedule.timeZone);
    entry.phaseMs = phaseOf(check.id, check.everyMs);
    entry.dueMs = this.#nextDueMs(entry, this.#clock.elapsedMs());
    this.#entries.set(check.id, entry);
  }

  /**
   * The next instant, on the monotonic clock: of the schedule, or of the grid and then never less than half an interval
   * after the one before.
   */
  #nextDueMs(entry: Entry, nowMs: number): number {
    const { everyMs } = entry.check;
    const wallMs = this.#clock.nowMs();
    if (entry.cron !== null) return nowMs + ((entry.cron.nextAfter(wallMs) ?? Number.POSITIVE_INFINITY) - wallMs);
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
    // Who waits in front is asked first; in the usual case nobody does.
    this.#waiting.add(entry);
    this.#startWaiting();
  }

  /** Starts a run, skips it for good, or leaves it waiting for a place. */
  #start(entry: Entry, nowMs: number): void {
    const latenessMs = nowMs - (entry.waitingForMs ?? nowMs);
    const isTooLate = latenessMs > maxLatenessMs(entry);
    if (!isTooLate && !this.#places.take(entry.site)) return;
    this.#waiting.delete(entry);
    entry.waitingForMs = null;
    if (isTooLate) {
      this.#skippedRuns++;
      return;
    }
    if (latenessMs > LATE_AFTER_MS) this.#lateRuns++;
    this.#runs++;
    entry.isRunning = true;
    void this.#run(entry.check).then(() => this.#end(entry));
  }

  #end(entry: Entry): void {
    entry.isRunning = false;
    this.#places.giveBack(entry.site);
    entry.site = siteOf(entry.check);
    if (!entry.isAssigned) this.#entries.delete(entry.check.id);
    else if (entry.waitingForMs !== null && !this.#isStopped) this.#waiting.add(entry);
    if (this.#waiting.size > 0) this.#startWaiting();
    if (this.#places.taken === 0) this.#whenIdle?.();
  }

  #startWaiting(): void {
    const nowMs = this.#clock.elapsedMs();
    for (const entry of this.#waiting) {
      if (this.#places.isFull) return;
      this.#start(entry, nowMs);
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

function hasSameRhythm(one: Check, other: Check): boolean {
  return (
    one.everyMs === other.everyMs &&
    one.schedule?.cron === other.schedule?.cron &&
    one.schedule?.timeZone === other.schedule?.timeZone
  );
}

function siteOf({ probe }: Check): Site {
  return { repository: repositoryNameOf(probe), isSlow: isSlow(probe.type) };
}

function maxLatenessMs({ check, site }: Entry): number {
  return site.repository === null ? Math.min(check.everyMs / 2, MAX_LATENESS_MS) : check.everyMs / 2;
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
