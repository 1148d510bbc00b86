import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type PageServer, startPageServer } from '../web/page-server.ts';

let server: PageServer;
beforeAll(async () => {
  server = await startPageServer();
});
afterAll(() => server.close());

function get(path: string, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(`${server.url}${path}`, { headers });
}

async function assetPath(name: string): Promise<string> {
  const page = await (await get('/')).text();
  return new RegExp(`/assets/[0-9a-f]{16}/${name}`).exec(page)?.[0] ?? 'missing';
}

describe('the pages', () => {
  it('allow nothing but what the collector itself serves', async () => {
    for (const path of [
      '/',
      '/fragment',
      '/checks/shop-home/latency.json',
      await assetPath('nines.js'),
      '/assets/x/y',
    ]) {
      const { headers } = await get(path);
      expect(headers.get('content-security-policy'), path).toMatch(/^default-src 'self';/);
      expect(headers.get('content-security-policy'), path).not.toContain('unsafe');
      expect(headers.get('x-content-type-options'), path).toBe('nosniff');
    }
  });

  it('are not kept by a browser: a figure shown is one just computed', async () => {
    expect((await get('/')).headers.get('cache-control')).toBe('no-cache');
    expect((await get('/fragment')).headers.get('cache-control')).toBe('no-store');
  });

  it('are sent compressed to a client that takes it, and only then', async () => {
    const packed = await get('/', { 'accept-encoding': 'br, gzip' });
    const plain = await get('/', { 'accept-encoding': 'identity' });
    const refused = await get('/', { 'accept-encoding': 'gzip;q=0, identity' });
    const encodings = [packed, plain, refused].map(({ headers }) => headers.get('content-encoding'));
    expect(encodings).toEqual(['gzip', null, null]);
    expect(packed.headers.get('vary')).toBe('accept-encoding');
    expect(await packed.text()).toBe(await plain.text());
  });

  it('contain the fragment as it is', async () => {
    expect(await (await get('/')).text()).toContain(await (await get('/fragment')).text());
  });
});

describe('the latency of a check', () => {
  it('is in columns of equal length, with null where nothing was measured', async () => {
    const response = await get('/checks/shop-home/latency.json');
    expect(response.headers.get('content-type')).toBe('application/json; charset=utf-8');
    const series: unknown = await response.json();
    expect(series).toMatchObject({ mean_ms: expect.arrayContaining([null, 120]) });
    const lengths = Object.entries(Object(series)).map(([name, column]) => [name, Object(column).length]);
    expect(Object.fromEntries(lengths)).toEqual({ at_ms: 288, mean_ms: 288, min_ms: 288, max_ms: 288 });
  });

  it('is not sent again to a client that has it', async () => {
    const etag = (await get('/checks/shop-home/latency.json')).headers.get('etag') ?? '';
    expect((await get('/checks/shop-home/latency.json', { 'if-none-match': etag })).status).toBe(304);
    expect((await get('/checks/shop-home/latency.json', { 'if-none-match': 'W/"other"' })).status).toBe(200);
  });

  it('of an unknown check is 404', async () => {
    expect((await get('/checks/no-such/latency.json')).status).toBe(404);
  });
});

describe('an asset', () => {
  it('is kept for ever, because its address carries the digest of all of them', async () => {
    for (const name of ['nines.js', 'page.css', 'figures.css', 'uplot.js', 'uplot.css', 'icon.svg']) {
      const response = await get(await assetPath(name));
      expect(response.status, name).toBe(200);
      expect(response.headers.get('cache-control'), name).toBe('public, max-age=31536000, immutable');
      const etag = response.headers.get('etag') ?? '';
      expect((await get(await assetPath(name), { 'if-none-match': etag })).status, name).toBe(304);
    }
  });

  it('has the type that a browser demands', async () => {
    const types = ['nines.js', 'page.css', 'icon.svg'].map(async (name) =>
      (await get(await assetPath(name))).headers.get('content-type'),
    );
    expect(await Promise.all(types)).toEqual([
      'text/javascript; charset=utf-8',
      'text/css; charset=utf-8',
      'image/svg+xml',
    ]);
  });

  it('of another version, of another name or outside the folder is a page that says so', async () => {
    const script = await assetPath('nines.js');
    const paths = [
      '/assets/0123456789abcdef/nines.js',
      script.replace('nines.js', 'x.js'),
      script.replace('nines.js', '..%2f..%2fpackage.json'),
    ];
    for (const path of paths) {
      const response = await get(path);
      expect(response.status, path).toBe(404);
      expect(response.headers.get('content-type'), path).toBe('text/html; charset=utf-8');
      expect(response.headers.get('cache-control'), path).toBe('no-store');
      expect(await response.text(), path).toContain('Nothing here');
    }
  });
});

describe('an address that nothing answers', () => {
  it('is a page for a person, and JSON for a program and below /api', async () => {
    const path = `${server.url}/nowhere`;
    const person = await fetch(path, { headers: { accept: 'text/html,*/*' } });
    expect([person.status, person.headers.get('content-type')]).toEqual([404, 'text/html; charset=utf-8']);
    for (const odd of ['//', '//[', '//a:b@c:99999/']) expect(await statusOf(odd)).toBe(404);
    const program = await fetch(path, { headers: { accept: 'application/json' } });
    expect(await program.json()).toEqual({ error: { code: 'not-found', message: 'there is no /nowhere' } });
    const api = await fetch(`${server.url}/api/v1/nowhere`, { headers: { accept: 'text/html' } });
    expect([api.status, api.headers.get('content-type')]).toEqual([404, 'application/json; charset=utf-8']);
  });
});

/** The status of a path that no URL can hold. */
function statusOf(path: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const { hostname, port } = new URL(server.url);
    request({ hostname, port, path, headers: { accept: 'text/html' } }, (answer) => {
      answer.resume();
      resolve(answer.statusCode ?? 0);
    })
      .on('error', reject)
      .end();
  });
}
