import { request } from 'node:http';
import { connect } from 'node:net';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { MAX_SENT_BYTES } from '@nines/shared/wire.ts';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { aBatch, collect, upColumns } from '../../support/batches.ts';
import { HEADERS, type IngestServer, post, serveIngest } from '../../support/ingest-server.ts';
import { MemoryStore } from '../../support/memory-store.ts';

let store: MemoryStore;
let server: IngestServer;
beforeEach(async () => {
  store = new MemoryStore();
  server = await serveIngest(store);
});
afterEach(() => server.close());

/** Nothing was stored or told of, nothing was logged, and the next good batch goes through. */
async function expectUnharmed(): Promise<void> {
  expect(await collect(store.tail(0))).toEqual([]);
  expect(server.stored).toEqual([]);
  expect(server.logged).toEqual([]);
  expect(await post(server, JSON.stringify(aBatch()))).toMatchObject({ status: 200, body: { stored: 3 } });
}

function refusal(status: number, code: string) {
  return { status, body: { error: { code, message: expect.stringMatching(/\S/) } } };
}

const GOOD = JSON.stringify(aBatch());
const COLUMNS = upColumns('shop-home', 3);

describe('a batch that can never be stored is refused with a code', () => {
  it.each<[string, unknown, number, string]>([
    ['text that is not JSON', '{"version":1,', 400, 'malformed-json'],
    ['an empty body', '', 400, 'malformed-json'],
    ['bytes that are no text', Buffer.from([0xff, 0xfe, 0x00, 0x80]), 400, 'malformed-json'],
    ['an array', [], 400, 'invalid-batch'],
    ['null', null, 400, 'invalid-batch'],
    ['a newer version, whatever else is in it', { version: 2, observations: [] }, 400, 'unsupported-version'],
    ['no version', { ...aBatch(), version: undefined }, 400, 'invalid-batch'],
    ['a key that is not known', { ...aBatch(), extra: 1 }, 400, 'invalid-batch'],
    ['a spool name that is too short', aBatch({ spool: 'short' }), 400, 'invalid-batch'],
    ['a negative sequence', aBatch({ sequence: -1 }), 400, 'invalid-batch'],
    [
      'a sequence beyond exact integers',
      GOOD.replace('"sequence":1', '"sequence":9007199254740993'),
      400,
      'invalid-batch',
    ],
    ['no checks', aBatch({ checks: [] }), 400, 'invalid-batch'],
    ['columns of different length', aBatch({ checks: [{ ...COLUMNS, up: [1, 1] }] }), 400, 'invalid-batch'],
    [
      'instants in seconds',
      aBatch({ checks: [{ ...COLUMNS, at_ms: [1_790_000_000, 1_790_000_060, 1_790_000_120] }] }),
      400,
      'invalid-batch',
    ],
    [
      'a value that is no integer',
      aBatch({ checks: [{ ...COLUMNS, values: { total: [1, 2.5, 3] } }] }),
      400,
      'invalid-batch',
    ],
    ['down without a reason', aBatch({ checks: [{ ...COLUMNS, up: [1, 0, 1] }] }), 400, 'invalid-batch'],
    ['a reason for what was up', aBatch({ checks: [{ ...COLUMNS, reasons: { 0: 'timeout' } }] }), 400, 'invalid-batch'],
    [
      'more observations than a batch may hold',
      aBatch({ checks: [upColumns('a', 100_001)] }),
      413,
      'too-many-observations',
    ],
    ["another agent's batch", aBatch({ agent: 'ams-web01' }), 403, 'forbidden'],
  ])('%s', async (_name, body, status, code) => {
    const text = typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body);
    expect(await post(server, text)).toMatchObject(refusal(status, code));
    await expectUnharmed();
  });

  it('a time of sending that is no whole number of milliseconds', async () => {
    for (const sentAt of ['yesterday', '1790000000.5', '-1', '']) {
      expect(await post(server, GOOD, { 'nines-sent-at': sentAt })).toMatchObject(refusal(400, 'bad-sent-at'));
    }
    await expectUnharmed();
  });
});

describe('a body that is packed wrongly is refused', () => {
  it.each<[string, string, Uint8Array<ArrayBuffer>, number, string]>([
    ['plain JSON that claims to be zstd', 'zstd', Buffer.from(GOOD), 400, 'bad-encoding'],
    ['plain JSON that claims to be gzip', 'gzip', Buffer.from(GOOD), 400, 'bad-encoding'],
    ['gzip that claims to be zstd', 'zstd', gzipSync(GOOD), 400, 'bad-encoding'],
    ['zstd cut short', 'zstd', zstdCompressSync(GOOD).subarray(0, -3), 400, 'bad-encoding'],
    ['gzip cut short', 'gzip', gzipSync(GOOD).subarray(0, -3), 400, 'bad-encoding'],
    ['gzip with a wrong checksum', 'gzip', flipped(gzipSync(GOOD), -6), 400, 'bad-encoding'],
    [
      'zstd with bytes behind it',
      'zstd',
      Buffer.concat([zstdCompressSync(GOOD), Buffer.from('x')]),
      400,
      'bad-encoding',
    ],
    ['an empty body that claims to be zstd', 'zstd', Buffer.alloc(0), 400, 'bad-encoding'],
    ['zstd that claims not to be packed', 'identity', zstdCompressSync(GOOD), 400, 'malformed-json'],
    ['a packing nobody asked for', 'br', Buffer.from(GOOD), 415, 'unsupported-encoding'],
    ['two packings', 'gzip, zstd', Buffer.from(GOOD), 415, 'unsupported-encoding'],
  ])('%s', async (_name, encoding, body, status, code) => {
    expect(await post(server, body, { 'content-encoding': encoding })).toMatchObject(refusal(status, code));
    await expectUnharmed();
  });

  it('a packing that is not known is answered with those that are', async () => {
    const { headers } = await post(server, GOOD, { 'content-encoding': 'br' });
    expect(headers.get('accept-encoding')).toBe('zstd, gzip, identity');
  });

  it.each([
    ['zstd', () => zstdCompressSync(Buffer.alloc(2 ** 28))],
    ['gzip', () => gzipSync(Buffer.alloc(2 ** 28))],
  ])('a %s bomb of 256 MiB is stopped at the limit, in bounded memory', async (encoding, pack) => {
    const bomb = pack();
    expect(bomb.byteLength).toBeLessThan(MAX_SENT_BYTES);
    const before = process.memoryUsage.rss();
    const answers = await Promise.all([1, 2, 3, 4].map(() => post(server, bomb, { 'content-encoding': encoding })));
    for (const answer of answers) expect(answer).toMatchObject(refusal(413, 'too-large'));
    // Four at once unpacked whole would be 1 GiB; at the limit each holds at most 32 MiB twice over.
    expect(process.memoryUsage.rss() - before).toBeLessThan(512 * 2 ** 20);
    await expectUnharmed();
  });
});

function flipped(bytes: Buffer<ArrayBuffer>, at: number): Buffer<ArrayBuffer> {
  const index = bytes.byteLength + at;
  bytes.writeUInt8(bytes.readUInt8(index) ^ 1, index);
  return bytes;
}

describe('what is refused before the body is read', () => {
  it.each<[string, Readonly<Record<string, string | undefined>>]>([
    ['no token', { authorization: undefined }],
    ['an unknown token', { authorization: 'Bearer nobody-has-this' }],
    ['a token that begins right', { authorization: `${HEADERS.authorization}x` }],
    ['another scheme', { authorization: 'Basic dXNlcjpwYXNz' }],
    ['an empty token', { authorization: 'Bearer ' }],
  ])('%s is 401, and the answer does not say why', async (_name, headers) => {
    const answer = await post(server, GOOD, headers);
    expect(answer).toMatchObject(refusal(401, 'unauthorized'));
    expect(answer.headers.get('www-authenticate')).toBe('Bearer');
    expect(JSON.stringify(answer.body)).not.toContain('nobody-has-this');
    await expectUnharmed();
  });

  it('a wrong token is answered while the body is still to come', async () => {
    const sent = request(`${server.url}/api/v1/batches`, {
      method: 'POST',
      headers: { ...HEADERS, authorization: 'Bearer wrong', 'content-length': 1_000_000 },
    });
    sent.flushHeaders();
    const status = await new Promise((resolve) => sent.once('response', (response) => resolve(response.statusCode)));
    expect(status).toBe(401);
    sent.on('error', () => {});
    sent.destroy();
  });

  it.each(['text/plain', 'application/x-ndjson', undefined])('content type %s is 415', async (type) => {
    expect(await post(server, GOOD, { 'content-type': type })).toMatchObject(refusal(415, 'unsupported-media-type'));
    await expectUnharmed();
  });

  it('a body that is announced as too large', async () => {
    const sent = request(`${server.url}/api/v1/batches`, {
      method: 'POST',
      headers: { ...HEADERS, 'content-length': MAX_SENT_BYTES + 1 },
    });
    sent.flushHeaders();
    const status = await new Promise((resolve) => sent.once('response', (response) => resolve(response.statusCode)));
    expect(status).toBe(413);
    sent.on('error', () => {});
    sent.destroy();
    await expectUnharmed();
  });

  it('a body without an announced length is cut off at the same limit', async () => {
    const sent = request(`${server.url}/api/v1/batches`, { method: 'POST', headers: HEADERS });
    const status = new Promise((resolve) => sent.once('response', (response) => resolve(response.statusCode)));
    sent.on('error', () => {});
    for (let mebibyte = 0; mebibyte < 9; mebibyte++) sent.write(Buffer.alloc(2 ** 20, ' '));
    expect(await status).toBe(413);
    sent.destroy();
    await expectUnharmed();
  });

  it('a sender that goes away in the middle of its body leaves nothing behind', async () => {
    const small = await serveIngest(store, { maxPendingBytes: 2_000 });
    const sent = request(`${small.url}/api/v1/batches`, {
      method: 'POST',
      headers: { ...HEADERS, 'content-length': 1_999 },
    });
    sent.on('error', () => {});
    sent.write(GOOD.slice(0, 100));
    // The room it reserved keeps others out …
    while ((await post(small, GOOD)).status !== 429) await new Promise((resolve) => setImmediate(resolve));
    sent.destroy();
    // … until it is gone.
    while ((await post(small, GOOD)).status === 429) await new Promise((resolve) => setImmediate(resolve));
    expect(await collect(store.tail(0))).toHaveLength(1);
    await small.close();
  });

  it('what is not even HTTP gets an answer in the same form', async () => {
    const { hostname, port } = new URL(server.url);
    const socket = connect(Number(port), hostname);
    socket.end('this is not http\r\n\r\n');
    let text = '';
    for await (const chunk of socket) text += String(chunk);
    expect(text).toMatch(/^HTTP\/1\.1 400 /);
    expect(JSON.parse(text.split('\r\n\r\n')[1] ?? '')).toMatchObject({ error: { code: 'bad-request' } });
    await expectUnharmed();
  });

  it('an address that does not exist is 404 in the same form', async () => {
    const response = await fetch(`${server.url}/api/v1/nothing?secret=1`);
    expect({ status: response.status, body: await response.json() }).toMatchObject(refusal(404, 'not-found'));
  });
});

describe('what may pass is answered with when to try again', () => {
  it('a full disk is 503, nothing is stored, and the batch goes through once there is room', async () => {
    store.fault = 'full';
    const answer = await post(server, GOOD);
    expect(answer).toMatchObject(refusal(503, 'store-full'));
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(server.stored).toEqual([]);
    expect(server.logged).toEqual([]);
    store.fault = null;
    expect(await post(server, GOOD)).toMatchObject({ status: 200, body: { stored: 3, duplicate: false } });
  });

  it.each(['io', 'corrupt', 'locked'] as const)(
    'a medium that fails with %s is 503 and does not say where it is',
    async (fault) => {
      store.fault = fault;
      const answer = await post(server, GOOD);
      expect(answer).toMatchObject(refusal(503, 'store-unavailable'));
      expect(answer.headers.get('retry-after')).not.toBeNull();
      expect(JSON.stringify(answer.body)).not.toContain('as the test asked for');
    },
  );

  it('more than it can hold at once is 429 with Retry-After', async () => {
    const small = await serveIngest(store, { maxPendingBytes: GOOD.length - 1 });
    const answer = await post(small, GOOD);
    expect(answer).toMatchObject(refusal(429, 'busy'));
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
    await small.close();
  });

  it('a mistake of the collector is 500, in the log with its cause, and not in the answer', async () => {
    const broken = await serveIngest(store, {
      onStored: () => {
        throw new Error('secret detail');
      },
    });
    const answer = await post(broken, GOOD);
    expect(answer).toMatchObject(refusal(500, 'internal'));
    expect(JSON.stringify(answer.body)).not.toContain('secret detail');
    expect(broken.logged).toMatchObject([{ err: { message: 'secret detail' } }]);
    await broken.close();
  });
});
