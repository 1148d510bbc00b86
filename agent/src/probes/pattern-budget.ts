import { createContext, Script } from 'node:vm';
import { errorCode } from '@nines/shared/errors.ts';
import type { Clock } from '@nines/shared/time/clock.ts';
import { CannotTell } from '../failure-reason.ts';

/** How long the patterns of one run may hold up every other check of this agent. */
const BUDGET_MS = 100;
/** What each match has for nothing, so that a peer that talks in many small pieces does not use the budget up. */
const FREE_MS = 1;
/** Steps of a pattern that cannot backtrack: a few milliseconds. */
const QUICK_STEPS = 1_000_000;
/** Neither repetition nor choice nor group: each place of the text is tried once, in at most the pattern's length. */
const CANNOT_BACKTRACK = /^[^*+?{|()]*$/;

/** What is known of the run whose patterns these are. */
interface RunTime {
  readonly clock: Pick<Clock, 'elapsedMs'>;
  /** Milliseconds that are left of its deadline. */
  remainingMs(): number;
}

/**
 * The time that an operator's patterns may take on what the target said: a hostile text makes `^(\w+\s?)+$` run for
 * years, and V8 cannot be interrupted from within. One budget per run.
 */
export class PatternBudget {
  readonly #run: RunTime;
  #spentMs = 0;

  constructor(run: RunTime) {
    this.#run = run;
  }

  /** The first match or `null`. Throws `CannotTell` when it takes too long to know. */
  match(pattern: RegExp, text: string): RegExpExecArray | null {
    if (CANNOT_BACKTRACK.test(pattern.source) && pattern.source.length * text.length <= QUICK_STEPS) {
      return pattern.exec(text);
    }
    if (this.#spentMs >= BUDGET_MS) throw tooSlow(pattern, text);
    const { clock } = this.#run;
    const startedMs = clock.elapsedMs();
    try {
      return matchWithin(Math.min(BUDGET_MS - this.#spentMs, this.#run.remainingMs()), pattern, text);
    } finally {
      this.#spentMs += Math.max(0, clock.elapsedMs() - startedMs - FREE_MS);
    }
  }
}

interface Interruptible {
  look: () => void;
}

let interruptible: { readonly holder: Interruptible; readonly script: Script } | null = null;

/** Under the watchdog of node:vm, which interrupts V8's regular expressions, too; it costs 0.2 ms. */
function matchWithin(limitMs: number, pattern: RegExp, text: string): RegExpExecArray | null {
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
    // RangeError: the text leads the pattern deeper than V8's stack of ways back.
    if (errorCode(error) !== 'ERR_SCRIPT_EXECUTION_TIMEOUT' && !(error instanceof RangeError)) throw error;
    throw tooSlow(pattern, text);
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
