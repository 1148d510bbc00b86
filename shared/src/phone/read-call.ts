import { asIdPart, asLabel, type ReportedEvent } from '../event.ts';
import { CALLS, type CallOutcome } from './call.ts';
import { ANY_OTHER, type CallMapping, type OutcomeWord } from './call-mapping.ts';
import { readInstant, readLengthMs } from './written-times.ts';

/** What stands at a place of a record; `null` when nothing does. */
export type TextAt = (place: string) => string | null;

/** A record that cannot be read: where, and why. The text of it is never a caller's number. */
export class RecordMistake extends Error {
  readonly place: string;

  constructor(place: string, message: string) {
    super(message);
    this.name = 'RecordMistake';
    this.place = place;
  }
}

export interface ReadCallOptions {
  readonly mapping: CallMapping;
  /** A pseudonym for a caller's number; `null` drops it. */
  readonly pseudonym: (number: string) => string | null;
  /** What the event is told apart by besides its queue, such as the check that brings it. */
  readonly labels: Readonly<Record<string, string>>;
}

/** How far a call has come is its revision: whoever reads it again and again tells each state once. */
const WAITING = 0;
const TALKING = 1;
const OVER = 2;

/** A record of a call → its event, as it stands. Throws `RecordMistake`. */
export function readCall(textAt: TextAt, { mapping, pseudonym, labels }: ReadCallOptions): ReportedEvent {
  const times = readTimes(textAt, mapping);
  const word = readOutcome(textAt, mapping, times);
  const isOver = word !== 'waiting' && word !== 'talking';
  const endedAtMs = isOver ? endOf(times, mapping) : null;
  const number = mapping.caller === undefined ? null : textAt(mapping.caller);
  const caller = number === null ? null : pseudonym(number);
  return {
    stream: CALLS,
    id: readId(textAt, mapping),
    revision: isOver ? OVER : word === 'talking' ? TALKING : WAITING,
    atMs: times.enteredMs,
    endedAtMs,
    outcome: outcomeOf(word),
    labels: { ...labels, queue: readQueue(textAt, mapping), ...(caller === null ? {} : { caller }) },
    values: { ...lengthsOf(word, times, endedAtMs), ...readCounts(textAt, mapping) },
  };
}

function outcomeOf(word: OutcomeWord): CallOutcome | null {
  if (word === 'waiting') return null;
  return word === 'talking' ? 'answered' : word;
}

interface Times {
  readonly enteredMs: number;
  readonly answeredMs: number | null;
  readonly endedMs: number | null;
  readonly waitMs: number | null;
  readonly talkMs: number | null;
}

function readTimes(textAt: TextAt, mapping: CallMapping): Times {
  const instant = (place: string | undefined, notBeforeMs: number) =>
    readAt(textAt, place, (text) => readInstant(text, mapping, notBeforeMs));
  const length = (place: string | undefined) => readAt(textAt, place, (text) => readLengthMs(text, mapping.lengths));
  const enteredMs = instant(mapping.entered, 0);
  if (enteredMs === null) throw new RecordMistake(mapping.entered, 'says not when the caller came');
  const answeredMs = instant(mapping.answered, enteredMs);
  const endedMs = instant(mapping.ended, answeredMs ?? enteredMs);
  if (answeredMs !== null && answeredMs < enteredMs)
    throw new RecordMistake(mapping.answered ?? '', 'answered before the caller came');
  if (endedMs !== null && endedMs < (answeredMs ?? enteredMs))
    throw new RecordMistake(mapping.ended ?? '', 'ended before it began');
  return { enteredMs, answeredMs, endedMs, waitMs: length(mapping.wait), talkMs: length(mapping.talk) };
}

function readAt<Value>(textAt: TextAt, place: string | undefined, read: (text: string) => Value): Value | null {
  const text = place === undefined ? null : textAt(place);
  if (place === undefined || text === null) return null;
  try {
    return read(text);
  } catch (error) {
    throw new RecordMistake(place, error instanceof Error ? error.message : String(error));
  }
}

function readOutcome(textAt: TextAt, { outcome, outcomes }: CallMapping, times: Times): OutcomeWord {
  if (outcome === undefined) {
    const isAnswered = times.answeredMs !== null || (times.talkMs ?? 0) > 0;
    if (isAnswered) return times.endedMs === null && times.talkMs === null ? 'talking' : 'answered';
    return times.endedMs === null && times.waitMs === null ? 'waiting' : 'lost';
  }
  const said = textAt(outcome) ?? '';
  const word = Object.hasOwn(outcomes, said) ? outcomes[said] : outcomes[ANY_OTHER];
  if (word === undefined) throw new RecordMistake(outcome, `outcomes does not say what ${JSON.stringify(said)} means`);
  return word;
}

/** When it ended, as far as the record says: not before it began, and after all that it is said to have lasted. */
function endOf({ enteredMs, answeredMs, endedMs, waitMs, talkMs }: Times, mapping: CallMapping): number {
  if (endedMs !== null) return endedMs;
  if (waitMs === null && answeredMs === null)
    throw new RecordMistake(
      mapping.ended ?? mapping.wait ?? mapping.entered,
      'says not when it ended, or how long it took',
    );
  return (answeredMs ?? enteredMs + (waitMs ?? 0)) + (talkMs ?? 0);
}

/** Whole seconds. A wait is rounded up, so that none is in time that was not; a talk is what was talked in full. */
function lengthsOf(word: OutcomeWord, times: Times, endedAtMs: number | null): Record<string, number> {
  if (word === 'waiting') return {};
  const { enteredMs, answeredMs, waitMs, talkMs } = times;
  const isAnswered = word === 'answered' || word === 'talking';
  const waitEndMs = isAnswered ? answeredMs : (answeredMs ?? endedAtMs);
  const wait = waitMs ?? (waitEndMs === null ? null : waitEndMs - enteredMs);
  const talk = talkMs ?? (isAnswered && answeredMs !== null && endedAtMs !== null ? endedAtMs - answeredMs : null);
  return {
    ...(wait === null ? {} : { wait_s: Math.ceil(wait / 1_000) }),
    ...(talk === null || !isAnswered ? {} : { talk_s: Math.floor(talk / 1_000) }),
  };
}

function readCounts(textAt: TextAt, { position, transfers }: CallMapping): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const [name, place] of Object.entries({ position, transfers })) {
    const count = readAt(textAt, place, (text) => {
      if (!/^\d{1,9}$/.test(text)) throw new Error(`expected a number, not ${JSON.stringify(text.slice(0, 40))}`);
      return Number(text);
    });
    if (count !== null) counts[name] = count;
  }
  return counts;
}

function readId(textAt: TextAt, { id: places }: CallMapping): string {
  const parts = places.map((place) => {
    const text = textAt(place);
    if (text === null) throw new RecordMistake(place, 'is empty, and names the call');
    return asIdPart(text);
  });
  const id = parts.join('/');
  if (id.length > 128) throw new RecordMistake(places[0] ?? '', 'is too long for an id (128 characters)');
  return id;
}

function readQueue(textAt: TextAt, { queue }: CallMapping): string {
  if (typeof queue !== 'string') return queue.always;
  const name = textAt(queue);
  if (name === null) throw new RecordMistake(queue, 'names no queue');
  return asLabel(name);
}
