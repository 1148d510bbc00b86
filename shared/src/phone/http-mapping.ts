import * as z from 'zod';
import { jsonPath } from '../probes/json-path.ts';
import { callMapping } from './call-mapping.ts';

/** A number in the document, or several that are added up; one that is not there is not told. */
const number = z.union([jsonPath.transform((path) => [path]), z.array(jsonPath).min(1)]).optional();

const gauges = z.strictObject({
  /** The list of queues; without it the document is about one. */
  queues: jsonPath.optional(),
  /** The queue's name, inside of its entry; what follows stands there too. */
  name: jsonPath.optional(),
  waiting: number,
  longest_wait: number,
  logged_in: number,
  available: number,
  paused: number,
  /** What the source counted over its own interval. */
  offered: number,
  answered: number,
  abandoned: number,
  mean_wait: number,
  lengths: z.enum(['seconds', 'milliseconds']).default('seconds'),
});

const calls = callMapping(jsonPath).extend({
  /** The list of calls; what else is named stands inside of its entries. */
  list: jsonPath,
  /** The address of the next page; no more pages when nothing stands there. */
  next: jsonPath.optional(),
});

const written = z
  .strictObject({ gauges: gauges.optional(), calls: calls.optional() })
  .refine((mapping) => mapping.gauges !== undefined || mapping.calls !== undefined, 'expected gauges, calls or both');

/** What stands where in an answer: how queues stand, and calls. */
export type HttpMapping = z.output<typeof written>;

/** Twilio's word for a task that no worker has accepted: `reserved` is one that rings at somebody's desk. */
function twilioRealTime(at: string): z.input<typeof gauges> {
  return {
    waiting: [`${at}tasks_by_status.pending`, `${at}tasks_by_status.reserved`],
    longest_wait: `${at}longest_task_waiting_age`,
    available: `${at}total_available_workers`,
  };
}

/** THE table of mappings that are shipped. */
const SHIPPED = {
  /** What a program of one's own would answer: `{ queues: [{ name, waiting, … }], calls: [{ id, queue, … }] }`. */
  generic: {
    gauges: {
      queues: 'queues',
      name: 'name',
      waiting: 'waiting',
      longest_wait: 'longest_wait_s',
      logged_in: 'logged_in',
      available: 'available',
      paused: 'paused',
    },
    calls: {
      list: 'calls',
      next: 'next',
      id: 'id',
      queue: 'queue',
      entered: 'entered_at',
      answered: 'answered_at',
      ended: 'ended_at',
      wait: 'wait_s',
      talk: 'talk_s',
      position: 'position',
      transfers: 'transfers',
      caller: 'caller',
      outcome: 'outcome',
      outcomes: {
        waiting: 'waiting',
        talking: 'talking',
        answered: 'answered',
        abandoned: 'abandoned',
        'timed-out': 'timed-out',
        'left-by-key': 'left-by-key',
        empty: 'empty',
        withdrawn: 'withdrawn',
        dumped: 'dumped',
        lost: 'lost',
        refused: 'refused',
        unknown: 'unknown',
      },
    },
  },
  /** TaskRouter, `…/TaskQueues/WQ…/RealTimeStatistics` (twilio.com/docs/taskrouter/api/taskqueue-statistics). */
  twilio_real_time: { gauges: twilioRealTime('') },
  /** TaskRouter, `…/TaskQueues/WQ…/Statistics?Minutes=…`: the same, and what came in those minutes. */
  twilio_statistics: {
    gauges: {
      ...twilioRealTime('realtime.'),
      offered: 'cumulative.tasks_entered',
      answered: 'cumulative.reservations_accepted',
      abandoned: 'cumulative.tasks_canceled',
      mean_wait: 'cumulative.avg_task_acceptance_time',
    },
  },
} as const satisfies Readonly<Record<string, z.input<typeof written>>>;

/** A mapping that is shipped, by its name, or one that is written out. */
export const httpMapping = z.union(
  [z.enum(Object.keys(SHIPPED)).transform((name) => written.parse(SHIPPED[shippedName(name)])), written],
  `expected ${Object.keys(SHIPPED).join(', ')}, or { gauges: …, calls: … }`,
);

/** Safe: called with keys of the table alone. */
function shippedName(name: string): keyof typeof SHIPPED {
  return name as keyof typeof SHIPPED;
}
