import { createHmac } from 'node:crypto';
import { systemClock } from '@nines/shared/time/clock.ts';
import { pino } from 'pino';
import { describe, expect, it } from 'vitest';
import { alertId } from '../../../collector/src/alerts/alert.ts';
import { Alerting } from '../../../collector/src/alerts/alerting.ts';
import type { NoticeTerms } from '../../../collector/src/alerts/notices/due.ts';
import type { AlertmanagerReceiver, Receiver, WebhookReceiver } from '../../../collector/src/alerts/receiver.ts';
import { createProgramMetrics } from '../../../collector/src/metrics/program.ts';
import { listen } from '../../support/listener.ts';
import { MemoryStore } from '../../support/memory-store.ts';
import { eventually } from '../../support/programs.ts';
import { aCheck, aSnapshot, NOW_MS, settings, someTerms } from './snapshots.ts';

const CONNECTION = { ca: null, basicAuth: null, timeoutMs: 5_000 };

function anAlertmanager(url: string): AlertmanagerReceiver {
  return { ...CONNECTION, kind: 'alertmanager', name: 'am', url };
}

/** One that is told of everything at once. */
function aWebhook(name: string, url: string, terms: Partial<NoticeTerms> = {}): WebhookReceiver {
  return {
    ...CONNECTION,
    kind: 'webhook',
    name,
    url,
    secret: 'key',
    headers: {},
    template: null,
    variables: {},
    terms: { ...someTerms(), ...terms },
  };
}

interface World {
  nowMs: number;
  outcome: 'up' | 'down';
  /** The alert that somebody is on. */
  acknowledged?: string;
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
    publicUrl: () => 'https://sla.example.net',
    isAcknowledged: (id) => world.acknowledged === id,
    config: () => ({ everyMs: 15_000, receivers, settings: wanted }),
    snapshot: async () =>
      aSnapshot({ nowMs: world.nowMs, checks: [world.outcome === 'up' ? aCheck('up') : aCheck('down', 'timeout')] }),
  });
  await alerting.load();
  return alerting;
}

describe('telling receivers', () => {
  it('Alertmanager gets an array, with its end ahead while it fires, again after a minute, and its end when it is over', async () => {
    const { url, heard: received } = await listen();
    const world: World = { nowMs: NOW_MS, outcome: 'down' };
    const password = { username: 'nines', password: 'geheim' };
    const receiver = { ...anAlertmanager(url), basicAuth: password };
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
    await eventually('it is noted', async () => alerting.firing()[0]?.told.am?.state === 'firing');
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
    const { url, heard } = await listen();
    const world: World = { nowMs: NOW_MS, outcome: 'down' };
    const store = new MemoryStore();
    const receivers = [aWebhook('ops', url)];
    const first = await alertingTo(receivers, world, store);
    await first.look();
    await eventually('it is taken', async () => (await store.notices()).length === 0);
    const second = await alertingTo(receivers, world, store);
    world.nowMs += 3_600_000;
    await second.look();
    world.outcome = 'up';
    await second.look();
    await eventually('its end is taken', async () => heard.length === 2 && (await store.notices()).length === 0);
    const messages = heard.map(({ body }) => JSON.parse(body));
    expect(messages.map(({ status, firing, alerts }) => [status, firing, alerts[0].status])).toEqual([
      ['firing', 1, 'firing'],
      ['resolved', 0, 'resolved'],
    ]);
    expect(messages[0].alerts[0].id).toBe(messages[1].alerts[0].id);
    const timestamp = heard[0]?.headers['x-nines-timestamp'];
    const signature = createHmac('sha256', 'key').update(`${timestamp}.${heard[0]?.body}`).digest('hex');
    expect(heard[0]?.headers['x-nines-signature']).toBe(`sha256=${signature}`);
    expect(heard[0]?.headers['idempotency-key']).toBe(messages[0].id);
  });

  it('an end of the program between deciding and sending loses nothing: the next start sends it', async () => {
    const away = await listen(() => 503);
    const world: World = { nowMs: NOW_MS, outcome: 'down' };
    const store = new MemoryStore();
    const first = await alertingTo([aWebhook('ops', away.url)], world, store);
    await first.look();
    await eventually('it was tried', () => away.heard.length === 1);
    first.stop();
    const there = await listen();
    const second = await alertingTo([aWebhook('ops', there.url)], world, store);
    await second.look();
    await eventually('it comes', () => there.heard.length === 1);
    expect(JSON.parse(there.heard[0]?.body ?? '').id).toBe(JSON.parse(away.heard[0]?.body ?? '').id);
  });

  it('a receiver that hangs delays no other, and one that refuses is told again', async () => {
    const hanging = await listen(() => null);
    let answer = 500;
    const refusing = await listen(() => answer);
    const good = await listen();
    const world: World = { nowMs: NOW_MS, outcome: 'down' };
    const store = new MemoryStore();
    const receivers = [
      aWebhook('hanging', hanging.url),
      aWebhook('refusing', refusing.url),
      aWebhook('good', good.url),
      { ...anAlertmanager(hanging.url), name: 'am' },
    ];
    const alerting = await alertingTo(receivers, world, store);
    await alerting.look();
    await eventually('the others are told', () => good.heard.length === 1 && refusing.heard.length === 1);
    answer = 200;
    await eventually('it is told again, and takes it in', async () => {
      world.nowMs += 60_000;
      await alerting.look();
      return !(await store.notices()).some(({ receiver }) => receiver === 'refusing');
    });
    expect(refusing.heard).toHaveLength(2);
    expect(good.heard).toHaveLength(1);
    alerting.stop();
    expect((await store.notices()).map(({ receiver }) => receiver)).toEqual(['hanging']);
  });

  it('a receiver may hear only of what nobody is on, and be reminded until somebody is', async () => {
    const boss = await listen();
    const ops = await listen();
    const world: World = { nowMs: NOW_MS, outcome: 'down' };
    const receivers = [
      aWebhook('ops', ops.url, { remindEveryMs: 600_000 }),
      aWebhook('boss', boss.url, { escalateAfterMs: 900_000 }),
    ];
    const alerting = await alertingTo(receivers, world);
    const looks = async (atMs: number, told: readonly [number, number]) => {
      world.nowMs = NOW_MS + atMs;
      await alerting.look();
      await eventually(
        `at ${atMs} they were told ${told}`,
        () => ops.heard.length === told[0] && boss.heard.length === told[1],
      );
    };
    await looks(0, [1, 0]);
    await looks(599_999, [1, 0]);
    await looks(600_000, [2, 0]);
    await looks(900_000, [2, 1]);
    expect(JSON.parse(ops.heard[1]?.body ?? '')).toMatchObject({ why: 'reminder', title: 'still: shop is down' });
    expect(JSON.parse(boss.heard[0]?.body ?? '')).toMatchObject({
      why: 'escalation',
      title: 'nobody is on it: shop is down',
    });
    const [alert] = alerting.firing();
    if (alert !== undefined) world.acknowledged = alertId(alert);
    await looks(1_800_000, [2, 1]);
    world.outcome = 'up';
    await looks(1_800_001, [3, 2]);
  });
});
