import { createServer } from 'node:net';
import { describe, expect, it } from 'vitest';
import { type Canary, parseGateway, tcpCanary } from '../../agent/src/canary.ts';
import { asIsolated, createIsolation, isolationOf, neverIsolated } from '../../agent/src/isolation.ts';
import { systemClock } from '../../shared/src/time/clock.ts';
import { observation } from '../support/agent-parts.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { listen } from '../support/probe-targets/listening.ts';

/** A canary that answers as told, and counts how often it was asked. */
function scripted(answer: { isReachable: boolean }): Canary & { asked: number } {
  return {
    name: 'scripted',
    asked: 0,
    isReachable() {
      this.asked++;
      return Promise.resolve(answer.isReachable);
    },
  };
}

/** The broadcast address: the system itself refuses a TCP connection to it, on any network. */
const NOWHERE = { host: '255.255.255.255', port: 9 };

describe('isolation', () => {
  it('the agent is isolated only when every canary is silent', async () => {
    const clock = new ManualClock();
    const silent = scripted({ isReachable: false });
    const alive = scripted({ isReachable: true });
    expect(await isolationOf([silent, silent], clock).isIsolated()).toBe(true);
    expect(await isolationOf([silent, alive], clock).isIsolated()).toBe(false);
    expect(await isolationOf([alive], clock).isIsolated()).toBe(false);
  });

  it('without any canary it never says so', async () => {
    expect(await isolationOf([], new ManualClock()).isIsolated()).toBe(false);
    expect(await neverIsolated.isIsolated()).toBe(false);
  });

  it('questions of the same second share one answer; after it the canaries are asked again', async () => {
    const clock = new ManualClock();
    const answer = { isReachable: false };
    const canary = scripted(answer);
    const isolation = isolationOf([canary], clock);
    const answers = await Promise.all(Array.from({ length: 50 }, () => isolation.isIsolated()));
    expect(answers).toEqual(new Array(50).fill(true));
    answer.isReachable = true;
    await clock.advance(999);
    expect(await isolation.isIsolated()).toBe(true);
    expect(canary.asked).toBe(1);
    await clock.advance(1);
    expect(await isolation.isIsolated()).toBe(false);
    expect(canary.asked).toBe(2);
  });

  it('that it is connected is never kept: a cable cut a moment later must not make the next failure an outage', async () => {
    const clock = new ManualClock();
    const answer = { isReachable: true };
    const isolation = isolationOf([scripted(answer)], clock);
    expect(await isolation.isIsolated()).toBe(false);
    answer.isReachable = false;
    expect(await isolation.isIsolated()).toBe(true);
  });

  it('an answer is kept from when it was given, not from when it was asked for', async () => {
    const clock = new ManualClock();
    let asked = 0;
    const slow: Canary = {
      name: 'slow',
      async isReachable() {
        asked++;
        await clock.sleep(1_900);
        return false;
      },
    };
    const isolation = isolationOf([slow], clock);
    const first = isolation.isIsolated();
    await clock.advance(1_500);
    const second = isolation.isIsolated();
    await clock.advance(400);
    expect(await Promise.all([first, second])).toEqual([true, true]);
    await clock.advance(500);
    await isolation.isIsolated();
    expect(asked).toBe(1);
  });

  it('while the collector answers, a gateway that does not never isolates the agent', async () => {
    const server = await listen(createServer());
    const collector = { host: '127.0.0.1', port: server.port };
    const isolation = createIsolation({ clock: systemClock, canaries: null, collector });
    expect(await isolation.isIsolated()).toBe(false);
    await server.close();
    // Nothing listens any more, but the refusal comes from the host itself.
    const after = createIsolation({ clock: systemClock, canaries: [collector], collector: NOWHERE });
    expect(await after.isIsolated()).toBe(false);
  });

  it('an observation of an isolated agent is unknown and keeps what was measured', () => {
    const failed = observation(0, { outcome: 'down', reason: 'connect-timeout' });
    expect(asIsolated(failed)).toEqual({ ...failed, outcome: 'unknown', reason: 'agent-isolated' });
  });
});

describe('tcpCanary', () => {
  it('is reachable when a connection is accepted, and lets go of it', async () => {
    const server = await listen(createServer());
    expect(await tcpCanary({ host: '127.0.0.1', port: server.port }, systemClock).isReachable(2_000)).toBe(true);
    await server.drained();
    await server.close();
  });

  it('is silent when nothing has come back at its deadline', async () => {
    const server = await listen(createServer());
    // A clock whose deadlines strike before the network can answer.
    const hasty = {
      ...systemClock,
      after(_: number, strike: () => void) {
        queueMicrotask(strike);
        return () => {};
      },
    };
    expect(await tcpCanary({ host: '127.0.0.1', port: server.port }, hasty).isReachable(2_000)).toBe(false);
    await server.drained();
    await server.close();
  });

  it('is silent when the system knows no way there, and leaves no timer', async () => {
    const clock = new ManualClock();
    expect(await tcpCanary(NOWHERE, clock).isReachable(2_000)).toBe(false);
    expect(clock.pendingTimers).toBe(0);
  });
});

describe('parseGateway', () => {
  const head = 'Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT\n';

  it('reads the gateway of the default route, the one with the least metric of several', () => {
    const text = `${head}eth1\t00000000\t0101A8C0\t0003\t0\t0\t600\t00000000\t0\t0\t0\neth0\t00000000\tFE01000A\t0003\t0\t0\t100\t00000000\t0\t0\t0\neth0\t0001000A\t00000000\t0001\t0\t0\t100\t00FFFFFF\t0\t0\t0\n`;
    expect(parseGateway(text)).toBe('10.0.1.254');
  });

  it.each([
    ['no route at all', head],
    ['no default route', `${head}eth0\t0001000A\t00000000\t0001\t0\t0\t100\t00FFFFFF\t0\t0\t0\n`],
    ['a default route without gateway', `${head}tun0\t00000000\t00000000\t0001\t0\t0\t0\t00000000\t0\t0\t0\n`],
    ['something else', 'nothing of the kind'],
  ])('is null for %s', (_, text) => {
    expect(parseGateway(text)).toBeNull();
  });
});
