import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { zstdDecompressSync } from 'node:zlib';
import { observationsOf, parseBatch } from '@nines/shared/wire.ts';
import { expect, it, onTestFinished } from 'vitest';
import { openSpool } from '../support/agent-parts.ts';
import { temporaryFolder } from '../support/folders.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { systemProgram } from '../support/system-program.ts';
import { until } from '../support/until.ts';

const PROCESS = fileURLToPath(new URL('../support/spooling-process.ts', import.meta.url));

/** A process that spools, numbering from `first`; what it says it has spooled is added to `recorded`. */
function startSpooling(directory: string, first: number, recorded: number[]): ChildProcess {
  const child = spawn(process.execPath, [PROCESS, directory, String(first)], { stdio: ['ignore', 'pipe', 'inherit'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  let rest = '';
  child.stdout?.on('data', (chunk: Buffer) => {
    const lines = (rest + chunk.toString()).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) recorded.push(Number(line));
  });
  return child;
}

async function kill(child: ChildProcess): Promise<void> {
  child.kill('SIGKILL');
  // `close`, not `exit`: everything that it wrote has been read then.
  await new Promise((resolve) => child.once('close', resolve));
}

/** Everything in the spool: the number of each observation, and how often each identity occurs. */
async function contentOf(directory: string): Promise<{ numbers: number[]; identities: string[] }> {
  const spool = await openSpool(directory, new ManualClock(Date.now()));
  const numbers: number[] = [];
  const identities: string[] = [];
  for (let batch = spool.take(); batch !== null; batch = spool.take()) {
    const body = await spool.read(batch);
    if (body === null) throw new Error('batch is gone');
    const parsed = parseBatch(zstdDecompressSync(body).toString());
    identities.push(`${parsed.spool} ${parsed.sequence}`);
    for (const { values } of observationsOf(parsed)) numbers.push((values.total ?? Number.NaN) - 1_000);
  }
  return { numbers, identities };
}

it('an agent killed with SIGKILL again and again loses nothing that it recorded, and repeats nothing', async () => {
  const directory = temporaryFolder();
  const recorded: number[] = [];
  for (let life = 0; life < 6; life++) {
    const before = recorded.length;
    const child = startSpooling(directory, (recorded.at(-1) ?? -1) + 2, recorded);
    // At another point of its work each time.
    await until(() => recorded.length > before + 150 + 97 * life);
    await kill(child);
  }
  const { numbers, identities } = await contentOf(directory);
  expect(new Set(numbers).size).toBe(numbers.length);
  expect(new Set(identities).size).toBe(identities.length);
  const spooled = new Set(numbers);
  expect(recorded.filter((n) => !spooled.has(n))).toEqual([]);
  // One observation a life may be spooled and not yet recorded when the kill strikes.
  expect(numbers.length - recorded.length).toBeLessThanOrEqual(6);
});

systemProgram({ program: 'prlimit', debianPackage: 'util-linux' })('a full disk', () => {
  it('a disk that fills up in the middle of a line loses nothing while the process lives, and is used again after', async () => {
    const directory = temporaryFolder();
    const recorded: number[] = [];
    const child = startSpooling(directory, 0, recorded);
    const more = async (count: number) => {
      const goal = recorded.length + count;
      await until(() => recorded.length >= goal || child.exitCode !== null);
      expect(child.exitCode).toBeNull();
    };
    // No file may grow beyond 300 bytes: a write is cut short and the next one refused, as on a full disk.
    const limit = (bytes: string) => spawnSync('prlimit', ['--pid', String(child.pid), `--fsize=${bytes}`]).status;
    await more(200);
    expect(limit('300:unlimited')).toBe(0);
    await more(500);
    expect(openBatches(directory).length).toBeGreaterThan(1);
    expect(limit('unlimited:unlimited')).toBe(0);
    // With each batch that is opened, what waited in memory is written: after two more nothing waits any longer.
    for (const _ of ['one that still waits', 'one behind it']) {
      const before = openBatches(directory);
      await until(() => isOnlyAnother(openBatches(directory), before) || child.exitCode !== null);
    }
    await more(200);
    await kill(child);
    const spooled = new Set((await contentOf(directory)).numbers);
    expect(recorded.filter((n) => !spooled.has(n))).toEqual([]);
  });
});

function openBatches(directory: string): string[] {
  return readdirSync(directory).filter((name) => name.endsWith('.open'));
}

function isOnlyAnother(now: readonly string[], before: readonly string[]): boolean {
  return now.length === 1 && !before.includes(now[0] ?? '');
}
