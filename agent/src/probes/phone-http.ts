import type { ReportedEvent } from '@nines/shared/event.ts';
import type { PhoneHttpOptions } from '@nines/shared/probes/phone-http.ts';
import * as z from 'zod';
import { CannotTell, ProbeFailure } from '../failure-reason.ts';
import { readLeft } from './call-book-schema.ts';
import { newSalt, pseudonyms } from './caller-pseudonym.ts';
import { callHttp } from './http-call.ts';
import { readCalls, readDocument, readGauges } from './phone-http-output.ts';
import type { ProbeContext } from './probe-run.ts';

const MAX_PAGE_BYTES = 8 * 2 ** 20;
/** A source whose pages never end is not waited for. */
const MAX_PAGES = 100;

/** The calls of the last answer, each with how far it had come, so that what was told is not told again. */
const placeSchema = z.strictObject({ salt: z.string(), told: z.array(z.tuple([z.string(), z.int()])) });
type Place = z.output<typeof placeSchema>;

/** Asks a telephone system in the cloud how its queues stand, and ships the calls of which something new is told. */
export async function runPhoneHttp(options: PhoneHttpOptions, context: ProbeContext): Promise<void> {
  const { mapping, window } = options;
  const nowMs = context.clock.nowMs();
  const url = new URL(withInstants(options.url, { fromMs: nowMs - window, toMs: nowMs }));
  const document = await ask(url, options, context);
  const queues = options.queues === undefined ? null : new Set(options.queues);
  if (mapping.gauges !== undefined) Object.assign(context.values, readGauges(document, mapping.gauges, queues));
  if (mapping.calls !== undefined) await shipPages(document, { url, queues, options, context });
}

interface Shipping {
  readonly url: URL;
  readonly queues: ReadonlySet<string> | null;
  readonly options: PhoneHttpOptions;
  readonly context: ProbeContext;
}

async function shipPages(first: unknown, { url, queues, options, context }: Shipping): Promise<void> {
  const { events, check, values } = context;
  const mapping = options.mapping.calls;
  if (mapping === undefined) return;
  const before = readLeft<Place>(await events.place(), placeSchema) ?? { salt: newSalt(), told: [] };
  const reading = { mapping, pseudonym: pseudonyms(options.callers, before.salt), labels: { check } };
  let page = readCalls(first, reading, queues);
  const pages = [page];
  while (page.next !== null && pages.length < MAX_PAGES) {
    page = readCalls(await ask(nextPage(page.next, url), options, context), reading, queues);
    pages.push(page);
  }
  const calls = pages.flatMap((one) => one.calls);
  const mistakes = pages.flatMap((one) => one.mistakes);
  const records = pages.reduce((sum, one) => sum + one.records, 0);
  values.calls = calls.length;
  values.malformed = mistakes.length;
  await shipNew(calls, before, events);
  const [mistake] = mistakes;
  if (mistake !== undefined && mistakes.length === records) {
    const why = `${mistake.place}: ${mistake.message}`;
    throw new ProbeFailure('json-mismatch', `none of ${records} records is a call by the mapping: ${why}`);
  }
  // What stands further on is not known: that must not pass for a time without calls.
  if (page.next !== null)
    throw new Error(`there are more than ${MAX_PAGES} pages of calls; a shorter window has fewer`);
}

async function shipNew(calls: readonly ReportedEvent[], { salt, told }: Place, events: ProbeContext['events']) {
  const known = new Map(told);
  const fresh = calls.filter(({ id, revision }) => revision > (known.get(id) ?? -1));
  if (fresh.length === 0) return;
  const place: Place = { salt, told: calls.map(({ id, revision }) => [id, revision]) };
  await events.ship(fresh, JSON.stringify(place));
}

async function ask(url: URL, options: PhoneHttpOptions, context: ProbeContext): Promise<unknown> {
  const { allowed } = context;
  const headers: Record<string, string> = { accept: 'application/json' };
  for (const [name, value] of Object.entries(options.headers)) {
    headers[name.toLowerCase()] = typeof value === 'string' ? value : allowed.secret(value);
  }
  if (options.basic !== undefined) {
    const { username, password } = options.basic;
    headers.authorization = `Basic ${Buffer.from(`${username}:${allowed.secret(password)}`).toString('base64')}`;
  }
  const call = { url, method: 'GET', headers, tls: options.tls, maxBody: MAX_PAGE_BYTES } as const;
  const { status, text } = await callHttp(call, context);
  // 429: it is there, and tells us nothing because it was asked too often.
  if (status === 401 || status === 403 || status === 429) throw new CannotTell('login-refused', `status ${status}`);
  if (status !== 200) throw new ProbeFailure('status-unexpected', `status ${status}`);
  return readDocument(text);
}

/** Credentials go to the source alone: a next page somewhere else is refused. */
function nextPage(next: string, from: URL): URL {
  const url = URL.canParse(next, from) ? new URL(next, from) : null;
  if (url?.origin === from.origin) return url;
  throw new ProbeFailure('invalid-response', `the next page is not at ${from.origin}`);
}

function withInstants(url: string, { fromMs, toMs }: { readonly fromMs: number; readonly toMs: number }): string {
  const text = (atMs: number) => `${new Date(atMs).toISOString().slice(0, 19)}Z`;
  return url.replaceAll('{from}', text(fromMs)).replaceAll('{to}', text(toMs));
}
