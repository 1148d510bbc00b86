import { callEvent } from '@nines/shared/phone/call.ts';
import { CallBook } from '@nines/shared/phone/call-book.ts';
import { QueueLogCalls } from '@nines/shared/phone/queue-log-calls.ts';
import { parseQueueLogLine } from '@nines/shared/phone/queue-log-line.ts';
import type { AsteriskQueueLogOptions } from '@nines/shared/probes/asterisk-queue-log.ts';
import { collectGarbage } from '../collect-garbage.ts';
import { NotAllowedError } from '../failure-reason.ts';
import { LogFollower } from '../follow/log-follower.ts';
import type { LogPlace } from '../follow/log-place.ts';
import { newSalt, pseudonyms } from './caller-pseudonym.ts';
import type { ProbeContext } from './probe-run.ts';
import { readQueueLogPlace } from './queue-log-place.ts';

/** Shipped at once: enough that few syncs go with a long log, little enough for the agent's memory. */
const SHIPPED_CHARACTERS = 2 ** 20;
/** Of a long log, garbage is collected after so much: some 25 MB of it. */
const COLLECTED_CHARACTERS = 2 ** 22;
/** With less time left, what is behind is for the next run. */
const RESERVE_MS = 2_000;

/** Reads what is new, ships the calls that it says something of, and only then moves on. */
export async function runAsteriskQueueLog(options: AsteriskQueueLogOptions, context: ProbeContext): Promise<void> {
  const { allowed, clock, events, values } = context;
  context.enter('local');
  const path = allowed.file(options.path);
  const before = readQueueLogPlace(await events.place(), options.path);
  const salt = before?.salt ?? newSalt();
  const queues = options.queues === undefined ? null : new Set(options.queues);
  const book = new CallBook(before?.calls);
  const calls = new QueueLogCalls({ queues, pseudonym: pseudonyms(options.callers, salt) }, book);
  let [malformed, gaps, behind, unshipped, uncollected, isAtEnd] = [0, 0, 0, 0, 0, true];
  let log: LogPlace | null = before?.log ?? null;
  const ship = async () => {
    unshipped = 0;
    const place = JSON.stringify({ path: options.path, log, salt, calls: book.state });
    await events.ship(
      book.takeChanged().map((call) => callEvent(call, context.check)),
      place,
    );
  };
  const follower = context.keep(() => new LogFollower());
  for await (const piece of follower.read(path, log, (beside) => isAllowed(context, beside))) {
    malformed += takeLines(piece.text, calls);
    if (piece.isAfterGap) gaps++;
    behind = piece.behindBytes;
    log = piece.place;
    unshipped += piece.text.length + 1;
    if (unshipped < SHIPPED_CHARACTERS) continue;
    uncollected += unshipped;
    await ship();
    if (uncollected >= COLLECTED_CHARACTERS) {
      uncollected = 0;
      collectGarbage();
    }
    isAtEnd = context.remainingMs() > RESERVE_MS;
    if (!isAtEnd) break;
  }
  if (isAtEnd) book.forgetBefore(clock.nowMs());
  if (unshipped > 0 || book.hasChanged) await ship();
  const { lines, otherEvents } = calls.counts;
  Object.assign(values, { lines, malformed, other_events: otherEvents, gaps, behind });
  const { count, sinceMs } = book.waiting();
  values.waiting = count;
  values.longest_wait = sinceMs === null ? 0 : Math.max(0, clock.nowMs() - sinceMs) * 1000;
}

/** Gives the lines to the calls; counts those that are none. */
function takeLines(text: string, calls: QueueLogCalls): number {
  let malformed = 0;
  // Line by line, and no list of them: what lives longer than a moment makes an agent large.
  for (let from = 0, end = 0; from < text.length; from = end + 1) {
    end = text.indexOf('\n', from);
    if (end === -1) end = text.length;
    if (end === from) continue;
    const parsed = parseQueueLogLine(text.slice(from, end));
    if (parsed === null) malformed++;
    else calls.take(parsed);
  }
  return malformed;
}

function isAllowed({ allowed }: ProbeContext, path: string): boolean {
  try {
    return allowed.file(path) === path;
  } catch (error) {
    if (error instanceof NotAllowedError) return false;
    throw error;
  }
}
