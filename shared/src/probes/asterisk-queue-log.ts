import * as z from 'zod';
import { CALLS } from '../phone/call.ts';
import { callers, queues } from '../phone/options.ts';
import { longestWait, waiting } from './phone-values.ts';
import { type ProbeType, totalValue } from './probe.ts';

const options = z.strictObject({
  type: z.literal('asterisk_queue_log'),
  /** The agent's own `allow.files` has to name it, or its folder. A relative path counts from the agent's own file. */
  path: z.string().min(1),
  queues,
  callers,
  /** The dial plan writes down whom the queue refuses: `QueueLog(…,JOINEMPTY)` and the like, by `QUEUESTATUS`. */
  refused: z.boolean().default(false),
});

export type AsteriskQueueLogOptions = z.output<typeof options>;

/** Follows Asterisk's `queue_log`: each visit of a caller to a queue is an event of the stream `calls`. */
export const asteriskQueueLog = {
  options,
  values: {
    lines: { unit: 'count', help: 'Lines that were new.', metric: null },
    malformed: { unit: 'count', help: 'Lines among them that are none of a queue log.', metric: null },
    other_events: { unit: 'count', help: 'Lines of events that Asterisk itself does not write.', metric: null },
    gaps: {
      unit: 'count',
      help: 'Places where lines are missing: the file was cut off, or one is gone unread.',
      metric: { name: 'nines_phone_queue_log_gaps', help: 'Places where lines were missing in the last run.' },
    },
    behind: {
      unit: 'bytes',
      help: 'Still to be read, in the next runs.',
      metric: { name: 'nines_phone_queue_log_behind_bytes', help: 'Bytes that the last run left for the next.' },
    },
    waiting,
    longest_wait: longestWait,
    total: totalValue,
  },
  streams: [CALLS],
  hearsRefused: ({ refused }: AsteriskQueueLogOptions) => refused,
} satisfies ProbeType;
