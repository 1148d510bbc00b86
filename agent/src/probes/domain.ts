import { errorMessage } from '@nines/shared/errors.ts';
import type { DomainOptions } from '@nines/shared/probes/domain.ts';
import { formatInstant } from '@nines/shared/time/calendar.ts';
import * as z from 'zod';
import { CannotTell, ProbeFailure } from '../failure-reason.ts';
import { callHttp, type HttpReply } from './http-call.ts';
import { partOf } from './part-context.ts';
import type { ProbeContext } from './probe-run.ts';

/** rdap.org leads to a registry, and a registry now and then to a registrar. */
const MAX_REDIRECTS = 5;
const MAX_BODY = 2 ** 20;

/** The part of a domain's answer that is read (RFC 9083 section 4.5). */
const answerSchema = z.looseObject({
  events: z.array(z.looseObject({ eventAction: z.string(), eventDate: z.string() })),
});

/** Asks until when the domain is registered. What keeps the registry from answering says nothing about the domain. */
export async function runDomain(options: DomainOptions, context: ProbeContext): Promise<void> {
  // A deadline is no failure of the domain, in whatever phase of a question it strikes.
  context.enter('local');
  const expiresAtMs = expirationIn(await askRegistry(options, context));
  context.values.domain_expires_at = Math.floor(expiresAtMs / 1_000);
  const leftMs = expiresAtMs - context.clock.nowMs();
  const ends = `the registration of ${options.name} ends ${formatInstant(expiresAtMs, 'UTC')}`;
  if (leftMs <= 0) throw new ProbeFailure('domain-expired', ends);
  if (leftMs < (options.expect.valid_for ?? 0)) throw new ProbeFailure('domain-expires-soon', ends);
}

async function askRegistry({ name, server, tls }: DomainOptions, context: ProbeContext): Promise<string> {
  let url = new URL(`${server.replace(/\/$/, '')}/domain/${encodeURIComponent(name)}`);
  let trusted: DomainOptions['tls'] = tls;
  for (let redirects = 0; redirects <= MAX_REDIRECTS; redirects++) {
    const { status, text, location } = await ask(url, trusted, context);
    if (location === null) {
      if (status === 200) return text;
      throw new CannotTell('registry-unavailable', `${url.host} answered ${status} for ${name}`);
    }
    if (!URL.canParse(location, url)) throw new CannotTell('registry-unavailable', `${url.host} leads to no address`);
    url = new URL(location, url);
    // The name in the configuration is the first server's.
    trusted = { verify: tls.verify };
  }
  throw new CannotTell('registry-unavailable', `more than ${MAX_REDIRECTS} redirects`);
}

async function ask(url: URL, tls: DomainOptions['tls'], context: ProbeContext): Promise<HttpReply> {
  const headers = { accept: 'application/rdap+json', 'user-agent': 'nines-agent' };
  try {
    return await callHttp(
      { url, method: 'GET', headers, tls, maxBody: MAX_BODY },
      partOf(context, {}, () => {}),
    );
  } catch (error) {
    throw new CannotTell('registry-unavailable', `${url.host}: ${errorMessage(error)}`);
  }
}

/** Throws `CannotTell` for what is no answer about a domain, or does not say when it ends. */
function expirationIn(text: string): number {
  const read = answerSchema.safeParse(parsed(text));
  const date = read.data?.events.find(({ eventAction }) => eventAction === 'expiration')?.eventDate;
  const atMs = date === undefined ? Number.NaN : Date.parse(date);
  if (Number.isNaN(atMs)) throw new CannotTell('registry-unavailable', 'the registry does not say when it ends');
  return atMs;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
