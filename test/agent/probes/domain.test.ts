import type { RequestListener } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ManualClock } from '../../support/manual-clock.ts';
import { type HttpTarget, httpTarget } from '../../support/probe-targets/http-targets.ts';
import { probe, verdict } from '../../support/probe-targets/probe.ts';

const ENDS = '2026-12-01T00:00:00Z';
const DAY_MS = 86_400_000;

/** A domain as RFC 9083 section 5.3 shows one, shortened. */
const DOMAIN = {
  objectClassName: 'domain',
  ldhName: 'shop.example',
  status: ['active'],
  events: [
    { eventAction: 'registration', eventDate: '1990-12-31T23:59:59Z' },
    { eventAction: 'last changed', eventDate: '2025-12-01T00:00:00Z', eventActor: 'joe@example.com' },
    { eventAction: 'expiration', eventDate: ENDS },
  ],
};

let target: HttpTarget;
let answer: RequestListener;
const asked: string[] = [];

beforeEach(async () => {
  asked.length = 0;
  target = await httpTarget((request, response) => {
    asked.push(`${request.url} ${request.headers.accept}`);
    answer(request, response);
  });
});
afterEach(() => target.close());

function saying(body: unknown, status = 200): RequestListener {
  return (_, response) => {
    response.writeHead(status, { 'content-type': 'application/rdap+json' });
    response.end(typeof body === 'string' ? body : JSON.stringify(body));
  };
}

/** A run so long before the registration ends. */
function probing(beforeMs: number, written: Readonly<Record<string, unknown>> = {}) {
  const options = { type: 'domain', name: 'shop.example', server: `http://127.0.0.1:${target.port}/rdap/`, ...written };
  return probe(options, { clock: new ManualClock(Date.parse(ENDS) - beforeMs) });
}

describe('a domain probe', () => {
  it('asks the registry and reports when the registration ends', async () => {
    answer = saying(DOMAIN);
    const { observation } = await probing(90 * DAY_MS, { expect: { valid_for: '30d' } });
    expect(observation.outcome).toBe('up');
    expect(observation.values.domain_expires_at).toBe(Date.parse(ENDS) / 1_000);
    expect(asked).toEqual(['/rdap/domain/shop.example application/rdap+json']);
  });

  it('is down when it ends sooner than is expected, and when it has ended', async () => {
    answer = saying(DOMAIN);
    const soon = await probing(30 * DAY_MS - 1, { expect: { valid_for: '30d' } });
    expect(verdict(soon)).toBe('down domain-expires-soon');
    expect(soon.observation.values.domain_expires_at).toBe(Date.parse(ENDS) / 1_000);
    expect(verdict(await probing(0))).toBe('down domain-expired');
  });

  it('goes where it is sent, as rdap.org sends to the registry', async () => {
    answer = (request, response) => {
      if (request.url?.startsWith('/rdap/')) {
        response.writeHead(302, { location: '/registry/domain/SHOP.EXAMPLE' }).end();
        return;
      }
      response.end(JSON.stringify(DOMAIN));
    };
    expect(verdict(await probing(90 * DAY_MS))).toBe('up');
    expect(asked).toHaveLength(2);
  });

  it.each<[string, RequestListener]>([
    ['does not know the name', saying({ errorCode: 404 }, 404)],
    ['has too much to do', saying('', 503)],
    ['says no JSON', saying('<html>')],
    ['says something else', saying([1])],
    ['does not say when it ends', saying({ ...DOMAIN, events: [] })],
    ['says no date', saying({ events: [{ eventAction: 'expiration', eventDate: 'soon' }] })],
    ['sends in a circle', (_, response) => response.writeHead(302, { location: '/again' }).end()],
    ['sends nowhere', (_, response) => response.writeHead(302, { location: 'http://[' }).end()],
    ['hangs up', (request) => request.socket.destroy()],
  ])('a registry that %s says nothing about the domain', async (_, listener) => {
    answer = listener;
    expect(verdict(await probing(90 * DAY_MS))).toBe('unknown registry-unavailable');
  });

  it('neither does one that is not there', async () => {
    answer = saying(DOMAIN);
    const server = 'http://127.0.0.1:1/';
    expect(verdict(await probing(90 * DAY_MS, { server }))).toBe('unknown registry-unavailable');
  });
});
