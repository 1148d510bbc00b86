import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { get } from 'node:https';
import { connect, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { decode, encode } from 'dns-packet';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ManualClock } from '../support/manual-clock.ts';
import { startWorld } from './world.ts';

const clock = new ManualClock();
let folder = '';
let ports = { shop: 0, api: 0, mail: 0, names: 0 };
let stop = async () => {};
let beganMs = 0;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'nines-world-'));
  ports = await freePorts();
  beganMs = clock.elapsedMs();
  stop = await startWorld({ clock, folder, ports });
});

afterAll(async () => {
  await stop();
  rmSync(folder, { recursive: true, force: true });
});

// The tests follow the timetable: each moves the clock on to its episode.
describe('the demo world', () => {
  it('serves the shop, the API under its own authority, mail and names', async () => {
    expect(await page(`http://127.0.0.1:${ports.shop}/`)).toMatch(/^200 .*Add to cart/);
    expect(await api()).toMatch(/^200 \{"status":"ok"/);
    expect(await greeting()).toBe('220 mail.nordwind.example ESMTP\r\n');
    expect(await mx()).toEqual({ rcode: 'NOERROR', answers: ['10 mail.nordwind.example'] });
  });

  it('answers a whole mail dialogue', async () => {
    const socket = connect(ports.mail, '127.0.0.1').setEncoding('latin1');
    let text = '';
    socket.on('data', (chunk) => {
      text += chunk;
    });
    socket.write('EHLO monitor.example\r\nMAIL FROM:<>\r\nQUIT\r\n');
    await once(socket, 'close');
    expect(text).toMatch(/^220 .*250 8BITMIME\r\n502 .*221 mail\.nordwind\.example closing\r\n$/s);
  });

  it('refuses the shop’s connections during its outage and takes them again afterwards', async () => {
    await moveTo(30_000);
    await expect(page(`http://127.0.0.1:${ports.shop}/`)).rejects.toThrow(/ECONNREFUSED/);
    expect(await api()).toMatch(/^200 /);
    await moveTo(55_000);
    expect(await page(`http://127.0.0.1:${ports.shop}/`)).toMatch(/^200 /);
  });

  it('makes a slow shop answer rightly, but late', async () => {
    await moveTo(75_000);
    const startedMs = clock.elapsedMs();
    expect(await page(`http://127.0.0.1:${ports.shop}/`)).toMatch(/^200 /);
    expect(clock.elapsedMs() - startedMs).toBeGreaterThanOrEqual(700);
  });

  it('greets with 421 while mail fails', async () => {
    await moveTo(106_000);
    expect(await greeting()).toMatch(/^421 /);
  });

  it('answers 503 while the API fails, and SERVFAIL while names do', async () => {
    await moveTo(120_000);
    expect(await api()).toMatch(/^503 /);
    await moveTo(140_000);
    expect(await api()).toMatch(/^200 /);
    expect(await mx()).toEqual({ rcode: 'SERVFAIL', answers: [] });
    await moveTo(152_000);
    expect(await mx()).toEqual({ rcode: 'NOERROR', answers: ['10 mail.nordwind.example'] });
  });
});

/** Lets time pass until so long after the world began, then until its ports have followed. */
async function moveTo(elapsedMs: number): Promise<void> {
  await clock.advance(Math.max(0, beganMs + elapsedMs - clock.elapsedMs()));
  for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
}

/** Moves the clock in small steps until the promise settles, so that a delayed answer comes. */
async function whileTimePasses<Value>(promise: Promise<Value>): Promise<Value> {
  let isSettled = false;
  const settled = promise.finally(() => {
    isSettled = true;
  });
  settled.catch(() => {});
  while (!isSettled) await clock.advance(1);
  return settled;
}

function page(url: string): Promise<string> {
  return whileTimePasses(
    fetch(url, { headers: { connection: 'close' } }).then(
      async (response) => `${response.status} ${await response.text()}`,
      (error: Error) => {
        throw error.cause;
      },
    ),
  );
}

function api(): Promise<string> {
  const ca = readFileSync(join(folder, 'ca.pem'));
  return whileTimePasses(
    new Promise((resolve, reject) => {
      const request = get({ host: '127.0.0.1', port: ports.api, path: '/health', ca, agent: false }, (response) => {
        let body = '';
        response.setEncoding('utf8').on('data', (chunk) => {
          body += chunk;
        });
        response.on('end', () => resolve(`${response.statusCode} ${body}`));
      });
      request.on('error', reject);
    }),
  );
}

async function greeting(): Promise<string> {
  const socket = connect(ports.mail, '127.0.0.1').setEncoding('latin1');
  const [text] = await once(socket, 'data');
  socket.destroy();
  return String(text);
}

async function mx(): Promise<{ rcode: string; answers: string[] }> {
  const socket = createSocket('udp4');
  const question = encode({ type: 'query', id: 7, questions: [{ type: 'MX', name: 'nordwind.example' }] });
  socket.send(question, ports.names, '127.0.0.1');
  const [message] = await once(socket, 'message');
  socket.close();
  const reply = decode(message);
  const answers = (reply.answers ?? []).flatMap((answer) =>
    answer.type === 'MX' ? [`${answer.data.preference} ${answer.data.exchange}`] : [],
  );
  return { rcode: 'rcode' in reply ? String(reply.rcode) : '', answers };
}

async function freePorts(): Promise<typeof ports> {
  const servers = await Promise.all(['shop', 'api', 'mail', 'names'].map(() => listenAnywhere()));
  const [shop = 0, apiPort = 0, mail = 0, names = 0] = servers.map((server) => portOf(server));
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return { shop, api: apiPort, mail, names };
}

async function listenAnywhere(): Promise<Server> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

function portOf(server: Server): number {
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}
