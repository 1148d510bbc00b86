import { gzipSync, zstdCompressSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openStore } from '../../../collector/src/store/open.ts';
import type { Store } from '../../../collector/src/store/store.ts';
import { aBatch, collect, START_MS, upColumns } from '../../support/batches.ts';
import { temporaryFolder } from '../../support/folders.ts';
import { type IngestServer, post, serveIngest } from '../../support/ingest-server.ts';

let store: Store;
let server: IngestServer;
let directory: string;
beforeEach(async () => {
  directory = temporaryFolder();
  store = await openStore({ directory });
  server = await serveIngest(store);
});
afterEach(async () => {
  await server.close();
  await store.close();
});

describe('POST /api/v1/batches', () => {
  it.each([
    ['not at all', undefined, (text: string) => Buffer.from(text)],
    ['identity', 'identity', (text: string) => Buffer.from(text)],
    ['gzip', 'gzip', (text: string) => gzipSync(text)],
    ['zstd', 'zstd', (text: string) => zstdCompressSync(text)],
    ['ZSTD in capitals', ' ZSTD ', (text: string) => zstdCompressSync(text)],
  ])(
    'stores a batch that is packed with %s and answers how many observations it held',
    async (_name, encoding, pack) => {
      const batch = aBatch({ checks: [upColumns('a', 3), upColumns('b', 2)] });
      const answer = await post(server, pack(JSON.stringify(batch)), { 'content-encoding': encoding });
      expect(answer).toMatchObject({ status: 200, body: { stored: 5, duplicate: false } });
      expect((await collect(store.tail(0))).map((entry) => entry.batch)).toEqual([batch]);
    },
  );

  it('has it on disk before it answers: another reader of the file sees it', async () => {
    await post(server, JSON.stringify(aBatch()));
    const reader = await openStore({ directory, readOnly: true });
    expect(await collect(reader.tail(0))).toHaveLength(1);
    await reader.close();
  });

  it('answers a batch that comes again as a duplicate, with nothing stored, however it is packed', async () => {
    const text = JSON.stringify(aBatch());
    await post(server, text);
    const again = await post(server, gzipSync(text), { 'content-encoding': 'gzip' });
    expect(again).toMatchObject({ status: 200, body: { stored: 0, duplicate: true } });
    expect(await collect(store.tail(0))).toHaveLength(1);
  });

  it('tells of each stored batch once, with its position, and not of duplicates', async () => {
    const batches = [1, 2, 3].map((sequence) => aBatch({ sequence }));
    for (const batch of [...batches, ...batches]) await post(server, JSON.stringify(batch));
    expect(server.stored).toEqual(await collect(store.tail(0)));
    expect(server.stored.map(({ batch }) => batch.sequence)).toEqual([1, 2, 3]);
  });

  it('takes many batches at once, each stored once', async () => {
    const sequences = Array.from({ length: 150 }, (_, sequence) => sequence % 100);
    const answers = await Promise.all(sequences.map((sequence) => post(server, JSON.stringify(aBatch({ sequence })))));
    expect(answers.every(({ status }) => status === 200)).toBe(true);
    expect(answers.filter(({ body }) => JSON.stringify(body).includes('"duplicate":true'))).toHaveLength(50);
    const positions = server.stored.map(({ position }) => position);
    expect(positions).toEqual(positions.toSorted((a, b) => a - b));
    expect(positions).toHaveLength(100);
  });

  it('measures how far the sender’s clock is from its own', async () => {
    // The server's clock stands at START_MS + 2 s; the sender says it is an hour later.
    await post(server, JSON.stringify(aBatch({ sequence: 1 })), { 'nines-sent-at': String(START_MS + 3_602_000) });
    await post(server, JSON.stringify(aBatch({ sequence: 2 })), { 'nines-sent-at': String(START_MS + 2_000) });
    await post(server, JSON.stringify(aBatch({ sequence: 3 })));
    expect(server.stored.map(({ skewMs }) => skewMs)).toEqual([-3_600_000, 0, null]);
    expect(server.stored.map(({ receivedAtMs }) => receivedAtMs)).toEqual(new Array(3).fill(START_MS + 2_000));
  });

  it("takes an agent's token from the store, and refuses it and the configured one once they are revoked", async () => {
    const { hashToken } = await import('../../../collector/src/http/authenticate.ts');
    await store.addToken({ agent: 'fra-web03', sha256: hashToken('second'), createdAtMs: 1, revokedAtMs: null });
    const send = async (token: string, sequence: number) =>
      (await post(server, JSON.stringify(aBatch({ sequence })), { authorization: `Bearer ${token}` })).status;
    expect(await send('second', 1)).toBe(401);
    await server.authenticator.reload();
    expect(await send('second', 1)).toBe(200);
    expect(await server.authenticator.revoke('fra-web03', START_MS)).toBe(2);
    expect(await send('second', 2)).toBe(401);
    expect(await send('the-token-of-fra-web03', 2)).toBe(401);
    expect(await collect(store.tail(0))).toHaveLength(1);
  });
});
