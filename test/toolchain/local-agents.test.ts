import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { addressOf, prepareLocalAgents } from '../../.toolchain/local-agents.ts';
import { isPortTaken } from '../../.toolchain/port.ts';
import { loadAgentConfig } from '../../agent/src/config.ts';
import { loadNines } from '../../collector/src/config/nines.ts';

let folder = '';
let configPath = '';

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'nines-local-'));
  configPath = join(folder, 'nines.yaml');
  writeFileSync(
    configPath,
    `collector: { listen: 127.0.0.1:9640, data: kept }
agents:
  - { name: here, local: true }
  - { name: there }
  - { name: here-too, local: true }
`,
  );
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('local agents', () => {
  it('each gets a token that the collector reads and a file that the agent accepts; the others get nothing', async () => {
    const agents = await prepareLocalAgents(loadNines(configPath), {});
    expect(agents.map(({ name }) => name)).toEqual(['here', 'here-too']);
    const tokens = new Map(loadNines(configPath).agents.map(({ name, token }) => [name, token]));
    expect(tokens.get('there')).toBeNull();
    for (const { name, configPath: path } of agents) {
      const config = loadAgentConfig(path, {});
      expect(config.token).toBe(tokens.get(name));
      expect(config.token).toMatch(/^[\w-]{43}$/);
      expect(config).toMatchObject({ name, collector: { url: 'http://127.0.0.1:9640' } });
      expect(config.spoolDirectory).toBe(join(folder, 'kept/local-agents', name, 'spool'));
    }
    expect(tokens.get('here')).not.toBe(tokens.get('here-too'));
  });

  it('nothing is written outside the collector’s data folder, and a token is for its owner’s eyes only', async () => {
    await prepareLocalAgents(loadNines(configPath), {});
    expect(readdirSync(folder).sort()).toEqual(['kept', 'nines.yaml']);
    expect(statSync(join(folder, 'kept/local-agents/here/token')).mode & 0o777).toBe(0o600);
    expect(statSync(join(folder, 'kept/local-agents/here')).mode & 0o777).toBe(0o700);
  });

  it('a token stays from one start to the next, the agent’s file is written anew', async () => {
    const folderOfHere = join(folder, 'kept/local-agents/here');
    mkdirSync(folderOfHere, { recursive: true });
    writeFileSync(join(folderOfHere, 'token'), 'earlier\n');
    writeFileSync(join(folderOfHere, 'agent.yaml'), 'nonsense: true\n');
    const [here] = await prepareLocalAgents(loadNines(configPath), { caFile: '/tmp/ca.pem', batchInterval: '1s' });
    const config = loadAgentConfig(here?.configPath ?? '', {});
    expect(config).toMatchObject({ token: 'earlier', caFile: '/tmp/ca.pem', batch_interval: 1_000 });
    expect(readFileSync(join(folderOfHere, 'token'), 'utf8')).toBe('earlier\n');
  });

  it('agents listen on ports that are free and differ', async () => {
    // Where an agent of this machine has the port already, that one takes it for us.
    const taken = (await isPortTaken('127.0.0.1', 9641)) ? null : createServer().listen(9641, '127.0.0.1');
    if (taken !== null) await once(taken, 'listening');
    const agents = await prepareLocalAgents(loadNines(configPath), {});
    const ports = agents.map((agent) => loadAgentConfig(agent.configPath, {}).listen.port);
    taken?.close();
    expect(new Set(ports).size).toBe(2);
    expect(ports).not.toContain(9641);
  });

  it.each([
    ['127.0.0.1', 'http://127.0.0.1:9640'],
    ['0.0.0.0', 'http://127.0.0.1:9640'],
    ['::', 'http://[::1]:9640'],
    ['::1', 'http://[::1]:9640'],
    ['localhost', 'http://localhost:9640'],
  ])('a collector that listens on %s is reached at %s', (host, address) => {
    expect(addressOf({ listen: { host, port: 9640 } })).toBe(address);
  });
});
