import { createServer, type Socket } from 'node:net';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { type DnsTarget, dnsTarget, encodeReply } from '../../support/probe-targets/dns-target.ts';
import { type HttpTarget, rawTarget } from '../../support/probe-targets/http-targets.ts';
import { type Listening, listen } from '../../support/probe-targets/listening.ts';
import { probe } from '../../support/probe-targets/probe.ts';

/** What the targets below say next. */
let answer: Buffer = Buffer.alloc(0);
let http: HttpTarget;
let tcp: Listening;
let dns: DnsTarget;

beforeAll(async () => {
  const say = (socket: Socket) => void socket.end(answer);
  http = await rawTarget(say);
  tcp = await listen(createServer(say));
  // The id is the question's, or nobody would look at the rest.
  dns = await dnsTarget(() => (query) => [Buffer.concat([query.subarray(0, 2), answer])]);
});
afterAll(async () => {
  await Promise.all([http.close(), tcp.close(), dns.close()]);
});

/** Whatever the target says, the run is a finding about it: `unknown` would hide its outage. */
async function isFinding(said: Buffer, written: Record<string, unknown>): Promise<void> {
  answer = said;
  const run = await probe(written);
  const { outcome, reason } = run.observation;
  if (outcome === 'unknown') throw new Error(`${reason}: ${run.detail}`, { cause: run.error });
}

const bytes = fc.uint8Array({ maxLength: 400 }).map((array) => Buffer.from(array));

/** A right message with some of its bytes changed, removed or doubled. */
function mutated(messages: fc.Arbitrary<Buffer>): fc.Arbitrary<Buffer> {
  const change = fc.record({ at: fc.nat(), with: fc.uint8Array({ maxLength: 3 }), removed: fc.nat({ max: 3 }) });
  return fc.tuple(messages, fc.array(change, { maxLength: 4 })).map(([message, changes]) => {
    let result = message;
    for (const { at, with: put, removed } of changes) {
      const place = at % (result.length + 1);
      result = Buffer.concat([result.subarray(0, place), put, result.subarray(place + removed)]);
    }
    return result;
  });
}

const odd = fc.constantFrom(
  '',
  '0',
  '-1',
  '1',
  '5',
  '5, 5',
  '99999999999999999999',
  '0x5',
  'chunked',
  'gzip',
  'close',
  '/',
  '//',
  'http://',
  '\x00',
  'é',
);
const header = fc
  .tuple(
    fc.constantFrom(
      'content-length',
      'transfer-encoding',
      'connection',
      'keep-alive',
      'location',
      'upgrade',
      'trailer',
      '__proto__',
      'x',
      '',
    ),
    odd,
  )
  .map(([name, value]) => `${name}: ${value}\r\n`);
const status = fc.oneof(
  fc.constantFrom(
    '000',
    '001',
    '099',
    '100',
    '101',
    '102',
    '103',
    '199',
    '200',
    '204',
    '205',
    '302',
    '304',
    '407',
    '426',
    '600',
    '999',
    '1000',
    '-1',
    '',
  ),
  fc.nat({ max: 999 }).map(String),
);
const size = fc.constantFrom('0', '5', '05', 'ffffffffffffffff', '-1', 'zz', '5;x=y', '');
const content = fc.oneof(
  fc.constantFrom('', 'hello'),
  fc.array(size, { maxLength: 3 }).map((sizes) => sizes.map((of) => `${of}\r\nhello\r\n`).join('')),
);
const httpAnswer = fc
  .tuple(
    fc.constantFrom('HTTP/1.1', 'HTTP/1.0', 'HTTP/2.0', 'HTTP/0.9'),
    status,
    fc.array(header, { maxLength: 4 }),
    content,
  )
  .map(([version, code, headers, body]) => `${version} ${code} Hi\r\n${headers.join('')}\r\n${body}`);
const httpAnswers = fc
  .array(httpAnswer, { minLength: 1, maxLength: 2 })
  .map((answers) => Buffer.from(answers.join(''), 'latin1'));

const OPTIONS = { expect: { headers: { x: '^(a|b)' }, body_matches: 'l+o', json: [{ path: 'a', matches: 'x+' }] } };

describe('nothing that a target says is an error of ours', () => {
  it.each([
    ['raw bytes', bytes],
    ['odd answers', httpAnswers],
    ['answers with mistakes', mutated(httpAnswers)],
  ])('http: %s', async (_name, said) => {
    const method = fc.constantFrom('GET', 'HEAD', 'POST');
    await fc.assert(
      fc.asyncProperty(said, method, fc.boolean(), async (answer, method, looks) => {
        await isFinding(answer, { type: 'http', url: http.url, method, body: 'x', ...(looks ? OPTIONS : {}) });
      }),
      { numRuns: 250 },
    );
  });

  it('http: JSON that is nested without end', async () => {
    const deep = `${'['.repeat(200_000)}${']'.repeat(200_000)}`;
    const said = Buffer.from(`HTTP/1.1 200 OK\r\n\r\n{"a":${deep}}`);
    await isFinding(said, { type: 'http', url: http.url, expect: { json: [{ path: 'a', matches: 'x+' }] } });
    await isFinding(said, { type: 'http', url: http.url, expect: { json: [{ path: 'a', equals: [[]] }] } });
  });

  it('tcp', async () => {
    const dialogue = [{ expect: '^2.*' }, { send: 'x' }, { expect: '(a|b)+' }];
    await fc.assert(
      fc.asyncProperty(fc.oneof(bytes, mutated(fc.constant(Buffer.from('220 hi\r\naab')))), (said) =>
        isFinding(said, { type: 'tcp', host: '127.0.0.1', port: tcp.port, dialogue }),
      ),
      { numRuns: 150 },
    );
  });

  it('tls', async () => {
    const records = fc
      .tuple(fc.constantFrom(20, 21, 22, 23, 24), fc.constantFrom(0, 1, 2, 3, 4), bytes)
      .map(([type, minor, content]) =>
        Buffer.from([type, 3, minor, content.length >> 8, content.length & 255, ...content]),
      );
    const alerts = fc
      .tuple(fc.constantFrom(1, 2), fc.nat({ max: 255 }))
      .map(([level, code]) => Buffer.from([21, 3, 3, 0, 2, level, code]));
    await fc.assert(
      fc.asyncProperty(fc.oneof(bytes, records, alerts), (said) =>
        isFinding(said, { type: 'tls', host: '127.0.0.1', port: tcp.port }),
      ),
      { numRuns: 300 },
    );
  });

  it('dns', async () => {
    const question = { name: 'shop.example', type: 'MX' as const };
    const right = encodeReply(0, question, {
      answers: [{ ...question, ttl: 60, data: { preference: 10, exchange: 'mail.shop.example' } }],
    });
    await fc.assert(
      fc.asyncProperty(mutated(fc.constant(right.subarray(2))), async (said) => {
        const resolver = `127.0.0.1:${dns.port}`;
        answer = said;
        const run = await probe({ type: 'dns', name: question.name, record: 'MX', resolver, transport: 'tcp' });
        if (run.observation.reason === 'agent-error') throw new Error(`${run.detail}`, { cause: run.error });
      }),
      { numRuns: 200 },
    );
  });
});
