import { threadCpuUsage } from 'node:process';
import { createContext, Script } from 'node:vm';
import { errorCode } from '@nines/shared/errors.ts';
import { CannotTell } from '../failure-reason.ts';

/**
 * CPU time that the patterns of one run may take from every other check of this agent. Not time by the clock: on a machine
 * that is busy with something else an innocent pattern would seem slow.
 */
const BUDGET_MS = 100;
/** The watchdog knows only the clock. It is set anew, for twice as long, while the thread has hardly run. */
const ATTEMPTS = 4;
/** A thread that ran for this share of an attempt's time has had its chance. */
const HAS_RUN = 0.8;
/** What each match has for nothing, so that a peer that talks in many small pieces does not use the budget up. */
const FREE_MS = 1;
/** Steps of a pattern that cannot backtrack: a few milliseconds. */
const QUICK_STEPS = 1_000_000;
/** Neither repetition nor choice nor group: each place of the text is tried once, in at most the pattern's length. */
const CANNOT_BACKTRACK = /^[^*+?{|()]*$/;

/** What is known of the run whose patterns these are. */
interface RunTime {
  /** Milliseconds that are left of its deadline. */
  remainingMs(): number;
}

/** CPU time of this thread so far, in milliseconds. */
function threadCpuMs(): number {
  const { user, system } = threadCpuUsage();
  return (user + system) / 1000;
}

/**
 * The time that an operator's patterns may take on what the target said: a hostile text makes `^(\w+\s?)+$` run for
 * years, and V8 cannot be interrupted from within. One budget per run.
 */
export class PatternBudget {
  readonly #run: RunTime;
  readonly #cpuMs: () => number;
  #spentMs = 0;

  /** `cpuMs` is what the budget is counted in. */
  constructor(run: RunTime, cpuMs = threadCpuMs) {
    this.#run = run;
    this.#cpuMs = cpuMs;
  }

  /** The first match or `null`. Throws `CannotTell` when it takes too long to know. */
  match(pattern: RegExp, text: string): RegExpExecArray | null {
    if (CANNOT_BACKTRACK.test(pattern.source) && pattern.source.length * text.length <= QUICK_STEPS) {
      return pattern.exec(text);
    }
    const leftMs = BUDGET_MS - this.#spentMs;
    if (leftMs <= 0) throw tooSlow(pattern, text);
    const startedMs = this.#cpuMs();
    try {
      return this.#matchWithin(leftMs, pattern, text);
    } finally {
      this.#spentMs += Math.max(0, this.#cpuMs() - startedMs - FREE_MS);
    }
  }

  #matchWithin(leftMs: number, pattern: RegExp, text: string): RegExpExecArray | null {
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const remainingMs = this.#run.remainingMs();
      const beganMs = this.#cpuMs();
      const found = matchWithin(Math.min(leftMs * 2 ** attempt, remainingMs), pattern, text);
      if (found !== 'interrupted') return found;
      if (remainingMs <= 0 || this.#cpuMs() - beganMs >= leftMs * HAS_RUN) break;
    }
    throw tooSlow(pattern, text);
  }
}

interface Interruptible {
  look: () => void;
}

let interruptible: { readonly holder: Interruptible; readonly script: Script } | null = null;

/** Under the watchdog of node:vm, which interrupts V8's regular expressions, too; it costs 0.2 ms. */
function matchWithin(limitMs: number, pattern: RegExp, text: string): RegExpExecArray | null | 'interrupted' {
  let found: RegExpExecArray | null = null;
  interruptible ??= { holder: contextOf({ look: () => {} }), script: new Script('look()') };
  const { holder, script } = interruptible;
  holder.look = () => {
    found = pattern.exec(text);
  };
  try {
    script.runInContext(holder, { timeout: Math.max(1, Math.floor(limitMs)) });
    return found;
  } catch (error) {
    if (errorCode(error) === 'ERR_SCRIPT_EXECUTION_TIMEOUT') return 'interrupted';
    // The text leads the pattern deeper than V8's stack of ways back.
    if (error instanceof RangeError) throw tooSlow(pattern, text);
    throw error;
  } finally {
    // The text may be a mebibyte, and the next one may be long in coming.
    holder.look = () => {};
  }
}

function tooSlow(pattern: RegExp, text: string): CannotTell {
  return new CannotTell('pattern-too-slow', `${pattern} takes too long on the ${text.length} characters received`);
}

function contextOf(holder: Interruptible): Interruptible {
  createContext(holder, { codeGeneration: { strings: false, wasm: false } });
  return holder;
}
