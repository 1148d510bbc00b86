import { duration, identifier } from '@nines/shared/config/fields.ts';
import { CALLS } from '@nines/shared/phone/call.ts';
import * as z from 'zod';
import type { CallPromise, Predicate, Statistic } from '../sla/indicator.ts';
import { type CallOutcomes, type CallRatio, notAbandoned, SERVICE_LEVEL_FORMULAS, serviceLevel } from '../sla/phone.ts';
import { countedOneByOne } from './event-indicators.ts';
import { measuredBy } from './measured-by.ts';
import { unknownField } from './profile-fields.ts';

const SECOND_MS = 1_000;

/** Calls come with whole seconds: a limit in between would be another limit. */
const seconds = duration
  .refine((ms) => ms % SECOND_MS === 0, 'expected whole seconds: telephone systems count no finer')
  .transform((ms) => ms / SECOND_MS);

const outcomes = z.array(z.string().min(1)).min(1);

/** Which calls. */
const queueFields = {
  stream: identifier.default(CALLS),
  /** The checks that bring the calls. */
  checks: z.array(identifier).default([]),
  /** Only calls of these queues. */
  queues: z.array(z.string().min(1)).min(1).optional(),
  /** With fewer calls a period is not judged, and nothing is owed for it. */
  min_calls: z.int().min(1).optional(),
  unknown: unknownField,
};

/** Which outcomes of the source count as what; others are neutral. */
const outcomeFields = {
  answered: outcomes.default(['answered']),
  abandoned: outcomes.default(['abandoned']),
  /** Offered as well, neither answered nor abandoned: timed-out, left-by-key … */
  also_offered: z.array(z.string().min(1)).default([]),
  /** Callers who gave up within this long, for the formulas that ask. */
  short_abandon: z.union([z.literal('none').transform(() => null), seconds]).prefault('5s'),
};

/** The values of a call: how long the caller waited and talked, in seconds. */
const WAIT = 'wait_s';
const TALK = 'talk_s';

const queueSchema = z.strictObject(queueFields);
const ratioSchema = z.strictObject({ ...queueFields, ...outcomeFields });
type QueueFields = z.output<typeof queueSchema>;
type RatioFields = z.output<typeof ratioSchema>;

function sourceOf({ stream, checks }: QueueFields) {
  return { stream, checks, at: 'begin' } as const;
}

function outcomesOf({ answered, abandoned, also_offered: alsoOffered }: RatioFields): CallOutcomes {
  return { answered, abandoned, alsoOffered };
}

function callRatio(
  fields: RatioFields,
  { valid, good }: CallRatio,
  promise: Pick<CallPromise, 'kind' | 'formula' | 'withinS'>,
) {
  const { queues, min_calls, abandoned, also_offered: alsoOffered, short_abandon: shortS, unknown } = fields;
  return measuredBy(
    {
      kind: 'event_ratio',
      source: sourceOf(fields),
      valid: ofQueues(queues, valid),
      good,
      ...(min_calls === undefined ? {} : { minEvents: min_calls }),
      calls: { ...promise, shortS, queues: queues ?? null, abandoned, alsoOffered },
    },
    countedOneByOne(unknown),
  );
}

function ofQueues(queues: QueueFields['queues'], valid: Predicate): Predicate {
  return queues === undefined ? valid : { kind: 'all', of: [{ kind: 'label', name: 'queue', in: queues }, valid] };
}

/** Calls are answered in time, by a formula that the contract names. */
export const phoneServiceLevel = z
  .strictObject({
    kind: z.literal('phone_service_level'),
    formula: z.enum(SERVICE_LEVEL_FORMULAS),
    /** Answered after at most this long is in time. */
    threshold: seconds,
    ...queueFields,
    ...outcomeFields,
  })
  .transform(({ formula, threshold, ...fields }) =>
    callRatio(
      fields,
      serviceLevel({
        formula,
        threshold,
        wait: WAIT,
        outcomes: outcomesOf(fields),
        shortAbandon: fields.short_abandon,
      }),
      { kind: 'service_level', formula, withinS: threshold },
    ),
  );

/** Calls are not abandoned: the target is the share that has to be kept (95 % for an abandonment of at most 5 %). */
export const phoneAbandonment = z
  .strictObject({ kind: z.literal('phone_abandonment'), ...queueFields, ...outcomeFields })
  .transform((fields) =>
    callRatio(fields, notAbandoned({ wait: WAIT, outcomes: outcomesOf(fields), shortAbandon: fields.short_abandon }), {
      kind: 'abandonment',
      formula: null,
      withinS: null,
    }),
  );

function callStatistic(fields: QueueFields, { value, statistic, outcomes: valid, atMost }: CallStatistic) {
  const { queues, min_calls, unknown } = fields;
  return measuredBy(
    {
      kind: 'event_statistic',
      source: sourceOf(fields),
      valid: ofQueues(queues, valid === null ? { kind: 'always' } : { kind: 'outcome', in: valid }),
      value,
      statistic,
      atMost,
      isDuration: true,
      ...(min_calls === undefined ? {} : { minEvents: min_calls }),
    },
    countedOneByOne(unknown),
  );
}

interface CallStatistic {
  readonly value: string;
  readonly statistic: Statistic;
  /** `null` for calls of any outcome. */
  readonly outcomes: readonly string[] | null;
  readonly atMost: number;
}

const statisticFields = { at_most: seconds, ...queueFields };

/** The average speed of answer: the mean wait of answered calls is at most a limit. */
export const phoneAnswerSpeed = z
  .strictObject({ kind: z.literal('phone_answer_speed'), ...statisticFields, answered: outcomeFields.answered })
  .transform(({ at_most: atMost, answered, ...fields }) =>
    callStatistic(fields, { value: WAIT, statistic: { kind: 'mean' }, outcomes: answered, atMost }),
  );

/** The longest wait: nobody, whatever became of the call, waited longer than a limit. */
export const phoneLongestWait = z
  .strictObject({ kind: z.literal('phone_longest_wait'), ...statisticFields })
  .transform(({ at_most: atMost, ...fields }) =>
    callStatistic(fields, { value: WAIT, statistic: { kind: 'max' }, outcomes: null, atMost }),
  );

/** The average talk: the mean talk of answered calls is at most a limit. */
export const phoneTalkTime = z
  .strictObject({ kind: z.literal('phone_talk_time'), ...statisticFields, answered: outcomeFields.answered })
  .transform(({ at_most: atMost, answered, ...fields }) =>
    callStatistic(fields, { value: TALK, statistic: { kind: 'mean' }, outcomes: answered, atMost }),
  );
