import type { Check } from '@nines/shared/check.ts';
import type { Observation } from '@nines/shared/observation.ts';
import { TOTAL } from '@nines/shared/probes/probe.ts';
import type { Clock } from '@nines/shared/time/clock.ts';
import type { Allowance } from './allowance.ts';
import { declaredEvents } from './declared-events.ts';
import { type Judgement, judgeDeadline, judgeFailure } from './failure-reason.ts';
import { Keeper, type Kept } from './keeper.ts';
import { runProbe } from './probes/index.ts';
import { type EventSink, noEvents, type Phase, type ProbeContext, type Trust } from './probes/probe-run.ts';

/** What a run left behind. */
export interface CheckRun {
  readonly observation: Observation;
  /** One line for people about a run that is not `up`; never stored, so it may name what was seen. */
  readonly detail: string | null;
  /** What the probe threw when that is the agent's own fault, to be logged and counted; `null` otherwise. */
  readonly error: unknown;
}

export interface RunCheckDeps {
  readonly clock: Clock;
  readonly trust: Trust;
  readonly allowed: Allowance;
  /** Where the events of a check go; nowhere without it, as for a run by hand. */
  readonly eventsOf?: (check: string) => EventSink;
  /** Where checks keep what lives between their runs; without it, it ends with the run. */
  readonly keeper?: Keeper;
}

/**
 * Runs a check once, within its timeout, and judges the result: the only place where a failure becomes `down` or
 * `unknown`. Never rejects. A probe that ignores its deadline is left behind: the result does not wait for it.
 */
export function runCheck(check: Check, deps: RunCheckDeps): Promise<CheckRun> {
  return new Promise((resolve) => new Run(check, deps, resolve).start());
}

class Run implements ProbeContext {
  readonly clock: Clock;
  readonly trust: Trust;
  readonly allowed: Allowance;
  readonly values: Record<string, number> = {};
  readonly #check: Check;
  readonly #resolve: (run: CheckRun) => void;
  readonly #eventsOf: ((check: string) => EventSink) | null;
  readonly #keeper: Keeper | null;
  #ownKeeper: Keeper | null = null;
  readonly #letGo: (() => void)[] = [];
  #abort: AbortController | null = null;
  readonly #atMs: number;
  readonly #startedMs: number;
  #phase: Phase = 'resolve';
  #cancelDeadline: () => void = () => {};
  #isOver = false;
  #hasStruck = false;

  constructor(check: Check, deps: RunCheckDeps, resolve: (run: CheckRun) => void) {
    this.#check = check;
    this.#resolve = resolve;
    this.clock = deps.clock;
    this.trust = deps.trust;
    this.allowed = deps.allowed;
    this.#eventsOf = deps.eventsOf ?? null;
    this.#keeper = deps.keeper ?? null;
    this.#atMs = deps.clock.nowMs();
    this.#startedMs = deps.clock.elapsedMs();
  }

  /** Made for the probe that asks for it: a controller and its listeners are a fiftieth of an http run. */
  get signal(): AbortSignal {
    if (this.#abort === null) {
      this.#abort = new AbortController();
      if (this.#hasStruck) this.#abort.abort();
    }
    return this.#abort.signal;
  }

  get events(): EventSink {
    return this.#eventsOf === null ? noEvents : declaredEvents(this.#check, this.#eventsOf(this.#check.id));
  }

  get check(): string {
    return this.#check.id;
  }

  keep<Thing extends Kept>(make: () => Thing): Thing {
    if (this.#keeper !== null) return this.#keeper.keep(this.#check, make);
    this.#ownKeeper ??= new Keeper();
    return this.#ownKeeper.keep(this.#check, make);
  }

  onDeadline(letGo: () => void): void {
    if (this.#hasStruck) letGo();
    else this.#letGo.push(letGo);
  }

  enter(phase: Phase): void {
    this.#phase = phase;
  }

  remainingMs(): number {
    return this.#startedMs + this.#check.timeoutMs - this.clock.elapsedMs();
  }

  start(): void {
    // AbortSignal.timeout and the timeouts of undici are coarse (2,000 ms fired at 2,570): the clock's timer is not.
    this.#cancelDeadline = this.clock.after(this.#check.timeoutMs, () => this.#strike());
    runProbe(this.#check.probe, this).then(
      () => this.#finish(null, null),
      (error: unknown) => {
        if (!this.#isOver) this.#finish(judgeFailure(error), error);
      },
    );
  }

  #strike(): void {
    this.#finish(judgeDeadline(this.#phase, this.#check.timeoutMs), null);
    this.#hasStruck = true;
    this.#abort?.abort();
    for (const letGo of this.#letGo) letGo();
  }

  #finish(judgement: Judgement | null, error: unknown): void {
    if (this.#isOver) return;
    this.#isOver = true;
    const totalUs = Math.round((this.clock.elapsedMs() - this.#startedMs) * 1000);
    this.#cancelDeadline();
    void this.#ownKeeper?.retain([]);
    // A probe that was left behind may still write into its values: the observation has its own.
    const values = { ...this.values };
    // Not within the literal: a computed name in one is never compiled, and cost a fiftieth of an http run.
    values[TOTAL] = totalUs;
    this.#resolve({
      observation: {
        check: this.#check.id,
        atMs: this.#atMs,
        everyMs: this.#check.everyMs,
        outcome: judgement === null ? 'up' : judgement.outcome,
        reason: judgement === null ? null : judgement.reason,
        values,
      },
      detail: judgement === null ? null : judgement.detail,
      error: judgement?.isOurs ? error : null,
    });
  }
}
