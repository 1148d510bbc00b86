import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { EventSpool } from '../../../agent/src/event-spool.ts';
import { Keeper } from '../../../agent/src/keeper.ts';
import { systemClock } from '../../../shared/src/time/clock.ts';
import { temporaryFolder } from '../../support/folders.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import {
  type FreeswitchBehaviour,
  type FreeswitchTarget,
  freeswitchTarget,
} from '../../support/probe-targets/freeswitch-target.ts';
import { type Listening, listen } from '../../support/probe-targets/listening.ts';
import { allowing, probe, TIMEOUT_MS, verdict } from '../../support/probe-targets/probe.ts';
import { openEventSpool, takeShipped } from '../../support/shipped-events.ts';
import { until } from '../../support/until.ts';

const QUEUE = 'support@default';
const ANSWERS = {
  'queue list': `name|strategy|discard_abandoned_after|abandoned_resume_allowed\n${QUEUE}|ring-all|60|false\n+OK\n`,
  [`queue list members ${QUEUE}`]: '+OK\n',
  'agent list': 'name|status|state\n1001|Available|Waiting\n1002|On Break|Waiting\n+OK\n',
  'tier list': `queue|agent|state\n${QUEUE}|1001|Ready\n${QUEUE}|1002|Ready\n+OK\n`,
};
/** What one run asks, after the login. */
const QUESTIONS = ['queue list', `queue list members ${QUEUE}`, 'agent list', 'tier list'].map(
  (what) => `api callcenter_config ${what}`,
);

const open: Listening[] = [];
let keeper: Keeper;
let spool: EventSpool;
beforeEach(() => {
  keeper = new Keeper();
  spool = openEventSpool(join(temporaryFolder(), 'events'));
});
afterEach(async () => {
  await keeper.retain([]);
  for (const target of open.splice(0)) await target.close();
});

async function serving(behaviour: Partial<FreeswitchBehaviour> = {}): Promise<FreeswitchTarget> {
  const target = await freeswitchTarget({ password: 'ClueCon', answers: { ...ANSWERS }, ...behaviour });
  open.push(target);
  return target;
}

function run(
  port: number,
  written: Record<string, unknown> = {},
  clock: ManualClock | typeof systemClock = systemClock,
) {
  return probe(
    { type: 'freeswitch', host: '127.0.0.1', port, password: { env: 'ESL' }, ...written },
    { clock, keeper, allowed: allowing({ secret: () => 'ClueCon' }), eventsOf: (check) => spool.sinkOf(check) },
  );
}

function memberEvent(action: string, fields: Readonly<Record<string, string>> = {}) {
  return { 'CC-Action': action, 'CC-Queue': QUEUE, 'CC-Member-UUID': 'm1', ...fields };
}

describe('an event socket', () => {
  it.each([[undefined], [1], [7]])('says how its queues stand, whatever the pieces (%s bytes)', async (pieceBytes) => {
    const joined = Math.floor(Date.now() / 1000) - 44;
    const members = `queue|uuid|joined_epoch|state\n${QUEUE}|m9|${joined}|Waiting\n+OK\n`;
    const answers = { ...ANSWERS, [`queue list members ${QUEUE}`]: members };
    const target = await serving({ answers, ...(pieceBytes === undefined ? {} : { pieceBytes }) });
    const { observation } = await run(target.port, { queues: [QUEUE] });
    expect(observation).toMatchObject({
      outcome: 'up',
      values: { waiting: 1, logged_in: 2, available: 1, paused: 1 },
    });
    expect(observation.values.longest_wait).toBeGreaterThanOrEqual(44_000_000);
    expect(target.commands).toEqual(['auth', 'event plain CUSTOM callcenter::info', ...QUESTIONS]);
  });

  it('is asked over one connection, and after a restart over another', async () => {
    const target = await serving();
    await run(target.port);
    await run(target.port);
    expect(target.commands).toHaveLength(2 + 2 * QUESTIONS.length);
    target.hangUp();
    await until(() => target.openConnections() === 0);
    expect(verdict(await run(target.port))).toBe('up');
    expect(target.commands.filter((command) => command === 'auth')).toHaveLength(2);
  });

  it('that refuses the password, or has no mod_callcenter, or is something else', async () => {
    const refusing = await serving({ password: 'another' });
    const refused = await run(refusing.port);
    expect(verdict(refused)).toBe('unknown login-refused');
    expect(refused.detail).toBe('auth: -ERR invalid');
    const bare = await serving({ answers: {} });
    expect(verdict(await run(bare.port))).toBe('down answer-unexpected');
    const web = await listen(createServer((socket) => void socket.write('SSH-2.0-OpenSSH_9.2\r\n')));
    open.push(web);
    expect(verdict(await run(web.port))).toBe('down invalid-response');
    const text = 'Content-Type: text/rude-rejection\nContent-Length: 24\n\nAccess Denied, go away.\n';
    const rude = await listen(createServer((socket) => void socket.write(text)));
    open.push(rude);
    expect(verdict(await run(rude.port))).toBe('unknown login-refused');
  });

  it('that lets nobody hear events says nothing of calls: unknown, and not a queue that nobody calls', async () => {
    const target = await serving({ refusesEvents: true });
    const seen = await run(target.port);
    expect(verdict(seen)).toBe('unknown login-refused');
    expect(seen.detail).toBe('event: -ERR permission denied');
  });

  it('that answers nothing any more is down when the deadline strikes, and is left', async () => {
    const behaviour: FreeswitchBehaviour = { password: 'ClueCon', answers: { ...ANSWERS } };
    const target = await freeswitchTarget(behaviour);
    open.push(target);
    const clock = new ManualClock();
    await run(target.port, {}, clock);
    behaviour.answers['queue list'] = null;
    const running = run(target.port, {}, clock);
    await until(() => target.commands.length === 2 + QUESTIONS.length + 1);
    await clock.advance(TIMEOUT_MS);
    expect(verdict(await running)).toBe('down response-timeout');
    behaviour.answers = { ...ANSWERS };
    expect(verdict(await run(target.port, {}, clock))).toBe('up');
  });
});

describe('the calls that it tells of', () => {
  it('are shipped by the next run, without a number', async () => {
    const target = await serving({ pieceBytes: 5 });
    await run(target.port);
    const joined = Math.floor(Date.now() / 1000);
    const times = {
      'CC-Member-Joined-Time': String(joined),
      'CC-Agent-Answered-Time': String(joined + 12),
      'CC-Member-CID-Number': '+4930555',
    };
    target.send(memberEvent('member-queue-start', times));
    target.send(memberEvent('bridge-agent-start', times));
    target.send(
      memberEvent('member-queue-end', {
        ...times,
        'CC-Cause': 'Terminated',
        'CC-Member-Leaving-Time': String(joined + 72),
      }),
    );
    // The answers of this run come after the events, over the same connection.
    await run(target.port);
    await run(target.port);
    const calls = await takeShipped(spool);
    expect(calls).toMatchObject([
      {
        id: `m1/${QUEUE}/1`,
        outcome: 'answered',
        labels: { check: 'shop', queue: QUEUE },
        values: { wait_s: 12, talk_s: 60 },
      },
    ]);
    expect(JSON.stringify(calls)).not.toContain('4930555');
  });

  it('are taken up by another life of the agent', async () => {
    const joined = Math.floor(Date.now() / 1000) - 5;
    const members = `queue|uuid|joined_epoch|state\n${QUEUE}|m1|${joined}|Waiting\n+OK\n`;
    const target = await serving({ answers: { ...ANSWERS, [`queue list members ${QUEUE}`]: members } });
    await run(target.port);
    expect(await takeShipped(spool)).toMatchObject([{ outcome: null, atMs: joined * 1_000 }]);
    await keeper.retain([]);
    keeper = new Keeper();
    await run(target.port);
    expect(await takeShipped(spool)).toEqual([]);
  });
});
