import { CallBook } from '@nines/shared/phone/call-book.ts';
import { CallcenterCalls } from '@nines/shared/phone/callcenter-calls.ts';
import {
  type Callcenter,
  callcenterGauges,
  queueMembers,
  readTable,
  resumable,
  type TableRow,
} from '@nines/shared/phone/callcenter-tables.ts';
import { gaugeValues } from '@nines/shared/phone/queue-gauges.ts';
import type { FreeswitchOptions } from '@nines/shared/probes/freeswitch.ts';
import type { Clock } from '@nines/shared/time/clock.ts';
import { ProbeFailure } from '../failure-reason.ts';
import type { Kept } from '../keeper.ts';
import { callBookSchema, readLeft } from './call-book-schema.ts';
import { closedEarly, microseconds, openConnection, resolve } from './connection.ts';
import { EventSocketLink } from './event-socket-link.ts';
import { askHeld } from './held-connection.ts';
import type { ProbeContext } from './probe-run.ts';
import { shipCalls } from './ship-calls.ts';
import { FAMILIES, targetOf } from './target.ts';

/** What lives between the runs: the connection, and the calls that its events tell of. */
class FreeswitchSource implements Kept {
  readonly link: EventSocketLink;
  readonly queues: ReadonlySet<string> | null;
  #known: { readonly book: CallBook; readonly calls: CallcenterCalls } | null = null;

  constructor({ queues }: FreeswitchOptions, clock: Clock) {
    this.queues = queues === undefined ? null : new Set(queues);
    this.link = new EventSocketLink((fields) => this.#known?.calls.take(fields, clock.nowMs()));
  }

  /** The calls, taken up where an earlier life of the agent left them. */
  async known(events: ProbeContext['events']) {
    if (this.#known !== null) return this.#known;
    const book = new CallBook(readLeft(await events.place(), callBookSchema) ?? undefined);
    this.#known = { book, calls: new CallcenterCalls(this.queues, book) };
    return this.#known;
  }

  close(): void {
    this.link.close();
  }
}

/**
 * Asks how the queues stand, over the connection that an earlier run opened when it still holds, and ships the calls that
 * were heard of since. A connection that answers nothing is dropped with the run, and the next opens another.
 */
export async function runFreeswitch(options: FreeswitchOptions, context: ProbeContext): Promise<void> {
  const { clock, events, values } = context;
  const source = context.keep(() => new FreeswitchSource(options, clock));
  const { book, calls } = await source.known(events);
  const { link } = source;
  context.onDeadline(() => link.drop(closedEarly()));
  const { answer: callcenter, isNew } = await askHeld(link, {
    ask: () => askAll(source, calls, context),
    open: () => open(options, { link, context }),
  });
  const nowMs = clock.nowMs();
  if (isNew) calls.reconcile(callcenter.members, nowMs);
  calls.settle(nowMs);
  book.forgetBefore(nowMs);
  Object.assign(values, gaugeValues(callcenterGauges(callcenter, nowMs)));
  await shipCalls(book, context);
}

async function askAll(
  { link, queues }: FreeswitchSource,
  calls: CallcenterCalls,
  context: Pick<ProbeContext, 'clock' | 'values' | 'enter'>,
): Promise<Callcenter> {
  const { clock, values } = context;
  context.enter('exchange');
  const startedMs = clock.elapsedMs();
  const all = await ask(link, 'queue list');
  calls.allowResuming(resumable(all));
  // A space would end the name: mod_callcenter itself cannot be asked about such a queue.
  const names = all.map((row) => row.get('name') ?? '').filter((name) => /^\S+$/.test(name));
  const wanted = names.filter((name) => queues?.has(name) ?? true);
  const members: TableRow[] = [];
  for (const name of wanted) members.push(...(await ask(link, `queue list members ${name}`)));
  const agents = await ask(link, 'agent list');
  const tiers = await ask(link, 'tier list');
  values.request = microseconds(startedMs, clock.elapsedMs());
  return { members: queueMembers(members), agents, tiers, queues };
}

async function ask(link: EventSocketLink, what: string): Promise<TableRow[]> {
  const text = await link.api(`callcenter_config ${what}`);
  const rows = readTable(text);
  if (rows !== null) return rows;
  throw new ProbeFailure('answer-unexpected', `callcenter_config ${what}: ${text.trim().slice(0, 80)}`);
}

interface Opening {
  readonly link: EventSocketLink;
  readonly context: ProbeContext;
}

async function open(options: FreeswitchOptions, { link, context }: Opening): Promise<void> {
  const { clock, values } = context;
  const password = context.allowed.secret(options.password);
  const target = targetOf(options.host, options.port);
  const address = await resolve(target, FAMILIES[options.ip], context);
  const socket = await openConnection(address, target.port, context);
  context.enter('exchange');
  const startedMs = clock.elapsedMs();
  try {
    await link.open(socket, password);
    await link.order('event', 'plain CUSTOM callcenter::info');
  } catch (error) {
    link.drop(closedEarly());
    throw error;
  }
  values.login = microseconds(startedMs, clock.elapsedMs());
}
