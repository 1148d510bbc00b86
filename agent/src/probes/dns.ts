import systemDns from 'node:dns';
import { parseHostPort } from '@nines/shared/config/fields.ts';
import type { DnsOptions } from '@nines/shared/probes/dns.ts';
import { CannotTell, ProbeFailure } from '../failure-reason.ts';
import { microseconds, resolve } from './connection.ts';
import { type Authority, findAuthorities, type Resolvers } from './dns-authority.ts';
import { askServer, type DnsServer, type TimedAnswer } from './dns-exchange.ts';
import { canonicalText, type DnsAnswer } from './dns-message.ts';
import type { ProbeContext } from './probe-run.ts';
import { familyOf, targetOf } from './target.ts';

/** One question, to one resolver or to every authoritative server of the zone. */
export async function runDns(options: DnsOptions, context: ProbeContext): Promise<void> {
  if (options.authoritative) await askAuthorities(options, context);
  else await askOne(options, context);
}

async function askOne(options: DnsOptions, context: ProbeContext): Promise<void> {
  const [server] = await resolversOf(options, context);
  const question = { name: options.name, type: options.record, recursion: true };
  // Without a named resolver it is this host's own that is asked: its silence says nothing about the name.
  const isOurs = options.resolver === undefined;
  const asked = isOurs ? { clock: context.clock, signal: context.signal, enter: () => {} } : context;
  asked.enter('exchange');
  const timed = await askServer(server, question, options.transport, asked).catch((error: unknown) => {
    if (!isOurs || error instanceof ProbeFailure) throw error;
    throw new CannotTell('resolver-unavailable', `resolver ${server.address}: ${String(error)}`);
  });
  report([timed], options, context);
  expectAnswer(timed.answer, options, server.address);
}

async function askAuthorities(options: DnsOptions, context: ProbeContext): Promise<void> {
  const startedMs = context.clock.elapsedMs();
  const resolvers: Resolvers = { servers: await resolversOf(options, context), transport: options.transport };
  const authorities = await findAuthorities(options.name, resolvers, context);
  context.values.resolve = microseconds(startedMs, context.clock.elapsedMs());
  context.enter('exchange');
  const question = { name: options.name, type: options.record, recursion: false };
  const asked = await Promise.allSettled(
    authorities.map(({ address }) =>
      askServer({ address, port: options.authoritative_port }, question, options.transport, context),
    ),
  );
  const answered = asked.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
  report(answered, options, context);
  const errors = asked.flatMap((result) => (result.status === 'rejected' ? [result.reason] : []));
  if (errors.length > 0) throw new AggregateError(errors, 'not every server answered');
  expectAgreement(authorities, answered, options);
}

function report(timed: readonly TimedAnswer[], options: DnsOptions, { values }: ProbeContext): void {
  values.servers = timed.length;
  const [first] = timed;
  if (first === undefined) return;
  values.connect = Math.max(...timed.map(({ connectUs }) => connectUs));
  values.request = Math.max(...timed.map(({ requestUs }) => requestUs));
  values.answers = first.answer.answers.length;
  if (options.record === 'SOA' && first.answer.serial !== null) values.serial = first.answer.serial;
}

function expectAgreement(servers: readonly Authority[], timed: readonly TimedAnswer[], options: DnsOptions): void {
  let agreed: string | null = null;
  for (const [index, { answer }] of timed.entries()) {
    const { name, address } = servers[index] ?? { name: '', address: '' };
    const who = `${name} (${address})`;
    expectAnswer(answer, options, who);
    if (!answer.isAuthoritative) throw new ProbeFailure('server-lame', `${who} answers without authority`);
    const text = answer.answers.toSorted().join(', ');
    agreed ??= text;
    if (text !== agreed) throw new ProbeFailure('servers-disagree', `${who} says ${text}, another says ${agreed}`);
  }
}

function expectAnswer({ rcode, answers }: DnsAnswer, { record, expect }: DnsOptions, who: string): void {
  if (rcode !== expect.rcode) {
    throw new ProbeFailure('rcode-unexpected', `${who} answers ${rcode}, expected ${expect.rcode}`);
  }
  const got = new Set(answers);
  const text = answers.length === 0 ? 'nothing' : answers.join(', ');
  const wanted = (expect.answers ?? []).map((answer) => canonicalText(record, answer));
  const missing = [...wanted, ...(expect.contains ?? []).map((answer) => canonicalText(record, answer))].find(
    (answer) => !got.has(answer),
  );
  if (missing !== undefined) throw new ProbeFailure('answer-unexpected', `${who} answers ${text}, without ${missing}`);
  const extra = expect.answers === undefined ? undefined : answers.find((answer) => !wanted.includes(answer));
  if (extra !== undefined) throw new ProbeFailure('answer-unexpected', `${who} answers ${extra}, too`);
  if (rcode === 'NOERROR' && answers.length === 0) {
    throw new ProbeFailure('answer-unexpected', `${who} has no ${record} record of the name`);
  }
}

/** The resolver of the check, or the system's in their order; at least one. */
async function resolversOf(options: DnsOptions, context: ProbeContext): Promise<readonly [DnsServer, ...DnsServer[]]> {
  if (options.resolver !== undefined) {
    const { host, port } = options.resolver;
    return [{ address: await resolve(targetOf(host, port), 0, context), port }];
  }
  context.enter('resolve');
  context.values.resolve = 0;
  const [first, ...others] = systemDns.getServers().map(serverOf);
  if (first === undefined) throw new CannotTell('resolver-unavailable', 'this system has no resolver');
  return [first, ...others];
}

/** `192.0.2.1`, `2001:db8::1`, `192.0.2.1:5353`, `[2001:db8::1]:5353`, as `dns.getServers` writes them. */
function serverOf(text: string): DnsServer {
  if (familyOf(text) !== 0) return { address: text, port: 53 };
  const { host, port } = parseHostPort(text) ?? { host: text, port: 53 };
  return { address: host, port };
}
