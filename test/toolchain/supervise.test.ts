import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Program, Supervisor } from '../../.toolchain/supervise.ts';

let folder = '';
let supervisor: Supervisor;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'nines-supervise-'));
  supervisor = new Supervisor({ logFolder: join(folder, 'logs'), cwd: folder });
});

afterEach(async () => {
  await supervisor.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** A program of a few statements; it says `ready` once it has run them. */
function program(name: string, text: string, stopWithinMs = 10_000): Program {
  const path = join(folder, `${name}.mjs`);
  writeFileSync(path, `import { appendFileSync } from 'node:fs';\n${text}\nprocess.send('ready');\n`);
  return { name, command: process.execPath, args: [path], stopWithinMs };
}

/** Runs on until SIGTERM, then notes its name. */
const obedient = (name: string) => `setInterval(() => {}, 1000);
process.on('SIGTERM', () => { appendFileSync('stopped', '${name} '); process.exit(0); });`;

async function start(wanted: Program) {
  const child = supervisor.start(wanted);
  await once(child, 'message');
  return child;
}

describe('Supervisor', () => {
  it('stops the last started first, and programs of one kind together', async () => {
    for (const name of ['world', 'collector', 'agent-ams', 'agent-fra']) await start(program(name, obedient(name)));
    await supervisor.stop();
    const order = readFileSync(join(folder, 'stopped'), 'utf8').trim().split(' ');
    expect(order.slice(0, 2).sort()).toEqual(['agent-ams', 'agent-fra']);
    expect(order.slice(2)).toEqual(['collector', 'world']);
  });

  it('kills a program that does not end in time', async () => {
    const child = await start(
      program('agent-deaf', "process.on('SIGTERM', () => {}); setInterval(() => {}, 1000);", 50),
    );
    await supervisor.stop();
    expect(child.signalCode).toBe('SIGKILL');
  });

  it('tells of a program that ended by itself, with the end of its log', async () => {
    supervisor.start(program('collector', "for (let i = 1; i <= 20; i++) console.log('line ' + i); process.exit(4);"));
    const death = await supervisor.died;
    expect(death).toMatchObject({ name: 'collector', how: 'exit code 4', logPath: join(folder, 'logs/collector.log') });
    expect(death.lastWords.split('\n')).toEqual(Array.from({ length: 15 }, (_, index) => `line ${index + 6}`));
  });

  it('a program that cannot be started has ended by itself', async () => {
    supervisor.start({ name: 'agent-none', command: join(folder, 'absent'), args: [], stopWithinMs: 100 });
    expect((await supervisor.died).how).toMatch(/ENOENT/);
  });

  it('a program that is asked to stop has not ended by itself', async () => {
    await start(program('world', obedient('world')));
    await supervisor.stop();
    const nothing = Symbol('nothing');
    expect(await Promise.race([supervisor.died, new Promise((resolve) => setImmediate(resolve, nothing))])).toBe(
      nothing,
    );
  });

  it('starts nothing any more once it stops', async () => {
    await supervisor.stop();
    expect(() => supervisor.start(program('late', ''))).toThrow('nothing is started any more');
  });

  it('a program ends with its parent, even when that is killed without a word', async () => {
    const late = program('agent-orphan', obedient('orphan'));
    const parentPath = join(folder, 'parent.mjs');
    const module = new URL('../../.toolchain/supervise.ts', import.meta.url).href;
    writeFileSync(
      parentPath,
      `import { Supervisor } from '${module}';
const supervisor = new Supervisor({ logFolder: 'logs', cwd: process.cwd() });
supervisor.start(${JSON.stringify(late)}).once('message', () => process.kill(process.pid, 'SIGKILL'));
`,
    );
    const parent = supervisor.start({
      name: 'parent',
      command: process.execPath,
      args: [parentPath],
      stopWithinMs: 1_000,
    });
    await once(parent, 'exit');
    while (!existsSync(join(folder, 'stopped'))) await new Promise((resolve) => setTimeout(resolve, 10));
    expect(readFileSync(join(folder, 'stopped'), 'utf8')).toBe('orphan ');
  });
});
