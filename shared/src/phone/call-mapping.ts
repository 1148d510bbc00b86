import * as z from 'zod';
import { timeZone } from '../config/fields.ts';
import { CALL_OUTCOMES } from './call.ts';
import { instantPattern } from './written-times.ts';

/** What becomes of a call that is not over: it has no outcome yet, or was answered and goes on. */
const UNDER_WAY = ['waiting', 'talking'] as const;

const outcomeWord = z.enum([...CALL_OUTCOMES, ...UNDER_WAY]);

/** What a source's word for the state of a call means. */
export type OutcomeWord = z.output<typeof outcomeWord>;

/** Outcomes of a source that `outcomes` does not name. */
export const ANY_OTHER = '*';

/**
 * How records of calls are read, wherever they come from: `place` is what names a field (a column of a table, a path in a
 * document). Numbers and texts are read alike.
 */
export function callMapping<Place extends z.ZodType<string, string>>(place: Place) {
  return z.strictObject({
    /** Names the call for ever; of several fields together when no single one does. */
    id: z.union([place.transform((one) => [one]), z.array(place).min(1)]),
    /** Where the queue's name stands, or the one queue that all of them are of. */
    queue: z.union([place, z.strictObject({ always: z.string().min(1).max(200) })]),
    /** When the caller came into the queue. */
    entered: place,
    answered: place.optional(),
    ended: place.optional(),
    /** How long the caller waited: when it is not said, from `entered` to `answered`, or to the end. */
    wait: place.optional(),
    talk: place.optional(),
    position: place.optional(),
    transfers: place.optional(),
    /** The caller's number: dropped, or replaced by a pseudonym where it is read. */
    caller: place.optional(),
    /** How it stands; without it a call is answered when that is said, and otherwise lost. */
    outcome: place.optional(),
    /** The source's own words → ours; `*` for all others. A word that is not there is a mistake. */
    outcomes: z.record(z.string(), outcomeWord).default({}),
    /** `iso`, `unix` (seconds), `unix_ms`, or as it is written, such as `DD.MM.YYYY HH:mm:ss` or `MM/DD/YYYY hh:mm A`. */
    instants: instantPattern.default('iso'),
    /** Of instants without an offset of their own; without it they are mistakes. */
    time_zone: timeZone.optional(),
    /** How lengths are written; `clock` is 1:02:03 or 2:03. */
    lengths: z.enum(['seconds', 'milliseconds', 'clock']).default('seconds'),
  });
}

export type CallMapping = z.output<ReturnType<typeof callMapping<z.ZodString>>>;
