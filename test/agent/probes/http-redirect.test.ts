import type { IncomingMessage } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import { bodyOf, type HttpTarget, httpTarget } from '../../support/probe-targets/http-targets.ts';
import { probe, verdict } from '../../support/probe-targets/probe.ts';

const open: HttpTarget[] = [];
afterEach(async () => {
  for (const target of open.splice(0)) {
    await target.drained();
    await target.close();
  }
});

interface Seen {
  readonly method: string | undefined;
  readonly url: string | undefined;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

/** Answers each path as told, and remembers what it was asked. */
async function site(
  routes: Record<string, { status: number; location?: string }>,
): Promise<HttpTarget & { seen: Seen[] }> {
  const seen: Seen[] = [];
  const target = await httpTarget(async (request, response) => {
    seen.push({ method: request.method, url: request.url, headers: request.headers, body: await bodyOf(request) });
    const { status, location } = routes[request.url ?? ''] ?? { status: 404 };
    response.writeHead(status, location === undefined ? {} : { location });
    response.end(status === 200 ? 'arrived' : 'elsewhere');
  });
  open.push(target);
  return { ...target, seen };
}

describe('an http probe that is redirected', () => {
  it('follows to the end, sums the phases up, counts, and judges only the last answer', async () => {
    const target = await site({
      '/': { status: 302, location: '/a' },
      '/a': { status: 301, location: 'b?x=1' },
      '/b?x=1': { status: 200 },
    });
    const { observation } = await probe({ type: 'http', url: `${target.url}/`, expect: { body: 'arrived' } });
    expect(observation).toMatchObject({ outcome: 'up', values: { status: 200, redirects: 2, bytes: 7 } });
    expect(target.seen.map(({ url }) => url)).toEqual(['/', '/a', '/b?x=1']);
  });

  it('stays where it is when told so: the redirect is the answer', async () => {
    const target = await site({ '/': { status: 302, location: '/a' } });
    const stays = { type: 'http', url: `${target.url}/`, follow_redirects: false };
    expect(verdict(await probe(stays))).toBe('down status-unexpected');
    const expected = await probe({
      ...stays,
      expect: { status: [302], headers: { Location: '^/a$' }, body: 'elsewhere' },
    });
    expect(verdict(expected)).toBe('up');
    expect(target.seen).toHaveLength(2);
  });

  it.each([
    ['more than 253 characters', `${'a.'.repeat(130)}example`],
    ['a label of 64', `${'a'.repeat(64)}.example`],
    ['an empty label', 'a..example'],
    ['everybody', '255.255.255.255'],
    ['a group', '224.0.0.1'],
    ['nobody', '0.0.0.0'],
    ['a group of IPv6', '[ff02::1]'],
    ['nobody of IPv6', '[::]'],
    ['a group of IPv4 within IPv6', '[::ffff:224.0.0.1]'],
    ['an address without its interface', '[fe80::1]'],
  ])('to a host that can be none, %s: the mistake of the target', async (_name, host) => {
    const target = await site({ '/': { status: 302, location: `http://${host}/` } });
    expect(verdict(await probe({ type: 'http', url: `${target.url}/` }))).toBe('down invalid-redirect');
  });

  it('a redirect to nowhere is the answer', async () => {
    const target = await site({ '/': { status: 302 } });
    const run = await probe({ type: 'http', url: `${target.url}/`, expect: { status: ['3xx'] } });
    expect(verdict(run)).toBe('up');
  });

  it.each([
    [301, 'POST', 'GET'],
    [302, 'POST', 'GET'],
    [303, 'POST', 'GET'],
    [303, 'PUT', 'GET'],
    [303, 'HEAD', 'HEAD'],
    [302, 'PUT', 'PUT'],
    [307, 'POST', 'POST'],
    [308, 'POST', 'POST'],
  ])('after %i a %s goes on as %s', async (status, method, then) => {
    const target = await site({ '/': { status, location: '/a' }, '/a': { status: 200 } });
    const written = { type: 'http', url: `${target.url}/`, method, headers: { 'content-type': 'text/plain' } };
    const run = await probe(method === 'HEAD' ? written : { ...written, body: 'order' });
    expect(verdict(run)).toBe('up');
    const [, second] = target.seen;
    expect(second?.method).toBe(then);
    expect(second?.body).toBe(then === method && method !== 'HEAD' ? 'order' : '');
    expect(second?.headers['content-type']).toBe(then === method ? 'text/plain' : undefined);
  });

  const private_ = {
    Authorization: 'Bearer x',
    Cookie: 'session=1',
    Host: 'shop.example',
    'X-Api-Key': { env: 'KEY' },
    'X-Plain': 'plain',
  };

  it('tells the same origin everything again', async () => {
    const target = await site({ '/': { status: 302, location: '/a' }, '/a': { status: 200 } });
    await probe({ type: 'http', url: `${target.url}/`, headers: private_ });
    expect(target.seen[1]?.headers).toMatchObject({
      authorization: 'Bearer x',
      cookie: 'session=1',
      host: 'shop.example',
      'x-api-key': 'secret',
    });
  });

  it('tells another origin no credentials, no secrets and no host name, and does not take them up again', async () => {
    const home = await site({ '/back': { status: 200 } });
    const other = await site({ '/': { status: 302, location: `${home.url}/back` } });
    const first = await site({ '/': { status: 302, location: `${other.url}/` } });
    expect(verdict(await probe({ type: 'http', url: `${first.url}/`, headers: private_ }))).toBe('up');
    for (const { port, seen } of [other, home]) {
      expect(seen[0]?.headers).toEqual({
        host: `127.0.0.1:${port}`,
        connection: 'close',
        'user-agent': 'nines-agent/0.1',
        accept: '*/*',
        'accept-encoding': 'identity',
        'x-plain': 'plain',
      });
    }
  });

  it('ignores credentials in a location', async () => {
    const other = await site({ '/': { status: 200 } });
    const first = await site({ '/': { status: 302, location: `http://user:password@127.0.0.1:${other.port}/` } });
    expect(verdict(await probe({ type: 'http', url: `${first.url}/` }))).toBe('up');
    expect(other.seen[0]?.headers.authorization).toBeUndefined();
  });

  it('gives up on a circle after max_redirects', async () => {
    const target = await site({ '/': { status: 302, location: '/' } });
    const run = await probe({ type: 'http', url: `${target.url}/`, max_redirects: 3 });
    expect(verdict(run)).toBe('down too-many-redirects');
    // The first request and three that followed.
    expect(target.seen).toHaveLength(4);
  });

  it.each(['ftp://example.net/', 'javascript:alert(1)', 'file:///etc/passwd', 'http://'])(
    'a location %s is an invalid redirect',
    async (location) => {
      const target = await site({ '/': { status: 302, location } });
      expect(verdict(await probe({ type: 'http', url: `${target.url}/` }))).toBe('down invalid-redirect');
    },
  );
});
