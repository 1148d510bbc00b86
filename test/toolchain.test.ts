import { spawnSync } from 'node:child_process';
import { existsSync, lstatSync, readlinkSync, renameSync, rmSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { endOf, MiniatureCheckout, untilSays } from './toolchain/checkout.ts';

let checkout: MiniatureCheckout;

beforeEach(() => {
  checkout = new MiniatureCheckout();
});

afterEach(() => rmSync(dirname(checkout.root), { recursive: true, force: true }));

describe('the first call', () => {
  it('installs what the lock file names with the pinned pnpm, says so in one line, and runs the program', async () => {
    const { code, stdout, stderr } = await checkout.run(['start', '--config', 'my file.yaml']);
    expect({ code, stdout }).toEqual({ code: 0, stdout: '["--config","my file.yaml"]\n' });
    expect(stderr).toMatch(/^Installing the dependencies .*…\n$/);
    expect(checkout.npxCalls).toEqual(['--yes pnpm@10.34.8 install --frozen-lockfile --prefer-offline']);
  });

  it('does not show what a good install prints', async () => {
    checkout.npx('echo chatter; echo warning >&2; install_node');
    const { stdout, stderr } = await checkout.run(['start']);
    expect(stdout + stderr).not.toMatch(/chatter|warning/);
  });

  it('makes node_modules/.bin/node the program itself: a shell in front would keep signals from it', async () => {
    await checkout.run(['start']);
    expect(readlinkSync(checkout.path('node_modules/.bin/node'))).toBe('../node/bin/node');
  });
});

describe('later calls', () => {
  it('nothing changed: npx is not called', async () => {
    await checkout.run(['start']);
    const { code, stderr } = await checkout.run(['start'], { path: '/usr/bin:/bin' });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(checkout.npxCalls).toHaveLength(1);
  });

  it.each([
    ['the lock file', 'pnpm-lock.yaml'],
    ['the package.json of a package', 'agent/package.json'],
    ['a new package', 'collector/package.json'],
    ['the workspace', 'pnpm-workspace.yaml'],
  ])('%s changed: installed again', async (_, name) => {
    await checkout.run(['start']);
    checkout.write(name, '{ "changed": true }\n');
    await checkout.run(['start']);
    expect(checkout.npxCalls).toHaveLength(2);
  });

  it('node_modules lost its Node: installed again', async () => {
    await checkout.run(['start']);
    rmSync(checkout.path('node_modules/node'), { recursive: true });
    expect((await checkout.run(['start'])).code).toBe(0);
    expect(checkout.npxCalls).toHaveLength(2);
  });

  it('a pnpm that somebody called by hand put the shell script back: it is replaced without an install', async () => {
    await checkout.run(['start']);
    spawnSync('npx', ['by', 'hand'], {
      cwd: checkout.root,
      env: { PATH: `${dirname(checkout.root)}/tools:/usr/bin:/bin` },
    });
    expect(lstatSync(checkout.path('node_modules/.bin/node')).isSymbolicLink()).toBe(false);
    await checkout.run(['start']);
    expect(lstatSync(checkout.path('node_modules/.bin/node')).isSymbolicLink()).toBe(true);
    expect(checkout.npxCalls).toHaveLength(2);
  });

  it('the checkout was moved: it runs where it is now, without an install', async () => {
    await checkout.run(['start']);
    renameSync(checkout.root, `${checkout.root}-moved`);
    const moved = spawnSync(process.execPath, [`${checkout.root}-moved/.toolchain/run.mjs`, 'start'], {
      encoding: 'utf8',
    });
    expect({ status: moved.status, stderr: moved.stderr }).toEqual({ status: 0, stderr: '' });
  });
});

describe('an install that fails', () => {
  it('without network: one sentence that says so, exit code 1, tried again next time', async () => {
    checkout.npx(
      'echo " ERR_PNPM_META_FETCH_FAIL  request failed, reason: getaddrinfo EAI_AGAIN registry.npmjs.org"; exit 1',
    );
    const { code, stderr } = await checkout.run(['start']);
    expect(code).toBe(1);
    const [progress, sentence, ...rest] = stderr.trimEnd().split('\n');
    expect(progress).toMatch(/^Installing/);
    expect(sentence).toMatch(
      /^The dependencies cannot be downloaded: the npm registry cannot be reached \(EAI_AGAIN\)\./,
    );
    expect(rest).toEqual([]);
    checkout.npx('install_node');
    expect((await checkout.run(['start'])).code).toBe(0);
  });

  it('without npm: one sentence that says so', async () => {
    const { code, stderr } = await checkout.run(['start'], { path: '' });
    expect(code).toBe(1);
    expect(stderr).toContain('npx was not found: install npm');
  });

  it('because of what an interrupted one left behind: done again from nothing', async () => {
    checkout.npx('if [ -e node_modules/half ]; then exit 1; fi; install_node');
    checkout.write('node_modules/half', '');
    expect((await checkout.run(['start'])).code).toBe(0);
    expect(checkout.npxCalls).toHaveLength(2);
  });

  it('for another reason: the output, then one sentence', async () => {
    checkout.npx('echo "the lock file is out of date"; exit 3');
    const { code, stderr } = await checkout.run(['start']);
    expect(code).toBe(1);
    expect(stderr).toContain('the lock file is out of date\nInstalling the dependencies failed (pnpm ended with 3)');
  });

  it('that brings no Node is not taken for a good one', async () => {
    checkout.npx('mkdir -p node_modules/.bin');
    const { code, stderr } = await checkout.run(['start']);
    expect(code).toBe(1);
    expect(stderr).toContain('brought no Node 26');
  });

  it('interrupted in the middle: nothing pretends that it was finished', async () => {
    checkout.npx('install_node; echo half > node_modules/half; exec sleep 60');
    const child = checkout.spawn(['start']);
    const ended = endOf(child);
    await untilExists(checkout.path('node_modules/half'));
    child.kill('SIGTERM');
    const { code, stderr } = await ended;
    expect(code).toBe(1);
    expect(stderr).toContain('The install was interrupted');
    checkout.npx('install_node');
    expect((await checkout.run(['start'])).code).toBe(0);
    expect(checkout.npxCalls).toHaveLength(2);
  });

  it('killed without a word: the lock it left does not stop the next one', async () => {
    checkout.npx('install_node; echo half > node_modules/half; exec sleep 3');
    const child = checkout.spawn(['start']);
    const ended = endOf(child);
    await untilExists(checkout.path('node_modules/half'));
    child.kill('SIGKILL');
    await ended;
    checkout.npx('install_node');
    expect((await checkout.run(['start'])).code).toBe(0);
  });

  it('two terminals at once: one installs, the other waits for it', async () => {
    checkout.npx('sleep 0.3; install_node');
    const [first, second] = await Promise.all([checkout.run(['start']), checkout.run(['start'])]);
    expect([first.code, second.code]).toEqual([0, 0]);
    expect(checkout.npxCalls).toHaveLength(1);
  });
});

describe('the machine', () => {
  const pretend = (what: string) => ['--import', `data:text/javascript,${encodeURIComponent(what)}`];

  it.each([
    [
      'a Node that is too old',
      "Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '18.20.4' } })",
      'Node 18.20.4 is too old: Nines needs Node 20 or newer',
    ],
    [
      'another operating system',
      "Object.defineProperty(process, 'platform', { value: 'win32' })",
      'Nines runs on Linux and macOS, not on win32; on Windows, run it inside WSL.',
    ],
    [
      'another processor',
      "Object.defineProperty(process, 'arch', { value: 'riscv64' })",
      'Nines runs on x64 and arm64 processors, not on riscv64.',
    ],
  ])('%s is refused in one sentence before anything is installed', async (_, what, sentence) => {
    const { code, stderr } = await checkout.run(['start'], { nodeOptions: pretend(what) });
    expect(code).toBe(1);
    expect(stderr.trimEnd().split('\n')).toEqual([expect.stringContaining(sentence)]);
    expect(checkout.npxCalls).toEqual([]);
  });
});

describe('the program that a verb runs', () => {
  it('its exit code is the verb’s', async () => {
    checkout.program('process.exit(7);');
    expect((await checkout.run(['start'])).code).toBe(7);
  });

  it('finds the project’s Node first in PATH', async () => {
    checkout.program("console.log(process.env.PATH.split(':')[0]);");
    expect((await checkout.run(['start'])).stdout).toBe(`${checkout.path('node_modules/.bin')}\n`);
  });

  it.each(['SIGTERM', 'SIGINT', 'SIGHUP'] as const)('%s reaches it, and it decides how to end', async (signal) => {
    checkout.program(`process.on('${signal}', () => { console.log('finishing'); process.exit(3); });
setInterval(() => {}, 1000); console.log('running');`);
    const child = checkout.spawn(['start']);
    const ended = endOf(child);
    await untilSays(child, 'running');
    child.kill(signal);
    expect(await ended).toMatchObject({ code: 3, stdout: 'running\nfinishing\n' });
  });

  it('SIGTERM to npm reaches it, too, and nothing stays behind', async () => {
    checkout.program(`process.on('SIGTERM', () => { console.log('finishing'); process.exit(0); });
setInterval(() => {}, 1000); console.log('running');`);
    const child = checkout.npm('start');
    // All that it started holds its standard output: that this ends says that all of it has.
    const ended = endOf(child);
    await untilSays(child, 'running');
    child.kill('SIGTERM');
    expect((await ended).stdout).toBe('running\nfinishing\n');
  });

  it('killed by a signal: the exit code says so as a shell would', async () => {
    checkout.program("process.kill(process.pid, 'SIGKILL'); setInterval(() => {}, 1000);");
    expect((await checkout.run(['start'])).code).toBe(128 + 9);
  });

  it('an unknown verb lists the known ones', async () => {
    const { code, stderr } = await checkout.run(['sing']);
    expect(code).toBe(2);
    expect(stderr).toMatch(/^usage: .*start\|test\|check\|format\|bench/);
  });
});

describe('.ci/run', () => {
  it('is a program that bash can read', () => {
    const path = fileURLToPath(new URL('../.ci/run', import.meta.url));
    expect(statSync(path).mode & 0o111).not.toBe(0);
    expect(spawnSync('bash', ['-n', path]).status).toBe(0);
  });
});

async function untilExists(path: string): Promise<void> {
  while (!existsSync(path)) await new Promise((resolve) => setTimeout(resolve, 10));
}
