import { createHmac } from 'node:crypto';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { systemClock } from '@nines/shared/time/clock.ts';
import { pino } from 'pino';
import { describe, expect, it, onTestFinished } from 'vitest';
import { Alerting } from '../../../collector/src/alerts/alerting.ts';
import type { Receiver } from '../../../collector/src/alerts/receiver.ts';
import { createProgramMetrics } from '../../../collector/src/metrics/program.ts';
import { MemoryStore } from '../../support/memory-store.ts';
import { eventually } from '../../support/programs.ts';
import { aCheck, aSnapshot, NOW_MS, settings } from './snapshots.ts';

interface Received {
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** A receiver on loopback; `status` is what it answers, `null`: it hangs. */
async function aServer(status: () => number | null = () => 200) {
  const received: Received[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => {
      body += String(chunk);
    });
    request.on('end', () => {
      received.push({ url: request.url ?? '', headers: request.headers, body });
      const answer = status();
      if (answer !== null) response.writeHead(answer).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  // Safe: it listens on TCP.
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, received };
}

function aReceiver(fields: Pick<Receiver, 'kind' | 'name' | 'url'>): Receiver {
  return { ca: null, basicAuth: null, timeoutMs: 5_000, secret: 'key', ...fields };
}

interface World {
  nowMs: number;
  outcome: 'up' | 'down';
}

/** Alerts about one check that fires and resolves at once. */
async function alertingTo(receivers: readonly Receiver[], world: World, store = new MemoryStore()): Promise<Alerting> {
  const wanted = settings({ check_down: { forMs: 0, keepMs: 0, flapping: null } });
  const alerting = new Alerting({
    store,
    clock: { ...systemClock, nowMs: () => world.nowMs },
    log: pino({ level: 'silent' }),
    metrics: createProgramMetrics(),
    stopping: new AbortController(),
    config: () => ({ everyMs: 15_000, receivers, settings: wanted }),
    snapshot: async () =>
      aSnapshot({ nowMs: world.nowMs, checks: [world.outcome === 'up' ? aCheck('up') : aCheck('down', 'timeout')] }),
  });
  await alerting.load();
  return alerting;
}

describe('telling receivers', () => {
  it('Alertmanager gets an array, with its end ahead while it fires, again after a minute, and its end when it is over', async () => {
    const { url, received } = await aServer();
    const world: World = { nowMs: NOW_MS, outcome: 'down' };
    const password = { username: 'nines', password: 'geheim' };
    const receiver = { ...aReceiver({ kind: 'alertmanager', name: 'am', url }), basicAuth: password };
    const alerting = await alertingTo([receiver], world);
    const looks = async (atMs: number, messages: number) => {
      world.nowMs = atMs;
      await alerting.look();
      await eventually(`message ${messages} comes`, () => received.length === messages);
    };
    await looks(NOW_MS, 1);
    expect(received[0]).toMatchObject({
      url: '/api/v2/alerts',
      headers: { authorization: `Basic ${Buffer.from('nines:geheim').toString('base64')}` },
    });
    expect(JSON.parse(received[0]?.body ?? '')).toEqual([
      {
        labels: { alertname: 'NinesCheckDown', check: 'shop', severity: 'page' },
        annotations: { summary: 'shop is down', cause: expect.stringContaining('fra (web03): down (timeout)') },
        startsAt: '2026-11-10T12:00:00+00:00',
        endsAt: '2026-11-10T12:04:00+00:00',
        generatorURL: 'https://sla.example.net/#check-shop',
      },
    ]);
    await eventually('it is noted', async () => alerting.firing()[0]?.told.am === 'firing');
    await looks(NOW_MS + 59_000, 1);
    await looks(NOW_MS + 60_000, 2);
    await eventually('nothing is under way', () => alerting.firing().length === 1);
    world.outcome = 'up';
    await eventually('its end comes', async () => {
      world.nowMs += 1_000;
      await alerting.look();
      return received.length === 3;
    });
    expect(JSON.parse(received[2]?.body ?? '')).toMatchObject([
      { startsAt: '2026-11-10T12:00:00+00:00', endsAt: expect.stringMatching(/^2026-11-10T12:01:/) },
    ]);
  });

  it('a webhook gets each change once, signed, whatever restarts between', async () => {
    const { url, received } = await aServer();
    const world: World = { nowMs: NOW_MS, outcome: 'down' };
    const store = new MemoryStore();
    const receivers = [aReceiver({ kind: 'webhook', name: 'ops', url })];
    const first = await alertingTo(receivers, world, store);
    await first.look();
    await eventually('it is remembered', async () => (await store.alerts())[0]?.told.ops === 'firing');
    const second = await alertingTo(receivers, world, store);
    world.nowMs += 3_600_000;
    await second.look();
    world.outcome = 'up';
    await second.look();
    await eventually('its end is remembered', async () => (await store.alerts())[0]?.told.ops === 'resolved');
    const messages = received.map(({ body }) => JSON.parse(body).alerts);
    expect(messages.map((alerts) => alerts.map(({ status }: { status: string }) => status))).toEqual([
      ['firing'],
      ['resolved'],
    ]);
    expect(messages[0][0].id).toBe(messages[1][0].id);
    const timestamp = received[0]?.headers['x-nines-timestamp'];
    const signature = createHmac('sha256', 'key').update(`${timestamp}.${received[0]?.body}`).digest('hex');
    expect(received[0]?.headers['x-nines-signature']).toBe(`sha256=${signature}`);
  });

  it('a receiver that hangs delays no other, and one that refuses is told again', async () => {
    const hanging = await aServer(() => null);
    let answer = 500;
    const refusing = await aServer(() => answer);
    const good = await aServer();
    const world: World = { nowMs: NOW_MS, outcome: 'down' };
    const alerting = await alertingTo(
      [
        aReceiver({ kind: 'webhook', name: 'hanging', url: hanging.url }),
        aReceiver({ kind: 'webhook', name: 'refusing', url: refusing.url }),
        aReceiver({ kind: 'webhook', name: 'good', url: good.url }),
      ],
      world,
    );
    await alerting.look();
    await eventually('the others are told', () => good.received.length === 1 && refusing.received.length === 1);
    answer = 200;
    await eventually('it is told again', async () => {
      world.nowMs += 60_000;
      await alerting.look();
      return refusing.received.length === 2;
    });
    await eventually('it took it in', async () => alerting.firing()[0]?.told.refusing === 'firing');
    expect(good.received).toHaveLength(1);
    alerting.stop();
    expect(alerting.firing()[0]?.told).toEqual({ good: 'firing', refusing: 'firing' });
  });
});
