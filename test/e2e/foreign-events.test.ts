import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { zstdDecompressSync } from 'node:zlib';
import { type Event, parseEvents, type ReportedEvent, writeEvents } from '@nines/shared/event.ts';
import { expect, it } from 'vitest';
import { EventSpool } from '../../agent/src/event-spool.ts';
import { quiet } from '../support/agent-parts.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { eventually } from '../support/programs.ts';
import { Deployment, tokenOf } from './deployment.ts';

const DAY_MS = 86_400_000;
const NOON_MS = Math.floor(Date.now() / DAY_MS) * DAY_MS - DAY_MS / 2;

/** A good backup of yesterday, as an agent tells of it. */
function backup(check: string, id: string, given: Partial<Event> = {}): ReportedEvent {
  const course = { revision: 0, atMs: NOON_MS, endedAtMs: NOON_MS + 1, outcome: 'good' };
  return { stream: 'backups', id, ...course, labels: { check }, values: {}, ...given };
}

/** Each customer's server runs its own backup check; the promise is about the one of `shop`. */
async function deploy(): Promise<Deployment> {
  const deployment = await Deployment.create({ agents: ['shop', 'thief'], checks: [] });
  const probe = { type: 'files', directory: join(deployment.folder, 'none'), settle: '10ms' };
  const indicator = { kind: 'event_ratio', stream: 'backups', checks: ['shop-backup'], good: { outcome: 'good' } };
  const objective = { id: 'backups', indicator, target: '99', period: { rolling: '7d' } };
  deployment.configure({
    checks: [
      { id: 'shop-backup', every: '1h', timeout: '1s', from: ['shop'], probe },
      { id: 'thief-backup', every: '1h', timeout: '1s', from: ['thief'], probe },
      {
        id: 'thief-site',
        every: '1h',
        timeout: '1s',
        from: ['thief'],
        probe: { type: 'tcp', host: '127.0.0.1', port: 9 },
      },
    ],
    sections: {
      contracts: [{ id: 'shop', draft: true, customer: 'acme', time_zone: 'UTC', objectives: [objective] }],
    },
  });
  return deployment;
}

async function send({ url }: Deployment, agent: string, events: readonly ReportedEvent[]) {
  const response = await fetch(`${url}/api/v1/events`, {
    method: 'POST',
    headers: { authorization: `Bearer ${tokenOf(agent)}`, 'content-type': 'application/json' },
    body: writeEvents(events),
  });
  const answer: { stored?: number; error?: { code: string } } = JSON.parse(await response.text());
  return [response.status, answer.error?.code ?? answer.stored];
}

async function counted(deployment: Deployment) {
  const text = await deployment.text('/api/v1/attainment?contract=shop&objective=backups');
  const { attainments }: { attainments: Record<string, unknown>[] } = JSON.parse(text);
  return attainments[0] ?? {};
}

it('the token of one server makes no event of another’s, nor of the collector’s own; what its spool holds of such is set aside', async () => {
  const deployment = await deploy();
  const collector = await deployment.startCollector();
  expect(await send(deployment, 'shop', [backup('shop-backup', 'a', { outcome: 'failed' })])).toEqual([200, 1]);
  const refused = [400, 'not-assigned'];
  const forged: Readonly<Record<string, ReportedEvent>> = {
    'of a check that another runs': backup('shop-backup', 'b'),
    'of a check that brings none': backup('thief-site', 'b'),
    'of another kind of work': backup('thief-backup', 'b', { stream: 'calls' }),
    'of jobs that report themselves': backup('thief-backup', 'b', {
      stream: 'heartbeats',
      labels: { heartbeat: 'job' },
    }),
    'of no check': backup('thief-backup', 'b', { labels: {} }),
  };
  for (const [what, event] of Object.entries(forged))
    expect([what, await send(deployment, 'thief', [backup('thief-backup', 'mine'), event])]).toEqual([what, refused]);
  expect(await deployment.text('/api/v1/events/streams')).toContain('"events":1,');

  // Its own it may tell of; they are no part of a promise about the check of another.
  expect(await send(deployment, 'thief', [backup('thief-backup', 'mine')])).toEqual([200, 1]);
  expect(await counted(deployment)).toMatchObject({ good: 0, bad: 1 });

  const directory = join(deployment.spoolPath('thief'), 'events');
  const spool = EventSpool.open({
    directory,
    maxBytes: 1e6,
    maxAgeMs: DAY_MS,
    clock: new ManualClock(Date.now()),
    logger: quiet,
  });
  await spool.sinkOf('shop-backup').ship([backup('shop-backup', 'spooled')], '');
  await spool.sinkOf('thief-backup').ship([backup('thief-backup', 'later')], '');
  const agent = await deployment.startAgent('thief');
  await eventually('the good ones are stored', async () =>
    (await deployment.text('/api/v1/events/streams')).includes('"events":3,'),
  );
  await eventually('the refused are set aside', () => readdirSync(directory).includes('refused'));
  const [set = ''] = readdirSync(join(directory, 'refused'));
  const body = zstdDecompressSync(readFileSync(join(directory, 'refused', set)));
  expect(parseEvents(body.toString(), 'thief')).toMatchObject([{ id: 'spooled' }]);
  await agent.stop();
  await collector.stop();
});
