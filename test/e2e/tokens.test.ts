import { writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { aBatch } from '../support/batches.ts';
import { httpTarget } from '../support/probe-targets/http-targets.ts';
import { eventually, runCommand } from '../support/programs.ts';
import { Deployment, tokenOf } from './deployment.ts';
import { expectExactlyOnce } from './reconcile.ts';

const DONE = { code: 0, signal: null };

async function deploy(agents: readonly string[]): Promise<Deployment> {
  const target = await httpTarget((_, response) => response.end('hello'));
  return await Deployment.create({
    agents,
    checks: [{ id: 'home', every: '200ms', probe: { type: 'http', url: target.url } }],
  });
}

async function agentCommand({ ninesPath, folder }: Deployment, ...args: readonly string[]) {
  return await runCommand('collector', ['agent', ...args, '--config', ninesPath], { cwd: folder });
}

describe('a token', () => {
  it('that is revoked beside the running collector opens nothing a moment later; the agent keeps its spool for a new one', {
    timeout: 90_000,
  }, async () => {
    const deployment = await deploy(['ams', 'fra']);
    const collector = await deployment.startCollector();
    const fra = await deployment.startAgent('fra');
    const ams = await deployment.startAgent('ams');
    const storedOf = async (name: string) => (await deployment.stored()).filter(({ agent }) => agent === name).length;
    await eventually('fra delivers', async () => (await storedOf('fra')) > 0);

    expect(await agentCommand(deployment, 'revoke', 'fra')).toEqual({
      code: 0,
      out: '1 tokens of fra revoked\n',
      err: '',
    });
    await eventually('fra is refused', () => answersOf(deployment, 'fra').includes('401 unauthorized'));
    expect(await statusFor(deployment, tokenOf('fra'))).toBe(401);
    const [kept, others] = [await storedOf('fra'), await storedOf('ams')];
    const recorded = deployment.recorded('fra').length;
    await eventually(
      'fra measures on, and ams delivers',
      async () => deployment.recorded('fra').length > recorded + 5 && (await storedOf('ams')) > others,
    );
    expect(await storedOf('fra')).toBe(kept);
    expect(await deployment.agentMetric('fra', 'nines_agent_spool_batches')).toBeGreaterThan(0);
    expect(await deployment.agentMetric('fra', 'nines_agent_refused_batches_total')).toBe(0);

    const added = await agentCommand(deployment, 'add', 'fra', '--json');
    expect(added).toMatchObject({ code: 0, err: '' });
    const { token }: { token: string } = JSON.parse(added.out);
    writeFileSync(deployment.tokenPath('fra'), `${token}\n`);
    fra.signal('SIGHUP');
    await eventually('fra delivers what waited', () => deployment.hasDelivered('fra'));
    // The configuration still names the old token; it stays revoked when the collector starts again.
    expect(await collector.stop()).toEqual(DONE);
    await deployment.startCollector();
    expect(await statusFor(deployment, tokenOf('fra'))).toBe(401);
    expect(await Promise.all([fra.stop(), ams.stop()])).toEqual([DONE, DONE]);
    const journal = await deployment.stored();
    for (const name of ['ams', 'fra']) expect(expectExactlyOnce(deployment, name, journal)).toBe(0);
  });

  it('that is wrong gets an agent neither checks nor anything stored, until it is mended', {
    timeout: 60_000,
  }, async () => {
    const deployment = await deploy(['fra']);
    await deployment.startCollector();
    writeFileSync(deployment.tokenPath('fra'), 'a guess');
    const agent = await deployment.startAgent('fra');
    await eventually('it is refused', () => answersOf(deployment, 'fra').includes('401'));
    expect(await statusFor(deployment, 'a guess')).toBe(401);
    expect(await statusFor(deployment, null)).toBe(401);
    expect(await deployment.stored()).toEqual([]);
    expect(agent.isRunning()).toBe(true);
    writeFileSync(deployment.tokenPath('fra'), tokenOf('fra'));
    agent.signal('SIGHUP');
    await eventually('it delivers', async () => (await deployment.stored()).length > 0);
    expect(await agent.stop()).toEqual(DONE);
  });

  it('is issued only for an agent of the configuration', async () => {
    const deployment = await Deployment.create({ agents: ['fra'], checks: [] });
    const { code, out, err } = await agentCommand(deployment, 'add', 'far');
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toMatch(/^[^\n]*no agent "far"[^\n]*\n$/);
  });
});

/** The answers of the collector that an agent has logged. */
function answersOf(deployment: Deployment, agent: string): unknown[] {
  return deployment.logged(deployment.logPath(agent)).map(({ answer }) => answer);
}

async function statusFor({ url }: Deployment, token: string | null): Promise<number> {
  const response = await fetch(`${url}/api/v1/batches`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(token === null ? {} : { authorization: `Bearer ${token}` }) },
    body: JSON.stringify(aBatch({ agent: 'fra' })),
  });
  await response.text();
  return response.status;
}
