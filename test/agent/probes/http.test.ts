import type { IncomingMessage } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import { ManualClock } from '../../support/manual-clock.ts';
import { bodyOf, type HttpTarget, httpTarget, rawTarget } from '../../support/probe-targets/http-targets.ts';
import { options, probe, verdict } from '../../support/probe-targets/probe.ts';

const open: HttpTarget[] = [];
afterEach(async () => {
  for (const target of open.splice(0)) {
    // Every probe has to leave nothing behind, whatever became of it.
    await target.drained();
    await target.close();
  }
});

async function serving(...args: Parameters<typeof httpTarget>): Promise<HttpTarget> {
  const target = await httpTarget(...args);
  open.push(target);
  return target;
}

async function saying(...args: Parameters<typeof rawTarget>): Promise<HttpTarget> {
  const target = await rawTarget(...args);
  open.push(target);
  return target;
}

/** The target answers with this text and closes. */
function scripted(answer: string): Promise<HttpTarget> {
  return saying((socket) => socket.end(answer));
}

describe('an http probe', () => {
  it('reports every phase, status and bytes of an answer that meets everything', async () => {
    const target = await serving((_request, response) => response.end('Add to cart'));
    const { observation } = await probe({ type: 'http', url: target.url });
    expect(observation.outcome).toBe('up');
    const { values } = observation;
    expect(Object.keys(values).sort()).toEqual(
      ['bytes', 'connect', 'processing', 'redirects', 'resolve', 'status', 'total', 'transfer'].sort(),
    );
    // "Add to cart" is 11 bytes.
    expect(values).toMatchObject({ resolve: 0, status: 200, bytes: 11, redirects: 0 });
    expect(Object.values(values).every(Number.isSafeInteger)).toBe(true);
    const { connect = 0, processing = 0, transfer = 0, total = 0 } = values;
    expect(connect).toBeGreaterThan(0);
    expect(processing).toBeGreaterThan(0);
    expect(connect + processing + transfer).toBeLessThanOrEqual(total);
  });

  it('asks as itself, for the content as it is, over a connection that ends with the answer', async () => {
    const seen: IncomingMessage['headers'][] = [];
    const target = await serving((request, response) => {
      seen.push(request.headers);
      response.end();
    });
    await probe({ type: 'http', url: `${target.url}/a?b=c` });
    await probe({ type: 'http', url: target.url, headers: { 'Accept-Encoding': 'gzip', 'X-Key': { env: 'KEY' } } });
    expect(seen[0]).toEqual({
      host: `127.0.0.1:${target.port}`,
      connection: 'close',
      'user-agent': 'nines-agent/0.1',
      accept: '*/*',
      'accept-encoding': 'identity',
    });
    expect(seen[1]).toMatchObject({ 'accept-encoding': 'gzip', 'x-key': 'secret' });
  });

  it.each(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])('sends %s', async (method) => {
    const target = await serving((request, response) => {
      response.statusCode = request.method === method ? 200 : 500;
      response.end();
    });
    expect(verdict(await probe({ type: 'http', url: target.url, method }))).toBe('up');
  });

  it.each(['GET', 'POST'])('sends a body with %s', async (method) => {
    const target = await serving(async (request, response) => {
      response.end(`got ${await bodyOf(request)}`);
    });
    const run = await probe({ type: 'http', url: target.url, method, body: 'größe', expect: { body: 'got größe' } });
    expect(verdict(run)).toBe('up');
  });

  it('probes an IPv6 address', async () => {
    const target = await serving((_request, response) => response.end('six'), '::1');
    expect(verdict(await probe({ type: 'http', url: target.url, ip: '6' }))).toBe('up');
  });

  it('looks a name up in the family asked for, and reports how long that took', async () => {
    const target = await serving((_request, response) => response.end());
    const { observation } = await probe({ type: 'http', url: `http://localhost:${target.port}`, ip: '4' });
    expect(observation.outcome).toBe('up');
    expect(observation.values.resolve).toBeGreaterThan(0);
  });
});

describe('an http target that fails', () => {
  it('nobody listens: connection-refused, with the phases that were over', async () => {
    const target = await serving(() => {});
    await target.close();
    open.pop();
    const run = await probe({ type: 'http', url: target.url });
    expect(verdict(run)).toBe('down connection-refused');
    expect(Object.keys(run.observation.values).sort()).toEqual(['resolve', 'total']);
  });

  it('the name does not exist: name-not-found, or the resolver could not say', async () => {
    const run = await probe({ type: 'http', url: 'http://nines-test.invalid/' });
    expect(['down name-not-found', 'unknown resolver-unavailable']).toContain(verdict(run));
  });

  it.each([
    ['resets the connection', 'connection-reset', (socket: { resetAndDestroy(): unknown }) => socket.resetAndDestroy()],
    ['closes without a word', 'connection-closed', (socket: { end(): unknown }) => socket.end()],
  ])('%s: %s', async (_name, reason, act) => {
    const target = await saying((socket) => act(socket));
    expect(verdict(await probe({ type: 'http', url: target.url }))).toBe(`down ${reason}`);
  });

  it.each([
    ['speaks no HTTP', 'SSH-2.0-OpenSSH_9.2\r\n'],
    ['answers with a status that is none', 'HTTP/1.1 000 Hi\r\n\r\n'],
    ['sends a broken header', 'HTTP/1.1 200 OK\r\nbad header\r\n\r\n'],
    ['sends a chunk of no size', 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n'],
    ['sends a head without end', `HTTP/1.1 200 OK\r\n${'x: y\r\n'.repeat(20_000)}`],
    ['switches protocols unasked', 'HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n'],
  ])('%s: down, and never an error of ours', async (_name, answer) => {
    const target = await scripted(answer);
    expect(verdict(await probe({ type: 'http', url: target.url }))).toMatch(
      /^down (invalid-response|connection-closed)$/,
    );
  });

  it('ends before the length it announced: a failure although the status was good', async () => {
    const target = await scripted('HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nshort');
    const run = await probe({ type: 'http', url: target.url });
    expect(verdict(run)).toBe('down response-truncated');
    expect(run.observation.values.processing).toBeGreaterThan(0);
  });

  it('ends in the middle of its chunks: a failure although the status was good', async () => {
    const target = await scripted('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhel');
    expect(verdict(await probe({ type: 'http', url: target.url }))).toBe('down response-truncated');
  });

  it('closes to end a body without length: that is an end', async () => {
    const target = await scripted('HTTP/1.0 200 OK\r\n\r\nall of it');
    const run = await probe({ type: 'http', url: target.url, expect: { body: 'all of it' } });
    expect(verdict(run)).toBe('up');
  });

  it('early hints are not the answer', async () => {
    const target = await scripted(
      'HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok',
    );
    const { observation } = await probe({ type: 'http', url: target.url });
    expect(observation).toMatchObject({ outcome: 'up', values: { status: 200, bytes: 2 } });
  });
});

describe('the deadline of an http probe', () => {
  it.each([
    ['a server that accepts and is silent', '', 'response-timeout'],
    ['a head that drips', 'HTTP/1.1 200 OK\r\nx-drip: ', 'response-timeout'],
    ['a body that drips', 'HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\ndrip', 'response-timeout'],
  ])('%s', async (_name, beginning, reason) => {
    const clock = new ManualClock();
    const asked = Promise.withResolvers<void>();
    const target = await saying((socket) => {
      if (beginning === '') asked.resolve();
      else socket.write(beginning, () => asked.resolve());
    });
    const running = probe({ type: 'http', url: target.url }, { clock });
    await asked.promise;
    await clock.advance(5_000);
    expect(verdict(await running)).toBe(`down ${reason}`);
    await target.drained();
  });
});

describe('the body of an http answer', () => {
  it('is read to max_body and not further', async () => {
    const sent = { bytes: 0 };
    const target = await saying((socket) => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n');
      const chunk = Buffer.alloc(64 * 1024, 'x');
      const more = () => {
        while (!socket.destroyed && socket.write(chunk)) sent.bytes += chunk.length;
      };
      socket.on('drain', more);
      more();
    });
    const { observation } = await probe({ type: 'http', url: target.url, max_body: '100kB' });
    expect(observation).toMatchObject({ outcome: 'up', values: { bytes: 100_000 } });
    await target.drained();
    // An endless body: whatever fits the buffers of two sockets, but no more than that.
    expect(sent.bytes).toBeLessThan(64 * 1024 * 1024);
  });

  it('is exactly max_body long: nothing is cut', async () => {
    const target = await serving((_request, response) => response.end('x'.repeat(1000)));
    const run = await probe({ type: 'http', url: target.url, max_body: '1kB', expect: { max_size: '1kB' } });
    expect(verdict(run)).toBe('up');
    expect(run.observation.values.bytes).toBe(1000);
  });

  it('a cut body is larger than max_size', async () => {
    const target = await serving((_request, response) => response.end('x'.repeat(1001)));
    const run = await probe({ type: 'http', url: target.url, max_body: '1kB', expect: { max_size: '1kB' } });
    expect(verdict(run)).toBe('down size-unexpected');
    expect(run.detail).toBe('1000 bytes or more, expected at most 1000');
  });
});

describe('the options of an http check', () => {
  it.each([
    [{ headers: { connection: 'keep-alive' } }, 'set by the probe itself'],
    [{ headers: { 'x y': '1' } }, 'name of a header'],
    [{ headers: { x: 'a\r\nb: c' } }, 'one line'],
    [{ url: 'http://127.0.0.1/', ip: '6' }, 'IPv4 address'],
    [{ url: 'http://[::1]/', ip: 'both' }, 'IPv6 address'],
    [{ expect: { max_size: '2MiB' } }, 'max_body'],
    [{ expect: { json: [{ path: 'a..b', equals: 1 }] } }, 'path'],
  ])('refuses %j', (wrong, message) => {
    expect(() => options({ type: 'http', url: 'http://example.net/', ...wrong })).toThrow(message);
  });
});
