import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, onTestFinished } from 'vitest';
import { FakeCollector } from '../support/fake-collector.ts';
import { temporaryFolder } from '../support/folders.ts';
import { listen } from '../support/probe-targets/listening.ts';
import { until } from '../support/until.ts';

const PROGRAM = fileURLToPath(new URL('../../agent/bin/nines-agent.mjs', import.meta.url));

interface Running {
  readonly child: ChildProcess;
  readonly log: Record<string, unknown>[];
  readonly exit: Promise<number | null>;
}

/** Starts the program; its log is read line by line, each of which has to be JSON. */
function start(config: string): Running {
  const child = spawn(process.execPath, [PROGRAM, 'run', '--config', config], { stdio: ['ignore', 'pipe', 'inherit'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  const log: Record<string, unknown>[] = [];
  let rest = '';
  child.stdout?.on('data', (chunk: Buffer) => {
    const lines = (rest + chunk.toString()).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) log.push(JSON.parse(line));
  });
  return { child, log, exit: new Promise((resolve) => child.once('close', resolve)) };
}

describe('nines-agent run', () => {
  it('runs, survives a SIGHUP with a broken file, and on SIGTERM delivers the rest and ends with 0', async () => {
    const collector = await FakeCollector.start();
    const target = await listen(createServer((_, response) => response.end('hello')));
    onTestFinished(() => target.close());
    const probe = { type: 'http', url: `http://127.0.0.1:${target.port}/` };
    collector.assign('fra-web03', [{ id: 'home', every_ms: 250, timeout_ms: 250, probe }]);
    const folder = temporaryFolder();
    const config = join(folder, 'agent.yaml');
    writeFileSync(join(folder, 'token'), 'a-token\n');
    const text = `collector: { url: "${collector.url}", token: { file: token } }\nlisten: "127.0.0.1:0"\nspool: { directory: spool }\n`;
    // Long enough that only the end of the process closes the batch.
    writeFileSync(config, `${text}batch_interval: 1h\n`);
    const { child, log, exit } = start(config);
    await until(() => log.some(({ msg }) => msg === 'checks taken'));
    writeFileSync(config, 'collector: nothing\n');
    child.kill('SIGHUP');
    await until(() => log.some(({ msg }) => msg === 'configuration not reloaded, the one before stays'));
    writeFileSync(config, `${text}batch_interval: 2h\n`);
    child.kill('SIGHUP');
    await until(() => log.some(({ msg }) => msg === 'configuration reloaded'));
    expect(log).toContainEqual(expect.objectContaining({ keys: ['batch_interval'] }));
    await until(() => target.openConnections() > 0);
    expect(collector.observations).toBe(0);
    child.kill('SIGTERM');
    expect(await exit).toBe(0);
    expect(collector.observations).toBeGreaterThan(0);
  });

  it('a mistake in the file is told without a stack and ends with 2', () => {
    const config = join(temporaryFolder(), 'agent.yaml');
    writeFileSync(config, 'colector: {}\n');
    const { status, stderr } = spawnSync(process.execPath, [PROGRAM, 'run', '--config', config], { encoding: 'utf8' });
    expect(status).toBe(2);
    expect(stderr).toMatch(/agent\.yaml:1:1 colector: unknown key, did you mean collector\?/);
    expect(stderr).not.toMatch(/\n\s+at /);
  });

  const oldNode = ['/usr/bin/node', '/usr/local/bin/node'].find((path) => existsSync(path) && majorOf(path) < 26);

  it.skipIf(oldNode === undefined)(
    `an older Node gets one sentence and no stack${oldNode === undefined ? ' [skipped: no older Node is installed]' : ''}`,
    () => {
      const { status, stderr } = spawnSync(oldNode ?? '', [PROGRAM, 'run'], { encoding: 'utf8' });
      expect(status).toBe(1);
      expect(stderr).toMatch(/^nines-agent needs Node 26 or newer, this is v\d[^\n]*\n$/);
    },
  );
});

function majorOf(node: string): number {
  const { stdout } = spawnSync(node, ['--version'], { encoding: 'utf8' });
  return Number(/^v(\d+)/.exec(stdout)?.[1] ?? Number.NaN);
}
