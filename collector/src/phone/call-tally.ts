import type { Event } from '@nines/shared/event.ts';

/** What became of some calls. Lengths in whole seconds. */
export interface CallTally {
  readonly queue: string;
  /** All that are over. */
  readonly offered: number;
  readonly answered: number;
  /** Gave up, as far as the source can tell. */
  readonly abandoned: number;
  readonly refused: number;
  /** Timed out, left by a key, sent away. */
  readonly other: number;
  /** Nobody saw the end. */
  readonly unknown: number;
  /** Of answered calls; `null` when none says it. Rounded down: `perAnswered` has the exact figures. */
  readonly meanWaitS: number | null;
  readonly meanTalkS: number | null;
  /** Of all calls. */
  readonly longestWaitS: number | null;
}

/** A caller who is `lost` left unanswered, for a reason that the source does not give: most of these gave up. */
const GAVE_UP: ReadonlySet<string> = new Set(['abandoned', 'lost']);
const NAMED: ReadonlySet<string> = new Set([...GAVE_UP, 'answered', 'refused', 'unknown']);

/** The calls that are over, counted. */
export function tallyCalls(queue: string, calls: readonly Event[]): CallTally {
  const over = calls.filter(({ endedAtMs }) => endedAtMs !== null);
  const count = (holds: (outcome: string) => boolean) => over.filter(({ outcome }) => holds(outcome ?? '')).length;
  const answered = over.filter(({ outcome }) => outcome === 'answered');
  return {
    queue,
    offered: over.length,
    answered: answered.length,
    abandoned: count((outcome) => GAVE_UP.has(outcome)),
    refused: count((outcome) => outcome === 'refused'),
    other: count((outcome) => !NAMED.has(outcome)),
    unknown: count((outcome) => outcome === 'unknown'),
    meanWaitS: mean(numbersOf(answered, 'wait_s')),
    meanTalkS: mean(numbersOf(answered, 'talk_s')),
    longestWaitS: numbersOf(over, 'wait_s').reduce<number | null>((most, one) => Math.max(most ?? 0, one), null),
  };
}

/** By queue, those with most calls first. */
export function tallyByQueue(calls: readonly Event[]): CallTally[] {
  const queues = [...Map.groupBy(calls, ({ labels }) => labels.queue ?? '')];
  return queues.map(([queue, own]) => tallyCalls(queue, own)).toSorted((a, b) => b.offered - a.offered);
}

function numbersOf(calls: readonly Event[], name: string): number[] {
  return calls.flatMap(({ values }) => values[name] ?? []);
}

function mean(numbers: readonly number[]): number | null {
  return numbers.length === 0 ? null : Math.floor(numbers.reduce((sum, one) => sum + one, 0) / numbers.length);
}
