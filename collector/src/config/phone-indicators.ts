import { duration, identifier } from '@nines/shared/config/fields.ts';
import * as z from 'zod';
import type { Predicate } from '../sla/indicator.ts';
import { type CallRatio, notAbandoned, SERVICE_LEVEL_FORMULAS, serviceLevel } from '../sla/phone.ts';
import { countedOneByOne } from './event-indicators.ts';
import { measuredBy } from './measured-by.ts';
import { unknownField } from './profile-fields.ts';

const SECOND_MS = 1_000;

/** Calls come with whole seconds: a limit in between would be another limit. */
const seconds = duration
  .refine((ms) => ms % SECOND_MS === 0, 'expected whole seconds: telephone systems count no finer')
  .transform((ms) => ms / SECOND_MS);

const outcomes = z.array(z.string().min(1)).min(1);

const callFields = {
  stream: identifier.default('calls'),
  /** The checks that bring the calls. */
  checks: z.array(identifier).default([]),
  /** Only calls of these queues. */
  queues: z.array(z.string().min(1)).min(1).optional(),
  /** Which outcomes of the source count as what; others are neutral. */
  answered: outcomes.default(['answered']),
  abandoned: outcomes.default(['abandoned']),
  /** Callers who gave up within this long, for the formulas that ask. */
  short_abandon: seconds.prefault('5s'),
  unknown: unknownField,
};

/** The value of a call that says how long the caller waited, in seconds. */
const WAIT = 'wait_s';

const callSchema = z.strictObject(callFields);
type CallFields = z.output<typeof callSchema>;

function callRatio({ stream, checks, queues, unknown }: CallFields, { valid, good }: CallRatio) {
  const source = { stream, checks, at: 'begin' as const };
  return measuredBy({ kind: 'event_ratio', source, valid: ofQueues(queues, valid), good }, countedOneByOne(unknown));
}

function ofQueues(queues: CallFields['queues'], valid: Predicate): Predicate {
  return queues === undefined ? valid : { kind: 'all', of: [{ kind: 'label', name: 'queue', in: queues }, valid] };
}

/** Calls are answered in time, by a formula that the contract names. */
export const phoneServiceLevel = z
  .strictObject({
    kind: z.literal('phone_service_level'),
    formula: z.enum(SERVICE_LEVEL_FORMULAS),
    /** Answered after at most this long is in time. */
    threshold: seconds,
    ...callFields,
  })
  .transform(({ formula, threshold, ...fields }) =>
    callRatio(
      fields,
      serviceLevel({ formula, threshold, wait: WAIT, outcomes: fields, shortAbandon: fields.short_abandon }),
    ),
  );

/** Calls are not abandoned: the target is the share that has to be kept (95 % for an abandonment of at most 5 %). */
export const phoneAbandonment = z
  .strictObject({ kind: z.literal('phone_abandonment'), ...callFields })
  .transform((fields) =>
    callRatio(fields, notAbandoned({ wait: WAIT, outcomes: fields, shortAbandon: fields.short_abandon })),
  );

/** The average speed of answer: the mean wait of answered calls is at most a limit. */
export const phoneAnswerSpeed = z
  .strictObject({ kind: z.literal('phone_answer_speed'), at_most: seconds, ...callFields })
  .transform(({ at_most, stream, checks, queues, answered, unknown }) =>
    measuredBy(
      {
        kind: 'event_statistic',
        source: { stream, checks, at: 'begin' },
        valid: ofQueues(queues, { kind: 'outcome', in: answered }),
        value: WAIT,
        statistic: { kind: 'mean' },
        atMost: at_most,
        isDuration: true,
      },
      countedOneByOne(unknown),
    ),
  );
