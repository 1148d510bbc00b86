import { IDENTIFIER } from './config/fields.ts';
import { errorMessage } from './errors.ts';

/** Version of the format in which events travel, described for implementers in `shared/EVENTS.md`. */
export const EVENTS_VERSION = 1;

/** A request beyond these is refused for ever (413): events, and bytes of JSON, as sent and unpacked alike. */
export const MAX_EVENTS = 10_000;
export const MAX_EVENTS_BYTES = 8 * 2 ** 20;

/** An event beyond these is refused (400): entries of `labels` and `values`, and characters of a label. */
export const MAX_LABELS = 16;
export const MAX_EVENT_VALUES = 32;
export const MAX_LABEL_LENGTH = 200;

/** One unit of work as its sender last described it: a call, a backup run, a ticket, a patch, a lead. */
export interface Event {
  /** The kind of work, such as `calls`. */
  readonly stream: string;
  /** The sender's own, stable name of this unit of work: `stream` and `id` name it for ever. */
  readonly id: string;
  readonly agent: string;
  /** Grows with each change of the event at its sender; which version counts is said in `shared/EVENTS.md`. */
  readonly revision: number;
  readonly atMs: number;
  /** `null` while it is open. */
  readonly endedAtMs: number | null;
  /** How it stands or ended, such as `answered`; never `null` once it has ended. */
  readonly outcome: string | null;
  readonly labels: Readonly<Record<string, string>>;
  /** Integers in the unit that the stream's sender documents. */
  readonly values: Readonly<Record<string, number>>;
}

/** An event as its source tells of it; who says so is known by the token. */
export type ReportedEvent = Omit<Event, 'agent'>;

/** Events that can never be stored; `code` is stable and goes into the answer, the message names the place. */
export class EventsError extends Error {
  readonly code: 'malformed-json' | 'unsupported-version' | 'invalid-events' | 'too-many-events';

  constructor(code: EventsError['code'], message: string) {
    super(message);
    this.name = 'EventsError';
    this.code = code;
  }
}

/** An event as it stands in a request and in an answer. */
export interface EventDocument {
  readonly stream: string;
  readonly id: string;
  readonly revision: number;
  readonly at_ms: number;
  readonly ended_at_ms: number | null;
  readonly outcome: string | null;
  readonly labels: Readonly<Record<string, string>>;
  readonly values: Readonly<Record<string, number>>;
}

/** A text as a label: whole characters, and not more of them than a label has. */
export function asLabel(text: string): string {
  return text.toWellFormed().slice(0, MAX_LABEL_LENGTH).toWellFormed();
}

/** A text as a part of an event's id: printable ASCII without spaces and slashes. */
export function asIdPart(text: string): string {
  return text.toWellFormed().replace(/[^!-.0-~]/gu, (character) => encodeURIComponent(character));
}

/** The body of a request → its events, every rule checked, said by `agent`. Throws `EventsError`. */
export function parseEvents(text: string, agent: string): Event[] {
  const documents = documentsOf(parseJson(text));
  return documents.map((document, index) => toEvent(validated(document, `events[${index}]`), agent));
}

/** Holds events that are about to be sent to every rule of `parseEvents`. Throws `EventsError`. */
export function checkEvents(events: readonly ReportedEvent[]): void {
  for (const [index, event] of events.entries()) validated(eventDocument(event), `events[${index}]`);
}

/** Events → the body of a request; the agent is not in it, its token says who it is. */
export function writeEvents(events: readonly ReportedEvent[]): string {
  return JSON.stringify({ version: EVENTS_VERSION, events: events.map(eventDocument) });
}

/** An event as it stands in a request and in an answer. */
export function eventDocument(event: ReportedEvent): EventDocument {
  const { stream, id, revision, atMs, endedAtMs, outcome, labels, values } = event;
  return { stream, id, revision, at_ms: atMs, ended_at_ms: endedAtMs, outcome, labels, values };
}

function toEvent(document: EventDocument, agent: string): Event {
  const { at_ms: atMs, ended_at_ms: endedAtMs, ...same } = document;
  return { ...same, agent, atMs, endedAtMs };
}

/** The version comes first: another one may have other rules. */
function documentsOf(value: unknown): readonly unknown[] {
  const { version, events, ...others } = asRecord(value, 'body');
  if (typeof version === 'number' && version !== EVENTS_VERSION) {
    throw new EventsError('unsupported-version', `version ${version} is not understood, only ${EVENTS_VERSION}`);
  }
  if (version !== EVENTS_VERSION) throw invalid(`version: expected ${EVENTS_VERSION}`);
  for (const key in others) throw invalid(`${shown(key)}: unknown key`);
  if (!Array.isArray(events)) throw invalid('events: expected an array');
  if (events.length === 0) throw invalid('events: empty');
  if (events.length > MAX_EVENTS) {
    throw new EventsError('too-many-events', `${events.length} events in a request, at most ${MAX_EVENTS}`);
  }
  return events;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new EventsError('malformed-json', errorMessage(error));
  }
}

const KEYS: ReadonlySet<string> = new Set([
  'stream',
  'id',
  'revision',
  'at_ms',
  'ended_at_ms',
  'outcome',
  'labels',
  'values',
]);
/** ASCII without spaces: everybody sorts it alike, and it can stand in an address and in a shell. */
const EVENT_ID = /^[\x21-\x7e]{1,128}$/;
const OUTCOME = /^[a-z][a-z0-9-]{0,63}$/;
const NAME = /^[a-z][a-z0-9_]{0,39}$/;

/** Plain checks, not a schema: ten thousand events are let in within the turn of one request (a schema took 0.4 s). */
function validated(value: unknown, place: string): EventDocument {
  const event = asRecord(value, place);
  for (const key in event) if (!KEYS.has(key)) throw invalid(`${place}.${shown(key)}: unknown key`);
  const { stream, id, revision, labels, values } = event;
  if (typeof stream !== 'string' || !IDENTIFIER.test(stream))
    throw invalid(`${place}.stream: expected a stream's name`);
  if (typeof id !== 'string' || !EVENT_ID.test(id))
    throw invalid(`${place}.id: expected 1 to 128 ASCII characters without spaces`);
  if (!Number.isSafeInteger(revision) || Number(revision) < 0)
    throw invalid(`${place}.revision: expected an integer from 0`);
  validateCourse(event, place);
  validateEntries(labels, `${place}.labels`, { most: MAX_LABELS, why: whyNotLabel });
  validateEntries(values, `${place}.values`, { most: MAX_EVENT_VALUES, why: whyNotValue });
  return asDocument(event);
}

/** Safe: called once every key was checked, by `validated`. */
function asDocument(event: unknown): EventDocument {
  return event as EventDocument;
}

/** When it began, whether and when it ended, and how. */
function validateCourse(event: Readonly<Record<string, unknown>>, place: string): void {
  const { at_ms: atMs, ended_at_ms: endedAtMs, outcome } = event;
  if (!isInstant(atMs)) throw invalid(`${place}.at_ms: expected milliseconds since 1970`);
  const isOpen = endedAtMs === null;
  if (!isOpen && !isInstant(endedAtMs))
    throw invalid(`${place}.ended_at_ms: expected milliseconds since 1970, or null`);
  if (!isOpen && endedAtMs < atMs) throw invalid(`${place}.ended_at_ms: before at_ms`);
  if (outcome === null && !isOpen) throw invalid(`${place}.outcome: null is for events that are open`);
  if (outcome !== null && (typeof outcome !== 'string' || !OUTCOME.test(outcome)))
    throw invalid(`${place}.outcome: expected 1 to 64 of a-z 0-9 -, beginning with a letter`);
}

interface EntryRule {
  readonly most: number;
  /** What is wrong with a value; `null` when nothing is. */
  readonly why: (value: unknown) => string | null;
}

function validateEntries(value: unknown, place: string, { most, why }: EntryRule): void {
  const entries = asRecord(value, place);
  let count = 0;
  for (const name in entries) {
    count++;
    if (!NAME.test(name))
      throw invalid(`${place}: "${shown(name)}" is not a name: 1 to 40 of a-z 0-9 _, beginning with a letter`);
    const fault = why(entries[name]);
    if (fault !== null) throw invalid(`${place}.${name}: ${fault}`);
  }
  if (count > most) throw invalid(`${place}: ${count} entries, at most ${most}`);
}

function whyNotLabel(value: unknown): string | null {
  if (typeof value !== 'string') return 'expected text';
  if (value.length > MAX_LABEL_LENGTH) return `expected at most ${MAX_LABEL_LENGTH} characters`;
  return value.isWellFormed() ? null : 'expected whole Unicode characters';
}

function whyNotValue(value: unknown): string | null {
  return Number.isSafeInteger(value) ? null : 'expected an integer';
}

/** Instants outside 2001–2286 are a unit mistake (seconds, microseconds), not a time; as for observations. */
function isInstant(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 1e12 && value <= 1e13;
}

function asRecord(value: unknown, place: string): Readonly<Record<string, unknown>> {
  // Safe: an object that is no array has string keys, and the values stay unknown.
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  throw invalid(`${place}: expected an object`);
}

function invalid(message: string): EventsError {
  return new EventsError('invalid-events', message);
}

/** What a sender wrote, short enough for a message. */
function shown(text: string): string {
  return text.length > 40 ? `${text.slice(0, 40)}…` : text;
}
