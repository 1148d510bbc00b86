import { spawnSync } from 'node:child_process';
import { createServer } from 'node:http';
import { describe, expect, it, onTestFinished } from 'vitest';
import { phaseOf } from '../../agent/src/scheduler.ts';
import { listen } from '../support/probe-targets/listening.ts';
import { eventually } from '../support/programs.ts';
import { Deployment } from './deployment.ts';
import { expectExactlyOnce } from './reconcile.ts';

const reason = networkProblem();
const suite = reason === null ? describe : describe.skip;

suite(`an agent behind a cable of its own${reason === null ? '' : ` [skipped: ${reason}]`}`, () => {
  it('says unknown while the cable is cut, never down; and down when only the server is', {
    timeout: 120_000,
  }, async () => {
    const cable = layCable();
    const site = await listen(
      createServer((_, response) => response.end('hello')),
      cable.host,
    );
    const deployment = await Deployment.create({
      agents: ['fra'],
      host: cable.host,
      checks: ['basket', 'home', 'search'].map((id) => ({
        id,
        every: '2s',
        // Far more than a busy machine takes, so that only the cable can make it pass.
        timeout: '1500ms',
        probe: { type: 'http', url: `http://${cable.host}:${site.port}/${id}` },
      })),
    });
    const collector = await deployment.startCollector();
    // The canaries are those of every agent: the collector and the default route.
    const agent = await deployment.startAgent('fra', { prefix: cable.prefix, settings: { isolation: undefined } });
    const recorded = () => deployment.recorded('fra');
    const ofOutcome = (wanted: string, from = 0) =>
      recorded()
        .slice(from)
        .filter(({ outcome }) => outcome === wanted);
    const upAfter = (count: number) => eventually('it is up', () => ofOutcome('up', count).length > 0);
    await upAfter(0);

    const [first] = recorded();
    for (const end of [cable.farEnd, cable.ownEnd]) {
      const unknownBefore = ofOutcome('unknown').length;
      end.cut();
      await eventually('it knows that it is cut off', () => ofOutcome('unknown').length >= unknownBefore + 3);
      end.mend();
      await upAfter(recorded().length);
    }
    const reasons = new Set(recorded().map(({ reason: why }) => why));
    expect(ofOutcome('down')).toEqual([]);
    expect(reasons).toContain('agent-isolated');
    const lastUp = recorded().findLast(({ outcome }) => outcome === 'up');
    await eventually('all of it is delivered', async () =>
      (await deployment.stored()).some(({ atMs }) => atMs === lastUp?.atMs),
    );
    const { bad, unknown } = await deployment.attainment('home', first?.atMs ?? 0, lastUp?.atMs ?? 0);
    expect(bad).toBe(0);
    expect(unknown).toBeGreaterThan(0);
    expect(await deployment.metric('nines_runs_total{check="home",agent="fra",location="fra",outcome="down"}')).toBe(0);
    expect(await deployment.text('/')).not.toContain('<code>connect-timeout</code>');

    const beforeOutage = recorded().length;
    await site.close();
    await eventually('the site is down', () => ofOutcome('down', beforeOutage).length >= 3);
    expect(ofOutcome('down', beforeOutage).map(({ reason: why }) => why)).toContain('connection-refused');
    await eventually('the collector shows it', async () =>
      (await deployment.text('/')).includes('<code>connection-refused</code>'),
    );
    expect(await agent.stop()).toEqual({ code: 0, signal: null });
    expect(expectExactlyOnce(deployment, 'fra', await deployment.stored())).toBe(0);
    expect(await collector.stop()).toEqual({ code: 0, signal: null });
  });

  it('a run that began while the cable was cut says nothing, also when it fails after the cable is mended', {
    timeout: 90_000,
  }, async () => {
    const cable = layCable();
    const site = await listen(
      createServer((_, response) => response.end('hello')),
      cable.host,
    );
    const deployment = await Deployment.create({
      agents: ['fra'],
      host: cable.host,
      // Shorter than a second, after which TCP would send its lost first packet again and the run would succeed.
      checks: [
        {
          id: 'home',
          every: '2s',
          timeout: '900ms',
          probe: { type: 'http', url: `http://${cable.host}:${site.port}/` },
        },
      ],
    });
    await deployment.startCollector();
    const agent = await deployment.startAgent('fra', { prefix: cable.prefix, settings: { isolation: undefined } });
    const recorded = () => deployment.recorded('fra');
    await eventually('it is up', () => recorded().some(({ outcome }) => outcome === 'up'));
    cable.farEnd.cut();
    const isIsolated = () => recorded().at(-1)?.reason === 'agent-isolated';
    await eventually('it knows that it is cut off', isIsolated);
    const phaseMs = phaseOf('home', 2_000);
    const nextRunMs = Math.ceil((Date.now() - phaseMs) / 2_000) * 2_000 + phaseMs;
    await new Promise((resolve) => setTimeout(resolve, nextRunMs + 200 - Date.now()));
    cable.farEnd.mend();
    const before = recorded().length;
    await eventually('it is up', () =>
      recorded()
        .slice(before)
        .some(({ outcome }) => outcome === 'up'),
    );
    expect(recorded().filter(({ outcome }) => outcome === 'down')).toEqual([]);
    expect(await agent.stop()).toEqual({ code: 0, signal: null });
    await site.close();
  });
});

/** A network namespace at the other end of a pair of virtual interfaces; gone when the test ends. */
function layCable() {
  const id = process.pid % 60_000;
  const [space, near, far] = [`nines-${id}`, `nines${id}a`, `nines${id}b`];
  // Of 198.18.0.0/15, which RFC 2544 keeps for tests between two machines.
  const subnet = `198.18.${id % 250}`;
  const inside = (...args: readonly string[]) => ip('-n', space, ...args);
  // Fixed neighbours: what is sent into a cut cable is lost, as beyond a router, and not kept until ARP has an answer.
  const [nearMac, farMac] = ['02:00:c6:12:00:01', '02:00:c6:12:00:02'];
  const raiseNear = () => {
    ip('link', 'set', near, 'up');
    ip('neighbour', 'replace', `${subnet}.2`, 'lladdr', farMac, 'dev', near, 'nud', 'permanent');
  };
  const raiseFar = () => {
    inside('link', 'set', far, 'up');
    inside('neighbour', 'replace', `${subnet}.1`, 'lladdr', nearMac, 'dev', far, 'nud', 'permanent');
    inside('route', 'replace', 'default', 'via', `${subnet}.1`);
  };
  onTestFinished(() => {
    spawnSync('ip', ['netns', 'del', space]);
    spawnSync('ip', ['link', 'del', near]);
  });
  ip('netns', 'add', space);
  ip('link', 'add', near, 'address', nearMac, 'type', 'veth', 'peer', 'name', far, 'address', farMac, 'netns', space);
  ip('address', 'add', `${subnet}.1/24`, 'dev', near);
  inside('address', 'add', `${subnet}.2/24`, 'dev', far);
  inside('link', 'set', 'lo', 'up');
  raiseNear();
  raiseFar();
  return {
    host: `${subnet}.1`,
    prefix: ['ip', 'netns', 'exec', space],
    /** Somewhere beyond the host: packets vanish. */
    farEnd: { cut: () => ip('link', 'set', near, 'down'), mend: raiseNear },
    /** The host's own interface: the system knows at once that there is no way. */
    ownEnd: { cut: () => inside('link', 'set', far, 'down'), mend: raiseFar },
  };
}

function ip(...args: readonly string[]): void {
  const { status, stderr } = spawnSync('ip', args);
  if (status !== 0) throw new Error(`ip ${args.join(' ')}: ${String(stderr)}`);
}

/** Why no network can be made here; `null` when one can. */
function networkProblem(): string | null {
  if (process.getuid?.() !== 0) return 'a network namespace needs root';
  const { error, status } = spawnSync('unshare', [
    '--net',
    'ip',
    'link',
    'add',
    'nines-a',
    'type',
    'veth',
    'peer',
    'name',
    'nines-b',
  ]);
  if (error !== undefined) return 'unshare or ip is not installed (apt-get install util-linux iproute2)';
  return status === 0 ? null : 'this system does not let root make a network';
}
