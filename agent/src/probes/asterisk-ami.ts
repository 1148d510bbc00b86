import { AMI_FIRST_REVISION, AmiCalls } from '@nines/shared/phone/ami-calls.ts';
import type { AmiMessage } from '@nines/shared/phone/ami-message.ts';
import { queueGauges } from '@nines/shared/phone/ami-queues.ts';
import { CallBook } from '@nines/shared/phone/call-book.ts';
import { gaugeValues } from '@nines/shared/phone/queue-gauges.ts';
import type { AsteriskAmiOptions } from '@nines/shared/probes/asterisk-ami.ts';
import type { Clock } from '@nines/shared/time/clock.ts';
import type { Kept } from '../keeper.ts';
import { AmiLink } from './ami-link.ts';
import { callBookSchema, readLeft } from './call-book-schema.ts';
import { closedEarly, microseconds, openConnection, resolve, secureConnection } from './connection.ts';
import { askHeld } from './held-connection.ts';
import type { ProbeContext } from './probe-run.ts';
import { shipCalls } from './ship-calls.ts';
import { FAMILIES, targetOf } from './target.ts';

/** What lives between the runs: the connection, and the calls that its events tell of. */
class AmiSource implements Kept {
  readonly queues: ReadonlySet<string> | null;
  readonly link: AmiLink;
  #book: CallBook | null = null;
  #calls: AmiCalls | null = null;

  constructor(options: AsteriskAmiOptions, clock: Clock) {
    this.queues = options.queues === undefined ? null : new Set(options.queues);
    this.link = new AmiLink((event) => this.#calls?.take(event, clock.nowMs()));
  }

  /** The calls, taken up where an earlier life of the agent left them. */
  async calls(events: ProbeContext['events']): Promise<{ readonly book: CallBook; readonly calls: AmiCalls }> {
    const left = this.#book === null ? readLeft(await events.place(), callBookSchema) : null;
    this.#book ??= new CallBook(left ?? undefined, AMI_FIRST_REVISION);
    this.#calls ??= new AmiCalls(this.queues, this.#book);
    return { book: this.#book, calls: this.#calls };
  }

  close(): void {
    this.link.close();
  }
}

/**
 * Asks how the queues stand, over the connection that an earlier run opened when it still holds, and ships the calls
 * that were heard of since. A connection that answers nothing is dropped with the run, and the next opens another.
 */
export async function runAsteriskAmi(options: AsteriskAmiOptions, context: ProbeContext): Promise<void> {
  const { clock, events, values } = context;
  const source = context.keep(() => new AmiSource(options, clock));
  const { book, calls } = await source.calls(events);
  const { link, queues } = source;
  context.onDeadline(() => link.drop(closedEarly()));
  const { answer: status, isNew } = await askHeld(link, {
    ask: () => askForStatus(link, context),
    open: () => open(options, { link, context }),
  });
  const nowMs = clock.nowMs();
  const entries = status.filter(({ name }) => name === 'QueueEntry').map(({ fields }) => fields);
  if (isNew) calls.reconcile(entries, nowMs);
  calls.settle(nowMs);
  book.forgetBefore(nowMs);
  Object.assign(values, gaugeValues(queueGauges(status, queues)));
  await shipCalls(book, context);
}

async function askForStatus(
  link: AmiLink,
  context: Pick<ProbeContext, 'clock' | 'values' | 'enter'>,
): Promise<readonly AmiMessage[]> {
  const { clock, values } = context;
  context.enter('exchange');
  const startedMs = clock.elapsedMs();
  const status = await link.ask('QueueStatus');
  values.request = microseconds(startedMs, clock.elapsedMs());
  return status;
}

interface Opening {
  readonly link: AmiLink;
  readonly context: ProbeContext;
}

async function open(options: AsteriskAmiOptions, { link, context }: Opening): Promise<void> {
  const { clock, values } = context;
  const secret = context.allowed.secret(options.secret);
  const target = targetOf(options.host, options.port ?? (options.tls === undefined ? 5038 : 5039));
  const address = await resolve(target, FAMILIES[options.ip], context);
  const opened = await openConnection(address, target.port, context);
  const { tls } = options;
  const peer = { name: tls?.server_name ?? options.host, verify: tls?.verify ?? true };
  link.open(tls === undefined ? opened : await secureConnection(opened, peer, context));
  context.enter('exchange');
  const startedMs = clock.elapsedMs();
  try {
    await link.login(options.username, secret, options.refused ? 'agent,dialplan' : 'agent');
  } catch (error) {
    link.drop(closedEarly());
    throw error;
  }
  values.login = microseconds(startedMs, clock.elapsedMs());
}
