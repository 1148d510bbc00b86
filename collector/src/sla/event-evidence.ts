import type { Event } from '@nines/shared/event.ts';
import type { Predicate } from './indicator.ts';

/** A predicate's answer about an event that may still change: `null` when it could come out either way. */
export type Answer = boolean | null;

/** Name under which a predicate asks for the time from an event's beginning to its end, in ms. */
export const LENGTH = 'length';

/**
 * Whether a condition holds for an event as it stands at `nowMs`. An open event can still get any outcome, label or value
 * that it does not have, and still become longer; what it has stays.
 */
export function holds(predicate: Predicate, event: Event, nowMs: number): Answer {
  switch (predicate.kind) {
    case 'always':
      return true;
    case 'never':
      return false;
    case 'outcome':
      return event.endedAtMs === null ? null : event.outcome !== null && predicate.in.includes(event.outcome);
    case 'label': {
      const label = event.labels[predicate.name];
      if (label === undefined) return event.endedAtMs === null ? null : false;
      return predicate.in.includes(label);
    }
    case 'value':
      return valueHolds(predicate, event, nowMs);
    case 'not':
      return negate(holds(predicate.of, event, nowMs));
    case 'all':
      return allOf(predicate.of.map((one) => holds(one, event, nowMs)));
    case 'any':
      return negate(allOf(predicate.of.map((one) => negate(holds(one, event, nowMs)))));
  }
}

function negate(answer: Answer): Answer {
  return answer === null ? null : !answer;
}

/** Strong Kleene "and". */
function allOf(answers: readonly Answer[]): Answer {
  if (answers.includes(false)) return false;
  return answers.includes(null) ? null : true;
}

/** A value that an event does not have satisfies no bound, unless it must have had one. */
function valueHolds(
  { name, atLeast, atMost, isDuration = false }: Extract<Predicate, { kind: 'value' }>,
  event: Event,
  nowMs: number,
): Answer {
  if (name === LENGTH && event.endedAtMs === null) {
    const soFarMs = nowMs - event.atMs;
    if (atMost !== null && soFarMs > atMost) return false;
    return atMost === null && (atLeast === null || soFarMs >= atLeast) ? true : null;
  }
  const value = numberOf(event, name);
  if (isDuration && (value === null || value < 0)) return null;
  if (value === null) return event.endedAtMs === null ? null : false;
  return (atLeast === null || value >= atLeast) && (atMost === null || value <= atMost);
}

/** A value of an event by name, `length` included; `null` when it has none (yet). */
export function numberOf({ atMs, endedAtMs, values }: Event, name: string): number | null {
  if (name === LENGTH) return endedAtMs === null ? null : endedAtMs - atMs;
  return values[name] ?? null;
}
