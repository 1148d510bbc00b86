import { createServer } from 'node:http';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Listening, listen } from '../../support/probe-targets/listening.ts';
import { probe, verdict } from '../../support/probe-targets/probe.ts';

const JSON_BODY = { state: 'ok', items: [{ id: 7, tags: ['a', 'b'] }], 'a.b': { deep: null }, ratio: 0.5 };

const BODIES: Readonly<Record<string, string | Buffer>> = {
  '/json': JSON.stringify(JSON_BODY),
  '/packed': gzipSync('Add to cart'),
  '/empty': '',
};

let target: Listening;
beforeAll(async () => {
  target = await listen(
    createServer((request, response) => {
      const path = request.url ?? '/';
      const status = Number(/^\/status\/(\d+)$/.exec(path)?.[1] ?? 200);
      response.statusCode = status;
      response.setHeader('X-Served-By', 'web03');
      response.setHeader('Set-Cookie', ['a=1', 'b=2']);
      if (path === '/packed') response.setHeader('Content-Encoding', 'gzip');
      response.end(BODIES[path] ?? 'Grüße: Add to cart');
    }),
  );
});
afterAll(() => target.close());

async function expecting(path: string, expectation: Record<string, unknown>): Promise<string> {
  return verdict(await probe({ type: 'http', url: `http://127.0.0.1:${target.port}${path}`, expect: expectation }));
}

describe('what an http check expects', () => {
  it.each([
    ['/status/200', {}, 'up'],
    ['/status/204', {}, 'up'],
    ['/status/404', {}, 'down status-unexpected'],
    ['/status/503', {}, 'down status-unexpected'],
    ['/status/404', { status: [404] }, 'up'],
    ['/status/404', { status: ['2xx', '4xx'] }, 'up'],
    ['/status/201', { status: [200] }, 'down status-unexpected'],
    ['/', { headers: { 'x-served-by': '^web\\d+$' } }, 'up'],
    ['/', { headers: { 'X-Served-By': 'web04' } }, 'down header-mismatch'],
    ['/', { headers: { 'x-none': '.*' } }, 'down header-mismatch'],
    ['/', { headers: { 'set-cookie': 'b=2' } }, 'up'],
    ['/', { body: 'Add to cart' }, 'up'],
    ['/', { body: 'Grüße' }, 'up'],
    ['/', { body: 'add to cart' }, 'down body-mismatch'],
    ['/', { body_not: 'Fatal error' }, 'up'],
    ['/', { body_not: 'Add' }, 'down body-mismatch'],
    ['/', { body_matches: '^Gr..e: .* cart$' }, 'up'],
    ['/', { body_matches: '^cart' }, 'down body-mismatch'],
    ['/empty', { body: 'x' }, 'down body-mismatch'],
    ['/packed', { body: 'Add to cart' }, 'down body-mismatch'],
    ['/packed', {}, 'up'],
    // "Grüße: Add to cart" is 18 characters, two of them of two bytes.
    ['/', { min_size: '20B', max_size: '20B' }, 'up'],
    ['/', { min_size: '21B' }, 'down size-unexpected'],
    ['/', { max_size: '19B' }, 'down size-unexpected'],
    ['/', { version: '1.1' }, 'up'],
    ['/', { version: '2' }, 'down version-unexpected'],
    ['/', { certificate_valid_for: '1d' }, 'down certificate-missing'],
    ['/json', { json: [{ path: 'state', equals: 'ok' }] }, 'up'],
    ['/json', { json: [{ path: '$.items[0].tags[1]', equals: 'b' }] }, 'up'],
    ['/json', { json: [{ path: 'items[0]', equals: { tags: ['a', 'b'], id: 7 } }] }, 'up'],
    ['/json', { json: [{ path: '["a.b"].deep', equals: null }] }, 'up'],
    ['/json', { json: [{ path: 'ratio', matches: '^0\\.5$' }] }, 'up'],
    [
      '/json',
      {
        json: [
          { path: 'state', equals: 'ok' },
          { path: 'state', matches: 'bad' },
        ],
      },
      'down json-mismatch',
    ],
    ['/json', { json: [{ path: 'items[0].id', equals: '7' }] }, 'down json-mismatch'],
    ['/json', { json: [{ path: 'items[1].id', equals: 7 }] }, 'down json-mismatch'],
    ['/json', { json: [{ path: 'constructor.name', matches: '.*' }] }, 'down json-mismatch'],
    ['/', { json: [{ path: 'state', equals: 'ok' }] }, 'down json-mismatch'],
  ])('%s with %j: %s', async (path, expectation, outcome) => {
    expect(await expecting(path, expectation)).toBe(outcome);
  });

  it('judges the status before the body', async () => {
    expect(await expecting('/status/500', { body: 'not there' })).toBe('down status-unexpected');
  });

  it('says what was seen and what was expected', async () => {
    const url = `http://127.0.0.1:${target.port}`;
    const details = await Promise.all([
      probe({ type: 'http', url: `${url}/status/503` }),
      probe({ type: 'http', url, expect: { headers: { 'x-served-by': 'web04' } } }),
      probe({ type: 'http', url: `${url}/json`, expect: { json: [{ path: 'items[0].id', equals: 8 }] } }),
    ]);
    expect(details.map(({ detail }) => detail)).toEqual([
      'status 503, expected 2xx',
      'header x-served-by is "web03", expected /web04/',
      'items[0].id is "7", expected 8',
    ]);
  });
});
