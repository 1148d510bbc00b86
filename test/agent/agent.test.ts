import { readdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { ConfigError } from '@nines/shared/errors.ts';
import type { Observation } from '@nines/shared/observation.ts';
import { observationsOf } from '@nines/shared/wire.ts';
import { pino } from 'pino';
import { describe, expect, it, onTestFinished } from 'vitest';
import { Agent } from '../../agent/src/agent.ts';
import { type AgentConfig, loadAgentConfig } from '../../agent/src/config.ts';
import { quiet } from '../support/agent-parts.ts';
import { FakeCollector } from '../support/fake-collector.ts';
import { temporaryFolder } from '../support/folders.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { listen } from '../support/probe-targets/listening.ts';
import { until } from '../support/until.ts';

interface Site {
  readonly url: string;
  status: number;
  requests: number;
}

async function startSite(): Promise<Site> {
  const site = { url: '', status: 200, requests: 0 };
  const listening = await listen(
    createServer((_, response) => {
      site.requests++;
      response.writeHead(site.status);
      response.end('hello');
    }),
  );
  onTestFinished(() => listening.close());
  site.url = `http://127.0.0.1:${listening.port}/`;
  return site;
}

function configOf(collectorUrl: string, folder: string, more = ''): AgentConfig {
  const path = join(folder, 'agent.yaml');
  const text = `collector: { url: "${collectorUrl}", token: { env: TOKEN } }\nlisten: "127.0.0.1:0"\nspool: { directory: spool }\n${more}`;
  writeFileSync(path, text);
  return loadAgentConfig(path, { TOKEN: 'a-token' });
}

async function start({ more = '', folder = temporaryFolder() } = {}) {
  const clock = new ManualClock();
  const collector = await FakeCollector.start();
  const site = await startSite();
  const check = { id: 'home', every_ms: 10_000, timeout_ms: 10_000, probe: { type: 'http', url: site.url } };
  collector.assign('fra-web03', [check]);
  const deps = {
    clock,
    logger: quiet,
    random: () => 0.5,
    env: { PASSWORD: 'secret' },
    pid: process.pid,
    usage: () => ({ rssBytes: 1, cpuSeconds: 1 }),
  };
  const agent = await Agent.start(configOf(collector.url, folder, more), deps);
  const page = async () => (await fetch(`http://127.0.0.1:${agent.port}/metrics`)).text();
  /** Lets the one check run once more. */
  const runOnce = async () => {
    await until(() => agent.status().checks === 1);
    const before = recorded(await page());
    const runs = agent.status().runs;
    while (agent.status().runs === runs) await clock.advance(1_000);
    while (recorded(await page()) === before) await new Promise((resolve) => setImmediate(resolve));
  };
  return { clock, collector, site, agent, folder, check, page, runOnce, deps };
}

/** How many runs the metrics page has counted. */
function recorded(page: string): number {
  let sum = 0;
  for (const [, count] of page.matchAll(/^nines_runs_total\{.*\} (\d+)$/gm)) sum += Number(count);
  return sum;
}

function delivered(collector: FakeCollector): Observation[] {
  return [...collector.stored.values()].flatMap((batch) => [...observationsOf(batch)]);
}

describe('Agent', () => {
  it('runs the checks it is given and delivers what they saw, with a status of its own', async () => {
    const { collector, site, agent, runOnce, page } = await start();
    await runOnce();
    site.status = 500;
    await runOnce();
    expect(await page()).toContain('probe_success{check="home",agent="fra-web03"} 0\n');
    await agent.stop();
    const seen = delivered(collector).sort((a, b) => a.atMs - b.atMs);
    expect(seen.map(({ outcome, reason }) => `${outcome} ${reason}`)).toEqual(['up null', 'down status-unexpected']);
    expect(seen[0]).toMatchObject({ check: 'home', everyMs: 10_000, values: { status: 200, bytes: 5 } });
    const status = [...collector.stored.values()].at(-1)?.status;
    expect(status).toMatchObject({ checks: 1, isolated: false, dropped_observations: 0, agent_errors: 0 });
  });

  it('a failure while every canary is silent is unknown, not the target being down', async () => {
    // The broadcast address: the system itself refuses a TCP connection to it, on any network.
    const { collector, site, agent, clock, runOnce } = await start({
      more: 'isolation: { canaries: ["255.255.255.255:9"] }\n',
    });
    await runOnce();
    site.status = 500;
    const runs = agent.status().runs;
    while (agent.status().runs === runs) await clock.advance(1_000);
    await until(() => site.requests === 2);
    while (agent.status().isolated_runs === 0) {
      await clock.advance(100);
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(agent.status()).toMatchObject({ isolated: true, isolated_runs: 1 });
    site.status = 200;
    await runOnce();
    expect(agent.status().isolated).toBe(false);
    await agent.stop();
    const reasons = delivered(collector).sort((a, b) => a.atMs - b.atMs);
    expect(reasons.map(({ outcome, reason }) => `${outcome} ${reason}`)).toEqual([
      'up null',
      'unknown agent-isolated',
      'up null',
    ]);
  });

  it('stopped while the collector is away, it keeps everything for the next start', async () => {
    const first = await start();
    await first.runOnce();
    first.collector.onBatch = () => ({ status: 503 });
    await first.agent.stop();
    expect(readdirSync(join(first.folder, 'spool')).filter((name) => name.endsWith('.batch'))).toHaveLength(1);
    const second = await start({ folder: first.folder });
    await until(() => second.collector.observations === 1);
    await second.agent.stop();
  });

  it('two agents cannot share a spool or an address', async () => {
    const { agent, collector, folder, deps } = await start();
    const other = configOf(collector.url, temporaryFolder(), '');
    const taken = { ...other, listen: { host: '127.0.0.1', port: agent.port } };
    await expect(Agent.start(taken, deps)).rejects.toThrow(/already in use/);
    const sharing = { ...other, spoolDirectory: join(folder, 'spool') };
    // The process that started this one lives: were it an agent, its spool would be its own.
    await agent.stop();
    const owner = await Agent.start(sharing, { ...deps, pid: process.ppid });
    await expect(Agent.start(sharing, deps)).rejects.toThrow(/in use by another agent/);
    await owner.stop();
  });

  it('a reload that fails keeps the configuration and shows it; one that works takes a new collector token', async () => {
    const { agent, collector, folder, page, runOnce } = await start();
    await runOnce();
    expect(() =>
      agent.reload(() => {
        throw new ConfigError([]);
      }),
    ).toThrow(ConfigError);
    expect(await page()).toContain('nines_agent_config_last_reload_successful{agent="fra-web03"} 0\n');
    agent.reload(() => ({ ...configOf(collector.url, folder), token: 'a-new-token' }));
    expect(await page()).toContain('nines_agent_config_last_reload_successful{agent="fra-web03"} 1\n');
    await agent.stop();
    expect(collector.received.at(-1)?.headers.authorization).toBe('Bearer a-new-token');
  });

  it.each([
    ['http://192.0.2.1:9640', 1],
    ['http://127.0.0.1:1', 0],
    ['https://192.0.2.1:9640', 0],
  ])('a token that goes to %s is worth %i warnings', async (url, warnings) => {
    const { deps, folder } = await start();
    const lines: string[] = [];
    const logger = pino({ level: 'warn' }, { write: (line) => void lines.push(line) });
    const alone = { ...configOf(url, folder, 'isolation: off\n'), spoolDirectory: join(folder, 'another') };
    const agent = await Agent.start(alone, { ...deps, logger });
    onTestFinished(() => agent.stop());
    expect(lines.filter((line) => line.includes('unencrypted'))).toHaveLength(warnings);
  });

  it('a reload tries at once what was refused: whoever mends a token need not wait for the pause', async () => {
    const { clock, collector, agent, folder, page, runOnce } = await start();
    collector.onBatch = () => ({ status: 401, body: '{"error":{"code":"unauthorized"}}' });
    await runOnce();
    await clock.advance(5_000);
    await until(() => collector.received.length === 1);
    while (!(await page()).includes('nines_agent_collector_reachable{agent="fra-web03"} 0'));
    collector.onBatch = () => null;
    agent.reload(() => configOf(collector.url, folder));
    await until(() => collector.stored.size === 1);
    await agent.stop();
  });

  it('a secret that the agent file does not allow makes the run unknown and is never read', async () => {
    const { agent, collector, check, clock, runOnce } = await start();
    const probe = { ...check.probe, headers: { authorization: { env: 'PASSWORD' } } };
    collector.assign('fra-web03', [{ ...check, probe }], '"2"');
    await until(() => agent.status().checks === 1);
    await until(() => clock.pendingTimers >= 2);
    await clock.advance(31_000);
    await until(() => collector.checkRequests.length >= 2);
    await runOnce();
    await agent.stop();
    expect(delivered(collector).at(-1)).toMatchObject({ outcome: 'unknown', reason: 'not-allowed' });
    expect(agent.status().agent_errors).toBe(0);
  });
});
