import { pbkdf2 } from 'node:crypto';
import { lookup } from 'node:dns';
import { createServer, type Server } from 'node:net';
import { promisify } from 'node:util';
import { afterEach, describe, expect, it } from 'vitest';
import { allowNothing } from '../../agent/src/allowance.ts';
import { runCheck } from '../../agent/src/run-check.ts';
import { createTrust } from '../../agent/src/trust.ts';
import type { Check } from '../../shared/src/check.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { type Listening, listen } from '../support/probe-targets/listening.ts';
import { allowing, options } from '../support/probe-targets/probe.ts';

const trust = createTrust({ caFile: null });
const allowed = allowing({});

let target: Listening | null = null;
afterEach(async () => {
  await target?.close();
  target = null;
});

async function tcpCheck(server: Server, extra: Record<string, unknown> = {}): Promise<Check> {
  target = await listen(server);
  const probe = options({ type: 'tcp', host: '127.0.0.1', port: target.port, ...extra });
  return { id: 'mail', everyMs: 30_000, timeoutMs: 10_000, probe };
}

describe('runCheck', () => {
  it('a run that meets everything is up, without reason, detail or error', async () => {
    const check = await tcpCheck(
      createServer((socket) => socket.end('220 hello\r\n')),
      { dialogue: [{ expect: '^220 ' }] },
    );
    const clock = new ManualClock(1_790_000_000_123);
    const run = await runCheck(check, { clock, trust, allowed });
    expect(run).toEqual({
      observation: {
        check: 'mail',
        atMs: 1_790_000_000_123,
        everyMs: 30_000,
        outcome: 'up',
        reason: null,
        // The manual clock stands still, so every phase took 0.
        values: { resolve: 0, connect: 0, dialogue: 0, total: 0 },
      },
      detail: null,
      error: null,
    });
    expect(clock.pendingTimers).toBe(0);
  });

  it('the deadline ends a run at its very instant, names the phase, and closes the connection', async () => {
    const clock = new ManualClock();
    const connected = Promise.withResolvers<void>();
    const check = await tcpCheck(
      createServer(() => connected.resolve()),
      { dialogue: [{ expect: '^220 ' }] },
    );
    const running = runCheck(check, { clock, trust, allowed });
    await connected.promise;
    await clock.advance(9_999);
    expect(target?.openConnections()).toBe(1);
    await clock.advance(1);
    const { observation, detail, error } = await running;
    expect(observation).toMatchObject({ outcome: 'down', reason: 'response-timeout' });
    // 10,000 ms of the monotonic clock in microseconds; the phases that were over are kept.
    expect(observation.values).toEqual({ resolve: 0, connect: 0, total: 10_000_000 });
    expect(detail).toBe('no result within 10000 ms');
    expect(error).toBeNull();
    await target?.drained();
  });

  it('total is measured up to the failure, by the monotonic clock, in whole microseconds', async () => {
    const clock = new ManualClock();
    const asked = Promise.withResolvers<() => void>();
    const server = createServer((socket) => asked.resolve(() => socket.end('554 no\r\n')));
    const check = await tcpCheck(server, { dialogue: [{ expect: '^220 ' }] });
    const running = runCheck(check, { clock, trust, allowed });
    const answer = await asked.promise;
    clock.jumpWall(-3_600_000);
    await clock.advance(12.3456);
    answer();
    const { observation } = await running;
    expect(observation).toMatchObject({ outcome: 'down', reason: 'dialogue-mismatch', atMs: 1_790_000_000_000 });
    expect(observation.values.total).toBe(12_346);
  });

  it('a secret that the agent does not allow makes the run unknown, and nothing is asked', async () => {
    target = await listen(createServer());
    const probe = options({
      type: 'http',
      url: `http://127.0.0.1:${target.port}/`,
      headers: { authorization: { env: 'TOKEN' } },
    });
    const run = await runCheck(
      { id: 'shop', everyMs: 30_000, timeoutMs: 10_000, probe },
      {
        clock: new ManualClock(),
        trust,
        allowed: allowNothing("TOKEN is not in the agent's allow list"),
      },
    );
    expect(run.observation).toMatchObject({ outcome: 'unknown', reason: 'not-allowed' });
    expect(run.detail).toContain('TOKEN');
    expect(target.openConnections()).toBe(0);
  });

  it('a bug of ours is unknown and handed over to be logged', async () => {
    const bug = new TypeError('x is not a function');
    target = await listen(createServer());
    const probe = options({ type: 'http', url: `http://127.0.0.1:${target.port}/`, headers: { a: { env: 'A' } } });
    const run = await runCheck(
      { id: 'shop', everyMs: 30_000, timeoutMs: 10_000, probe },
      {
        clock: new ManualClock(),
        trust,
        allowed: allowing({
          secret() {
            throw bug;
          },
        }),
      },
    );
    expect(run.observation).toMatchObject({ outcome: 'unknown', reason: 'agent-error' });
    expect(run.error).toBe(bug);
  });

  it('a probe that cannot let go is left behind: a lookup that ends later opens no connection', async () => {
    let accepted = 0;
    const server = createServer(() => accepted++);
    const late = await listen(server);
    const clock = new ManualClock();
    // Lookups share four threads of libuv with this work, so the name cannot be resolved before it is done.
    const busy = Array.from({ length: 4 }, () => promisify(pbkdf2)('busy', 'salt', 400_000, 64, 'sha512'));
    const probe = options({ type: 'tcp', host: 'localhost', port: late.port, ip: '4' });
    const running = runCheck({ id: 'mail', everyMs: 30_000, timeoutMs: 10, probe }, { clock, trust, allowed });
    await clock.advance(10);
    const { observation } = await running;
    expect(observation).toMatchObject({ outcome: 'unknown', reason: 'resolve-timeout', values: { total: 10_000 } });
    await Promise.all(busy);
    await promisify(lookup)('localhost');
    await clock.advance(1);
    expect(observation.values).toEqual({ total: 10_000 });
    expect(accepted).toBe(0);
    await late.close();
  });
});
