import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import type { Observation } from '@nines/shared/observation.ts';
import { describe, expect, it, onTestFinished } from 'vitest';
import { formatJournalName } from '../../agent/src/spool/batch-name.ts';
import { Journal } from '../../agent/src/spool/journal.ts';
import { aBatch, START_MS } from '../support/batches.ts';
import { httpTarget } from '../support/probe-targets/http-targets.ts';
import { eventually } from '../support/programs.ts';
import { Deployment, tokenOf } from './deployment.ts';
import { expectExactlyOnce, keyOf } from './reconcile.ts';

const AGENTS = ['ams', 'fra'] as const;
const DONE = { code: 0, signal: null };

describe('SIGTERM', () => {
  it('under load ends all with exit 0; what was answered is stored, and nothing that was recorded is lost', {
    timeout: 90_000,
  }, async () => {
    const target = await httpTarget((_, response) => response.end('hello'));
    const deployment = await Deployment.create({
      agents: [...AGENTS, 'load'],
      checks: [
        ...Array.from({ length: 10 }, (_, index) => ({
          id: `site-${index}`,
          every: '100ms',
          from: AGENTS,
          probe: { type: 'http', url: `${target.url}/${index}` },
        })),
        { ...SELDOM, id: 'load', from: ['load'] },
      ],
    });
    const collector = await deployment.startCollector();
    const agents = await Promise.all(AGENTS.map((name) => deployment.startAgent(name)));
    const load = postWithoutEnd(deployment);
    await eventually('the load is on', () => load.answered.length > 200);
    await eventually('the agents deliver', async () => {
      const stored = await deployment.stored();
      return AGENTS.every((name) => stored.some(({ agent }) => agent === name));
    });
    const [collectorExit, ...agentExits] = await Promise.all([collector, ...agents].map((program) => program.stop()));
    expect(collectorExit).toEqual(DONE);
    expect(agentExits).toEqual([DONE, DONE]);
    await load.ended;

    const afterwards = await deployment.startCollector();
    const again = await Promise.all(AGENTS.map((name) => deployment.startAgent(name)));
    for (const name of AGENTS) {
      await eventually(`${name} has delivered`, () => deployment.hasDelivered(name));
    }
    expect(await Promise.all(again.map((agent) => agent.stop()))).toEqual([DONE, DONE]);
    const journal = await deployment.stored();
    for (const name of AGENTS) expect(expectExactlyOnce(deployment, name, journal)).toBe(0);
    const sequences = journal.filter(({ agent }) => agent === 'load').map(({ atMs }) => atMs - START_MS);
    expect(new Set(sequences).size).toBe(sequences.length);
    const isStored = new Set(sequences);
    expect(load.answered.filter((sequence) => !isStored.has(sequence))).toEqual([]);
    expect(await afterwards.stop()).toEqual(DONE);
    await target.close();
  });

  it('is not held up by a client that never ends its request', { timeout: 60_000 }, async () => {
    const deployment = await Deployment.create({ agents: ['fra'], checks: [] });
    const collector = await deployment.startCollector();
    const { hostname, port } = new URL(deployment.url);
    const socket = connect(Number(port), hostname);
    onTestFinished(() => void socket.destroy());
    socket.on('error', () => {});
    const head = `POST /api/v1/batches HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${tokenOf('fra')}\r\n`;
    socket.write(`${head}content-type: application/json\r\ncontent-length: 1000\r\nexpect: 100-continue\r\n\r\n`);
    // The collector has begun with the request by the time it asks for the rest.
    await once(socket, 'data');
    socket.write('{"version":1,');
    expect(await collector.stop()).toEqual(DONE);
    expect(await deployment.stored()).toEqual([]);
  });

  it('reaches an agent that is still recovering its spool, and then all of that is delivered once', {
    timeout: 60_000,
  }, async () => {
    const deployment = await Deployment.create({ agents: ['fra'], checks: [SELDOM] });
    const left = leaveOpenBatches(deployment.spoolPath('fra'), 400);
    const collector = await deployment.startCollector();
    const agent = await deployment.startAgent('fra', { atOnce: true });
    const isRecovering = () =>
      deployment.logged(deployment.logPath('fra')).some(({ msg }) => msg === 'open batch recovered');
    await eventually('it recovers', isRecovering);
    expect(await agent.stop()).toEqual(DONE);
    const again = await deployment.startAgent('fra');
    await eventually('all is delivered', () => deployment.hasDelivered('fra'));
    expect(await again.stop()).toEqual(DONE);
    const stored = await deployment.stored();
    expect(stored.map(keyOf).toSorted()).toEqual(left.map(keyOf).toSorted());
    expect(await collector.stop()).toEqual(DONE);
  });

  it('reaches an agent that has no collector, and what it recorded waits for the next start', {
    timeout: 60_000,
  }, async () => {
    const target = await httpTarget((_, response) => response.end('hello'));
    const check = { id: 'home', every: '100ms', probe: { type: 'http', url: target.url } };
    const deployment = await Deployment.create({ agents: ['fra'], checks: [check] });
    const before = await deployment.startCollector();
    const agent = await deployment.startAgent('fra');
    await eventually('it measures', () => deployment.recorded('fra').length > 3);
    await before.kill();
    const count = deployment.recorded('fra').length;
    await eventually('it goes on without', () => deployment.recorded('fra').length > count + 10);
    expect(await agent.stop()).toEqual(DONE);
    const collector = await deployment.startCollector();
    const again = await deployment.startAgent('fra');
    await eventually('all is delivered', () => deployment.hasDelivered('fra'));
    expect(await again.stop()).toEqual(DONE);
    expect(expectExactlyOnce(deployment, 'fra', await deployment.stored())).toBe(0);
    expect(await collector.stop()).toEqual(DONE);
    await target.close();
  });
});

/** A check that is due so seldom that nobody runs it here: what is told of it is made up. */
const SELDOM = { id: 'home', every: '24h', probe: { type: 'tcp', host: '127.0.0.1', port: 9 } };

/** What as many killed processes of an agent leave in its spool: a batch each that was not closed. */
function leaveOpenBatches(directory: string, count: number): Observation[] {
  mkdirSync(directory);
  return Array.from({ length: count }, (_, index) => {
    const spool = `spool-${index}`.padEnd(22, '-');
    const observation = anObservation(Date.now() - (count - index) * 1_000);
    const identity = { agent: 'fra', spool, sequence: 0, createdAtMs: observation.atMs };
    const journal = new Journal(join(directory, formatJournalName(spool, 0)), identity);
    journal.append(observation);
    journal.close();
    return observation;
  });
}

function anObservation(atMs: number): Observation {
  return { check: 'home', atMs, everyMs: 1_000, outcome: 'up', reason: null, values: { total: 1_000 } };
}

/** Posts a batch after the other from eight connections until the collector is gone; remembers what was answered 200. */
function postWithoutEnd({ url }: Deployment): { readonly answered: number[]; readonly ended: Promise<unknown> } {
  const answered: number[] = [];
  let sequence = 0;
  const lane = async () => {
    for (;;) {
      const own = sequence++;
      const checks = aBatch().checks.map((columns) => ({
        ...columns,
        check: 'load',
        at_ms: columns.at_ms.slice(0, 1).map((atMs) => atMs + own),
        up: columns.up.slice(0, 1),
        values: {},
      }));
      const response = await fetch(`${url}/api/v1/batches`, {
        method: 'POST',
        headers: { authorization: `Bearer ${tokenOf('load')}`, 'content-type': 'application/json' },
        body: JSON.stringify(aBatch({ agent: 'load', sequence: own, checks })),
      }).catch(() => null);
      if (response === null) return;
      await response.text().catch(() => null);
      if (response.status === 200) answered.push(own);
    }
  };
  return { answered, ended: Promise.all(Array.from({ length: 8 }, lane)) };
}
