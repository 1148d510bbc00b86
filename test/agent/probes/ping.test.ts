import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { allowNothing } from '../../../agent/src/allowance.ts';
import { judgeFailure } from '../../../agent/src/failure-reason.ts';
import { PINGERS, pingWith } from '../../../agent/src/probes/ping.ts';
import { noEvents, type ProbeContext } from '../../../agent/src/probes/probe-run.ts';
import { createTrust } from '../../../agent/src/trust.ts';
import type { PingOptions } from '../../../shared/src/probes/ping.ts';
import { ping } from '../../../shared/src/probes/ping.ts';
import { systemClock } from '../../../shared/src/time/clock.ts';
import { systemProgram } from '../../support/system-program.ts';

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

function context(signal = new AbortController().signal): ProbeContext {
  return {
    signal,
    onDeadline: (letGo) => signal.addEventListener('abort', letGo),
    clock: systemClock,
    remainingMs: () => 1_000,
    values: {},
    enter() {},
    trust: createTrust({ caFile: null }),
    allowed: allowNothing('a ping needs nothing'),
    check: 'edge',
    events: noEvents,
    keep: (make) => make(),
  };
}

function written(extra: Record<string, unknown> = {}): PingOptions {
  return ping.options.parse({ type: 'ping', host: '127.0.0.1', spacing: '10ms', ...extra });
}

/** fping's place taken by a script, which is a real program of its own. */
function scripted(script: string): { pinger: (typeof PINGERS)[number]; folder: string } {
  const folder = mkdtempSync(join(tmpdir(), 'nines-ping-'));
  folders.push(folder);
  const program = join(folder, 'fping');
  writeFileSync(program, `#!/bin/sh\n${script}\n`);
  chmodSync(program, 0o755);
  return {
    folder,
    pinger: { program, arguments: (address) => [address], read: (output) => PINGERS[0]?.read(output, 3) ?? null },
  };
}

async function reasonOf(run: Promise<void>): Promise<string> {
  try {
    await run;
    return 'up';
  } catch (error) {
    const { outcome, reason } = judgeFailure(error);
    return `${outcome} ${reason}`;
  }
}

for (const pinger of PINGERS) {
  const debianPackage = pinger.program === 'ping' ? 'iputils-ping' : pinger.program;
  systemProgram({ program: pinger.program, debianPackage })(`a ping probe through ${pinger.program}`, () => {
    it.each(['127.0.0.1', '::1'])('measures %s', async (host) => {
      const run = context();
      await pingWith([pinger], written({ host }), run);
      expect(run.values).toMatchObject({ loss: 0, resolve: 0 });
      const { rtt = 0, rtt_min = 0, rtt_max = 0, jitter = 0 } = run.values;
      expect([rtt, rtt_min, rtt_max, jitter].every(Number.isSafeInteger)).toBe(true);
      expect(rtt_min).toBeGreaterThan(0);
      expect(rtt_min).toBeLessThanOrEqual(rtt);
      expect(rtt).toBeLessThanOrEqual(rtt_max);
      expect(jitter).toBeLessThanOrEqual(rtt_max - rtt_min);
    });

    it('looks a name up in the family asked for', async () => {
      const run = context();
      await pingWith([pinger], written({ host: 'localhost', ip: '4', count: 1 }), run);
      expect(run.values.resolve).toBeGreaterThan(0);
    });
  });
}

describe('what a ping check expects', () => {
  it.each([
    ['127.0.0.1 : 0.1 0.2 0.3', {}, 'up'],
    ['127.0.0.1 : 0.1 - 0.3', {}, 'down packet-loss'],
    ['127.0.0.1 : 0.1 - 0.3', { max_loss: '34' }, 'up'],
    ['127.0.0.1 : 0.1 - 0.3', { max_loss: '33' }, 'down packet-loss'],
    ['127.0.0.1 : - - -', { max_loss: '99' }, 'down packet-loss'],
    ['127.0.0.1 : 10 20 30', { max_round_trip: '20ms' }, 'up'],
    ['127.0.0.1 : 10 20 31', { max_round_trip: '20ms' }, 'down round-trip-too-long'],
  ])('%s with %j: %s', async (line, expectation, outcome) => {
    const { pinger } = scripted(`echo '${line}' >&2; exit 1`);
    expect(await reasonOf(pingWith([pinger], written({ expect: expectation }), context()))).toBe(outcome);
  });

  it('loss keeps what was measured', async () => {
    const { pinger } = scripted(`echo '127.0.0.1 : 0.1 - -' >&2`);
    const run = context();
    expect(await reasonOf(pingWith([pinger], written(), run))).toBe('down packet-loss');
    expect(run.values).toMatchObject({ rtt: 100, loss: 666_667 });
  });
});

describe('a ping program that fails', () => {
  it('is not installed: the next one is taken', async () => {
    const { pinger } = scripted(`echo '127.0.0.1 : 0.1 0.2 0.3' >&2`);
    const missing = { ...pinger, program: '/nowhere/fping' };
    expect(await reasonOf(pingWith([missing, pinger], written(), context()))).toBe('up');
  });

  it('none is installed: ours, with a sentence that names them', async () => {
    const missing = PINGERS.map((pinger) => ({ ...pinger, program: `/nowhere/${pinger.program}` }));
    await expect(pingWith(missing, written(), context())).rejects.toThrow(
      'none of the programs /nowhere/fping, /nowhere/ping is installed',
    );
    expect(await reasonOf(pingWith(missing, written(), context()))).toBe('unknown agent-error');
  });

  it('may not send: ours, in its own words', async () => {
    const { pinger } = scripted(`echo "fping: can't create raw socket (must run as root?)" >&2; exit 4`);
    await expect(pingWith([pinger], written(), context())).rejects.toThrow("can't create raw socket");
  });

  it('has no route from here: unknown', async () => {
    const { pinger } = scripted('echo "ping: connect: Network is unreachable" >&2; exit 2');
    expect(await reasonOf(pingWith([pinger], written(), context()))).toBe('unknown network-unreachable');
  });

  it('runs in the C locale, without the environment of the agent', async () => {
    const { pinger, folder } = scripted(`env > "$(dirname "$0")/env"; echo '127.0.0.1 : 0.1 0.1 0.1' >&2`);
    process.env.NINES_TEST_SECRET = 'secret';
    await pingWith([pinger], written(), context());
    delete process.env.NINES_TEST_SECRET;
    const environment = readFileSync(join(folder, 'env'), 'utf8');
    expect(environment).toContain('LC_ALL=C');
    expect(environment).not.toContain('NINES_TEST_SECRET');
  });

  it('outlives its deadline: it is killed', async () => {
    const { pinger, folder } = scripted('echo $$ > "$(dirname "$0")/pid"; exec sleep 600');
    const deadline = new AbortController();
    const running = reasonOf(pingWith([pinger], written(), context(deadline.signal)));
    const pidFile = join(folder, 'pid');
    while (!existsSync(pidFile) || readFileSync(pidFile, 'utf8') === '') await systemClock.sleep(5);
    deadline.abort();
    await running;
    const pid = Number(readFileSync(pidFile, 'utf8'));
    expect(() => process.kill(pid, 0)).toThrow('ESRCH');
  });
});
