import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { EventSpool } from '../../../agent/src/event-spool.ts';
import { Keeper } from '../../../agent/src/keeper.ts';
import { createTrust } from '../../../agent/src/trust.ts';
import { systemClock } from '../../../shared/src/time/clock.ts';
import { captureText } from '../../support/capture-text.ts';
import { temporaryFolder } from '../../support/folders.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { type AmiBehaviour, type AmiTarget, amiTarget } from '../../support/probe-targets/ami-target.ts';
import { type Authority, createAuthority } from '../../support/probe-targets/certificates.ts';
import { type Listening, listen } from '../../support/probe-targets/listening.ts';
import { allowing, probe, TIMEOUT_MS, verdict } from '../../support/probe-targets/probe.ts';
import { openEventSpool, takeShipped } from '../../support/shipped-events.ts';
import { until } from '../../support/until.ts';

const STATUS = 'asterisk/run1/snapshots/t140.s2c';
const SECRET = 'monitor-Secret-2';
/** The first of what Asterisk sent on its own: two callers join, one is answered. */
const [, ...EVENTS] = captureText('asterisk/run1/events-monitor.s2c').split(/(?<=\r\n\r\n)/);

const open: Listening[] = [];
let authority: Authority | null = null;
let keeper = new Keeper();
let spool: EventSpool;

beforeEach(() => {
  spool = openEventSpool(join(temporaryFolder(), 'events'));
  keeper = new Keeper();
});
afterEach(async () => {
  await keeper.retain([]);
  for (const target of open.splice(0)) await target.close();
  authority?.remove();
  authority = null;
});

async function serving(behaviour: Partial<AmiBehaviour> = {}): Promise<AmiTarget> {
  const target = await amiTarget({ secret: SECRET, status: STATUS, ...behaviour });
  open.push(target);
  return target;
}

function run(
  port: number,
  written: Record<string, unknown> = {},
  clock: ManualClock | typeof systemClock = systemClock,
) {
  const trusting = authority === null ? {} : { trust: createTrust({ caFile: authority.caFile }) };
  return probe(
    { type: 'asterisk_ami', host: '127.0.0.1', port, username: 'monitor', secret: { env: 'AMI' }, ...written },
    {
      clock,
      ...trusting,
      keeper,
      allowed: allowing({ secret: () => SECRET }),
      eventsOf: (check) => spool.sinkOf(check),
    },
  );
}

describe('a manager interface', () => {
  it.each([[undefined], [1], [7]])('says how its queues stand, whatever the pieces (%s bytes)', async (pieceBytes) => {
    const target = await serving({ ...(pieceBytes === undefined ? {} : { pieceBytes }) });
    const { observation } = await run(target.port, { queues: ['support'] });
    // Counted in the capture by hand: eight callers, four members, three of them paused and the other one talking.
    expect(observation).toMatchObject({
      outcome: 'up',
      values: { waiting: 8, logged_in: 4, available: 0, paused: 3, longest_wait: 15_000_000 },
    });
    expect(target.actions).toEqual(['Challenge', 'Login', 'QueueStatus']);
  });

  it('is asked over one connection, run after run', async () => {
    const target = await serving();
    await run(target.port);
    await run(target.port);
    expect(target.actions).toEqual(['Challenge', 'Login', 'QueueStatus', 'QueueStatus']);
    expect(target.openConnections()).toBe(1);
  });

  it('is spoken to over TLS, and only with a certificate that is good', async () => {
    authority = createAuthority();
    const target = await serving({ tls: authority.issue({ names: ['pbx.nines.test'] }) });
    expect(verdict(await run(target.port, { tls: {} }))).toBe('down certificate-name-mismatch');
    expect(verdict(await run(target.port, { tls: { server_name: 'pbx.nines.test' } }))).toBe('up');
  });

  it('that refuses the secret says nothing about calls: unknown, and the secret is in no message', async () => {
    const target = await serving({ secret: 'another' });
    const seen = await run(target.port);
    expect(verdict(seen)).toBe('unknown login-refused');
    expect(seen.detail).toBe('Login: Authentication failed');
  });

  it('where something else listens is an invalid response; where nobody does, refused', async () => {
    const web = await listen(createServer((socket) => void socket.write('SSH-2.0-OpenSSH_9.2\r\n')));
    open.push(web);
    expect(verdict(await run(web.port))).toBe('down invalid-response');
    await open.splice(0)[0]?.close();
    expect(verdict(await run(web.port))).toBe('down connection-refused');
  });

  it('that was restarted is connected to anew by the next run', async () => {
    const target = await serving();
    await run(target.port);
    target.hangUp();
    await until(() => target.openConnections() === 0);
    expect(verdict(await run(target.port))).toBe('up');
    expect(target.actions.filter((action) => action === 'Login')).toHaveLength(2);
  });

  it('that is reloaded goes on over the same connection, with the events of the reload in between', async () => {
    const target = await serving({ pieceBytes: 11 });
    await run(target.port);
    // Members come and go, `QueueReload`, and the reload of the log: as Asterisk sent them.
    for (const name of ['admin-member-changes-with-events', 'logger-rotate-and-reload']) {
      const events = captureText(`asterisk/transcripts/${name}.s2c`).split(/(?<=\r\n\r\n)/);
      await target.send(events.filter((message) => message.startsWith('Event: ')).join(''));
    }
    expect(verdict(await run(target.port))).toBe('up');
    expect(target.actions.filter((action) => action === 'Login')).toHaveLength(1);
  });

  it('that shuts down says so; when it is back, those who waited have an end that nobody saw', async () => {
    const behaviour: AmiBehaviour = { secret: SECRET, status: STATUS };
    const target = await amiTarget(behaviour);
    open.push(target);
    await run(target.port, { queues: ['support'] });
    expect(await takeShipped(spool)).toHaveLength(8);
    const shutdown = captureText('asterisk/transcripts/shutdown-event.s2c').split(/(?<=\r\n\r\n)/);
    await target.send(shutdown.filter((message) => message.startsWith('Event: Shutdown')).join(''));
    target.hangUp();
    await until(() => target.openConnections() === 0);
    // Some time later: other callers wait then.
    behaviour.status = 'asterisk/run1/snapshots/t207.s2c';
    expect(verdict(await run(target.port, { queues: ['support'] }))).toBe('up');
    const outcomes = (await takeShipped(spool)).map(({ outcome }) => outcome);
    expect(outcomes.filter((outcome) => outcome === 'unknown')).toHaveLength(8);
  });

  it('that gives up waiting for the login (authtimeout) has closed the connection: down, and asked anew', async () => {
    // All that Asterisk sent to somebody who did not log in within authtimeout, and then it hung up.
    const greeting = captureText('asterisk/transcripts/no-login-timeout.s2c');
    const impatient = await listen(
      createServer((socket) => {
        socket.write(greeting);
        socket.once('data', () => socket.end());
      }),
    );
    open.push(impatient);
    expect(verdict(await run(impatient.port))).toBe('down connection-closed');
    expect(verdict(await run(impatient.port))).toBe('down connection-closed');
    await impatient.drained();
  });

  it('whose kept connection ends at the very question is asked over another one', async () => {
    const target = await serving();
    await run(target.port);
    const asking = run(target.port);
    target.hangUp();
    expect(verdict(await asking)).toBe('up');
  });

  it('that answers nothing any more is down when the deadline strikes, and is left', async () => {
    const behaviour: AmiBehaviour = { secret: SECRET, status: STATUS };
    const target = await amiTarget(behaviour);
    open.push(target);
    const clock = new ManualClock();
    await run(target.port, {}, clock);
    behaviour.status = null;
    const running = run(target.port, {}, clock);
    await until(() => target.actions.length === 4);
    await clock.advance(TIMEOUT_MS);
    expect(verdict(await running)).toBe('down response-timeout');
    behaviour.status = STATUS;
    expect(verdict(await run(target.port, {}, clock))).toBe('up');
  });
});

describe('the calls that it tells of', () => {
  it('are shipped by the next run, also when an answer comes in between the events', async () => {
    const target = await serving({ pieceBytes: 400 });
    // Those who wait by the answer were not heard to come.
    await run(target.port, { queues: ['billing'] });
    expect(await takeShipped(spool)).toEqual([]);
    const sending = target.send(EVENTS.slice(0, 30).join(''));
    await run(target.port, { queues: ['billing'] });
    await sending;
    await run(target.port, { queues: ['billing'] });
    const calls = await takeShipped(spool);
    expect(calls.at(-1)).toMatchObject({
      id: '1795422513.0/billing/1',
      outcome: 'answered',
      labels: { check: 'shop', queue: 'billing' },
      values: { wait_s: 4, ring_s: 4, position: 1 },
    });
    expect(JSON.stringify(calls)).not.toContain('4930555');
  });

  it('of a caller who waited when the agent came are known by how long', async () => {
    const target = await serving();
    await run(target.port, { queues: ['support'] });
    const calls = await takeShipped(spool);
    expect(calls).toHaveLength(8);
    for (const call of calls) expect(call).toMatchObject({ outcome: null, endedAtMs: null });
  });

  it('are taken up by another life of the agent', async () => {
    const target = await serving();
    await run(target.port, { queues: ['support'] });
    await takeShipped(spool);
    await keeper.retain([]);
    keeper = new Keeper();
    await run(target.port, { queues: ['support'] });
    expect(await takeShipped(spool)).toEqual([]);
  });
});
