import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer as createHttpServer } from 'node:http';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { endOf, untilSays } from './checkout.ts';

const START = fileURLToPath(new URL('../../.toolchain/start.ts', import.meta.url));

let folder = '';
const servers: Server[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'nines-start-'));
});

afterEach(() => {
  for (const server of servers.splice(0)) server.close();
  rmSync(folder, { recursive: true, force: true });
});

function start(...args: readonly string[]): ChildProcess {
  const { INIT_CWD: _, ...env } = process.env;
  return spawn(process.execPath, [START, ...args], { cwd: folder, env, stdio: ['ignore', 'pipe', 'pipe'] });
}

/** A configuration with one local agent that looks at `url` every second. */
function configure(port: number, url: string): string {
  const path = join(folder, 'nines.yaml');
  writeFileSync(
    path,
    `collector: { listen: 127.0.0.1:${port}, data: kept }
agents: [{ name: here, local: true }]
checks:
  - { id: site, every: 1s, probe: { type: http, url: "${url}" } }
customers: [{ id: acme }]
contracts:
  - id: hosting
    customer: acme
    objectives:
      - { id: up, indicator: { kind: availability, checks: [site] }, target: "99.9", period: calendar_month }
`,
  );
  return path;
}

describe('npm start -- --config', () => {
  it('ten lines of configuration measure something at once, and Ctrl-C ends all of it', async () => {
    const site = createHttpServer((_, response) => response.end('hello'));
    servers.push(site);
    const port = await freePort();
    const child = start('--config', configure(port, `http://127.0.0.1:${await listen(site)}/`));
    const ended = endOf(child);
    await untilSays(child, `Open http://127.0.0.1:${port}/`);
    await untilMetric(`http://127.0.0.1:${port}/metrics`, /^probe_success\{[^}]*check="site"[^}]*\} 1$/m);
    child.kill('SIGINT');
    const { code, stdout, stderr } = await ended;
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain('On this machine the agent here measures what is theirs of 1 check.');
    await expect(fetch(`http://127.0.0.1:${port}/healthz`)).rejects.toThrow();
  }, 60_000);

  it('a port that is in use is told before anything starts', async () => {
    const other = createServer();
    servers.push(other);
    const port = await listen(other);
    const { code, stderr } = await endOf(start('--config', configure(port, 'http://127.0.0.1:1/')));
    expect(code).toBe(1);
    expect(stderr).toMatch(new RegExp(`^Port ${port} of 127\\.0\\.0\\.1 is in use: .*\n$`));
  });

  it('mistakes in the configuration are listed with their places, exit code 2', async () => {
    writeFileSync(join(folder, 'nines.yaml'), 'agentz: []\nchecks: [{ id: a }]\n');
    const path = join(folder, 'nines.yaml');
    const { code, stderr } = await endOf(start('--config', path));
    expect(code).toBe(2);
    expect(stderr.trimEnd().split('\n')).toEqual([
      `${path}:1:1 agentz: unknown key, did you mean agents?`,
      `${path}:2:10 checks[0].probe: required, but missing`,
    ]);
  });

  it('an argument that does not exist shows how it is called, exit code 2', async () => {
    const { code, stdout } = await endOf(start('--confg', 'x'));
    expect(code).toBe(2);
    expect(stdout).toContain('npm start -- --config nines.yaml');
  });
});

async function listen(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

async function freePort(): Promise<number> {
  const server = createServer();
  const port = await listen(server);
  await new Promise((resolve) => server.close(resolve));
  return port;
}

async function untilMetric(url: string, pattern: RegExp): Promise<void> {
  for (;;) {
    const text = await fetch(url).then((response) => response.text());
    if (pattern.test(text)) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
