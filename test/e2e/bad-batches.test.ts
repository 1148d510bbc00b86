import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { MAX_BATCH_OBSERVATIONS } from '@nines/shared/wire.ts';
import { describe, expect, it } from 'vitest';
import { aBatch, upColumns } from '../support/batches.ts';
import type { Program } from '../support/programs.ts';
import { Deployment, tokenOf } from './deployment.ts';

interface BadRequest {
  readonly body: string | Uint8Array<ArrayBuffer>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly answer: readonly [status: number, code: string];
}

const GOOD = JSON.stringify(aBatch({ agent: 'fra' }));
/** Eight times what a batch may unpack to, from a few kilobytes. */
const BOMB_BYTES = 256 * 2 ** 20;

const BAD: Readonly<Record<string, () => BadRequest>> = {
  'no JSON': () => ({ body: 'Dear collector,', answer: [400, 'malformed-json'] }),
  'nothing at all': () => ({ body: '', answer: [400, 'malformed-json'] }),
  'JSON cut short': () => ({ body: GOOD.slice(0, -20), answer: [400, 'malformed-json'] }),
  'another version': () => ({ body: GOOD.replace('"version":1', '"version":2'), answer: [400, 'unsupported-version'] }),
  'an unknown key': () => ({
    body: GOOD.replace('"version"', '"colour":"red","version"'),
    answer: [400, 'invalid-batch'],
  }),
  'columns of unequal length': () => ({ body: GOOD.replace('"up":[1,', '"up":['), answer: [400, 'invalid-batch'] }),
  'seconds for milliseconds': () => ({
    body: GOOD.replace('1790000000000', '1790000000'),
    answer: [400, 'invalid-batch'],
  }),
  'a check that the agent was never to run': () => ({
    body: GOOD.replace('shop-home', 'shop-hmoe'),
    answer: [400, 'not-assigned'],
  }),
  'an interval that makes one run speak for a year': () => ({
    body: GOOD.replace(/"every_ms":\d+/, '"every_ms":31622400000'),
    answer: [400, 'not-assigned'],
  }),
  'nesting without end': () => ({ body: '['.repeat(1_000_000), answer: [400, 'malformed-json'] }),
  'too many observations': () => ({
    body: JSON.stringify(aBatch({ agent: 'fra', checks: [upColumns('c', MAX_BATCH_OBSERVATIONS + 1)] })),
    answer: [413, 'too-many-observations'],
  }),
  'more bytes than may be sent': () => ({ body: ' '.repeat(9 * 2 ** 20), answer: [413, 'too-large'] }),
  'no zstd': () => ({ body: GOOD, headers: { 'content-encoding': 'zstd' }, answer: [400, 'bad-encoding'] }),
  'zstd cut short': () => ({
    body: new Uint8Array(zstdCompressSync(GOOD).subarray(0, -10)),
    headers: { 'content-encoding': 'zstd' },
    answer: [400, 'bad-encoding'],
  }),
  'gzip cut short': () => ({
    body: new Uint8Array(gzipSync(GOOD).subarray(0, -10)),
    headers: { 'content-encoding': 'gzip' },
    answer: [400, 'bad-encoding'],
  }),
  'a zstd bomb': () => ({
    body: new Uint8Array(zstdCompressSync(Buffer.alloc(BOMB_BYTES))),
    headers: { 'content-encoding': 'zstd' },
    answer: [413, 'too-large'],
  }),
  'a gzip bomb': () => ({
    body: new Uint8Array(gzipSync(Buffer.alloc(BOMB_BYTES))),
    headers: { 'content-encoding': 'gzip' },
    answer: [413, 'too-large'],
  }),
  'a packing that nobody knows': () => ({
    body: GOOD,
    headers: { 'content-encoding': 'br' },
    answer: [415, 'unsupported-encoding'],
  }),
  'another type': () => ({
    body: GOOD,
    headers: { 'content-type': 'text/plain' },
    answer: [415, 'unsupported-media-type'],
  }),
  'a token that opens nothing': () => ({
    body: GOOD,
    headers: { authorization: 'Bearer guess' },
    answer: [401, 'unauthorized'],
  }),
  "another agent's name": () => ({ body: GOOD.replace('"fra"', '"ams"'), answer: [403, 'forbidden'] }),
};

/** What the good batch is about; nobody runs it here. */
const SHOP = { id: 'shop-home', every: '1m', probe: { type: 'tcp', host: '127.0.0.1', port: 9 } };

describe('a running collector that is sent', () => {
  it('anything but a good batch answers 4xx with a code, stores nothing and stays as it was', {
    timeout: 90_000,
  }, async () => {
    const deployment = await Deployment.create({ agents: ['fra', 'ams'], checks: [SHOP] });
    const collector = await deployment.startCollector();
    const answers: Record<string, readonly [number, string]> = {};
    const expected: Record<string, readonly [number, string]> = {};
    for (const [name, make] of Object.entries(BAD)) {
      const bad = make();
      expected[name] = bad.answer;
      answers[name] = await post(deployment, bad);
    }
    expect(answers).toEqual(expected);
    await sendGarbage(deployment);
    await sendHalf(deployment);
    await expectUnharmed(deployment, collector);
  });

  it('twenty bombs at once takes no more memory than one', { timeout: 90_000 }, async () => {
    const deployment = await Deployment.create({ agents: ['fra'], checks: [SHOP] });
    const collector = await deployment.startCollector();
    const bomb = BAD['a zstd bomb']?.();
    if (bomb === undefined) throw new Error('no bomb');
    const answers = await Promise.all(Array.from({ length: 20 }, () => post(deployment, bomb)));
    expect(answers).toEqual(new Array(20).fill(bomb.answer));
    // Were all of one bomb unpacked, or what is allowed of twenty kept, it would be far more.
    expect(mostMemoryBytes(collector)).toBeLessThan(400 * 2 ** 20);
    await expectUnharmed(deployment, collector);
  });
});

async function post(
  { url }: Deployment,
  { body, headers }: Pick<BadRequest, 'body' | 'headers'>,
): Promise<readonly [number, string]> {
  const response = await fetch(`${url}/api/v1/batches`, {
    method: 'POST',
    headers: { authorization: `Bearer ${tokenOf('fra')}`, 'content-type': 'application/json', ...headers },
    body,
  });
  const answer: { error?: { code: string } } = JSON.parse(await response.text());
  return [response.status, answer.error?.code ?? 'no error'];
}

/** Not even HTTP. */
async function sendGarbage({ url }: Deployment): Promise<void> {
  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  let answer = '';
  socket.on('data', (chunk) => {
    answer += String(chunk);
  });
  socket.end('\x16\x03\x01 this is no request\r\n\r\n');
  await once(socket, 'close');
  expect(answer).toMatch(/^HTTP\/1\.1 400 .*"code":"bad-request"/s);
}

/** A good batch of which only a part arrives before the line breaks. */
async function sendHalf({ url }: Deployment): Promise<void> {
  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  const head = `POST /api/v1/batches HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${tokenOf('fra')}\r\n`;
  socket.write(
    `${head}content-type: application/json\r\ncontent-length: ${GOOD.length}\r\nexpect: 100-continue\r\n\r\n`,
  );
  await once(socket, 'data');
  socket.write(GOOD.slice(0, 100), () => socket.resetAndDestroy());
  await once(socket, 'close');
}

/** The same process answers, nothing is stored, no fault of its own is counted; and a good batch is welcome. */
async function expectUnharmed(deployment: Deployment, collector: Program): Promise<void> {
  expect(collector.isRunning()).toBe(true);
  expect(await deployment.text('/readyz')).toBe('ready\n');
  expect(await deployment.stored()).toEqual([]);
  expect(deployment.logged(deployment.collectorLog).filter(({ level }) => Number(level) >= 40)).toEqual([]);
  expect(await post(deployment, { body: GOOD })).toEqual([200, 'no error']);
  expect(await deployment.stored()).toHaveLength(3);
}

/** The most that the process ever had in memory; proc(5), VmHWM. */
function mostMemoryBytes({ pid }: Program): number {
  const kilobytes = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return Number(kilobytes) * 1024;
}
