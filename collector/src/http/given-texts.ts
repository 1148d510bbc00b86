import { isSame, type MadeFrom } from '../evaluate/made-from.ts';
import type { JudgedPeriod } from '../sla/attainment.ts';
import type { Objective } from '../sla/objective.ts';

/** What was asked about one objective: which parts of the answer, and over which time. */
export interface Question {
  readonly asked: string;
  readonly objective: Objective;
  readonly period: JudgedPeriod;
}

interface Given {
  readonly from: MadeFrom;
  readonly text: string;
}

/** A dashboard of a thousand objectives asks for some two megabytes. */
const MAX_CHARACTERS = 8 * 2 ** 20;
/** So many requests are remembered by name: who asks for the same again does so before as many others. */
const MAX_REQUESTS = 64;

/** Answers that were given before, each beside what it was made from: given again while that is the same. */
export class GivenTexts {
  #byObjective = new Map<Objective, Map<string, Given>>();
  #characters = 0;
  readonly #requests = new Set<string>();

  /**
   * Whether the same request came before, not long ago: only then is it worth while to remember what it is answered. A
   * window that ends now is never asked for twice.
   */
  isAgain(request: string): boolean {
    const isKnown = this.#requests.delete(request);
    this.#requests.add(request);
    for (const oldest of this.#requests) {
      if (this.#requests.size <= MAX_REQUESTS) break;
      this.#requests.delete(oldest);
    }
    return isKnown;
  }

  /** `null` when nothing was given, or it is made from something else now. */
  get(question: Question, from: MadeFrom | null): string | null {
    const given = from === null ? undefined : this.#byObjective.get(question.objective)?.get(keyOf(question));
    return given === undefined || from === null || !isSame(given.from, from) ? null : given.text;
  }

  /** Remembers an answer; one that is made from what nobody can name (`null`) is not. */
  keep(question: Question, from: MadeFrom | null, text: string): void {
    if (from === null) return;
    // Forgetting everything now and then costs less than knowing what was asked for last.
    if (this.#characters + text.length > MAX_CHARACTERS) this.#forgetAll();
    const ofObjective = this.#byObjective.get(question.objective) ?? new Map<string, Given>();
    this.#byObjective.set(question.objective, ofObjective);
    const key = keyOf(question);
    this.#characters += text.length - (ofObjective.get(key)?.text.length ?? 0);
    ofObjective.set(key, { from, text });
  }

  #forgetAll(): void {
    this.#byObjective = new Map();
    this.#characters = 0;
  }
}

function keyOf({ asked, period: { fromMs, toMs, periodToMs } }: Question): string {
  return `${asked} ${fromMs} ${toMs} ${periodToMs}`;
}
