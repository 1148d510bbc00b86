import { whole } from './ami-calls.ts';
import type { AmiMessage } from './ami-message.ts';
import type { QueueGauges } from './queue-gauges.ts';

/** Device states of Asterisk (`AST_DEVICE_*`), as numbers: 4 invalid, 5 unavailable; 0 unknown and 1 not in use are free. */
const GONE: ReadonlySet<string> = new Set(['4', '5']);
const FREE: ReadonlySet<string> = new Set(['0', '1']);

/**
 * The answer to `QueueStatus` → how the queues stand together, as `QueueSummary` counts each of them; a member of
 * several queues is one member, which no sum of summaries could tell. `null` queues are all.
 */
export function queueGauges(answer: readonly AmiMessage[], queues: ReadonlySet<string> | null): QueueGauges {
  const [loggedIn, available, paused] = [new Set<string>(), new Set<string>(), new Set<string>()];
  let [waiting, longestWaitS] = [0, 0];
  for (const { name, fields } of answer) {
    if (!(queues?.has(fields.get('queue') ?? '') ?? true)) continue;
    if (name === 'QueueEntry') {
      waiting++;
      longestWaitS = Math.max(longestWaitS, whole(fields, 'wait') ?? 0);
    }
    if (name !== 'QueueMember' || GONE.has(fields.get('status') ?? '')) continue;
    const member = fields.get('stateinterface') ?? fields.get('location') ?? '';
    const isPaused = fields.get('paused') === '1';
    loggedIn.add(member);
    if (isPaused) paused.add(member);
    else if (FREE.has(fields.get('status') ?? '')) available.add(member);
  }
  return { waiting, longestWaitS, loggedIn: loggedIn.size, available: available.size, paused: paused.size };
}
