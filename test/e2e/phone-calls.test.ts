import { appendFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { StoredEvent } from '../../collector/src/store/events.ts';
import { openStore } from '../../collector/src/store/open.ts';
import { countByOutcome } from '../support/calls.ts';
import { captureText } from '../support/capture-text.ts';
import { eventually } from '../support/programs.ts';
import { Deployment } from './deployment.ts';

/** The captured run, as if it had ended just now. */
function asOfNow(text: string, nowS: number): string {
  const shiftS = nowS - 1_795_423_057;
  return text.replace(/^\d{10}/gm, (epoch) => String(Number(epoch) + shiftS));
}

it('calls of a queue log reach the store once each, across rotation and the death of the agent', async () => {
  const deployment = await Deployment.create({ agents: ['pbx1'], checks: [] });
  const log = join(deployment.folder, 'queue_log');
  const probe = { type: 'asterisk_queue_log', path: log };
  deployment.configure({ checks: [{ id: 'support-calls', every: '1s', timeout: '1s', probe }] });
  const settings = { allow: { files: [log] } };
  const nowS = Math.floor(Date.now() / 1000);
  const early = asOfNow(captureText('asterisk/rotation/queue_log.0'), nowS);
  const half = early.lastIndexOf('\n', early.length / 2) + 1;

  writeFileSync(log, early.slice(0, half + 20));
  const collector = await deployment.startCollector();
  const first = await deployment.startAgent('pbx1', { settings });
  await eventually('half of the calls are stored', async () => (await callsIn(deployment)).length > 40);
  await first.kill();
  appendFileSync(log, early.slice(half + 20));
  renameSync(log, `${log}.0`);
  writeFileSync(log, asOfNow(captureText('asterisk/rotation/queue_log'), nowS));
  const second = await deployment.startAgent('pbx1', { settings });
  await eventually('every call has ended', async () => {
    const calls = await callsIn(deployment);
    return calls.filter(({ endedAtMs }) => endedAtMs !== null).length === 94;
  });

  const calls = await callsIn(deployment);
  expect(countByOutcome(calls)).toEqual({
    answered: 65,
    abandoned: 16,
    'timed-out': 6,
    'left-by-key': 4,
    empty: 2,
    withdrawn: 1,
  });
  expect(JSON.stringify(calls)).not.toContain('4930555');
  await second.stop();
  await collector.stop();
}, 40_000);

async function callsIn({ data }: Deployment): Promise<StoredEvent[]> {
  const store = await openStore({ directory: data, readOnly: true });
  const calls: StoredEvent[] = [];
  for await (const call of store.events({ stream: 'calls', fromMs: 0, toMs: 9e12 })) calls.push(call);
  await store.close();
  return calls;
}
