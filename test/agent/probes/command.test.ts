import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { endCommands, runCommand } from '../../../agent/src/probes/command.ts';
import { systemClock } from '../../../shared/src/time/clock.ts';
import { temporaryFolder } from '../../support/folders.ts';
import { until } from '../../support/until.ts';

const NO_DEADLINE = { clock: systemClock, onDeadline() {} };

function shell(script: string, environment: Record<string, string> = {}) {
  return { program: '/bin/sh', args: ['-c', script], environment };
}

describe('a command', () => {
  it('gives its exit code and both outputs, apart', async () => {
    const result = await runCommand(shell('echo out; echo err >&2; exit 3'), NO_DEADLINE);
    expect(result).toEqual({ code: 3, stdout: 'out\n', stderr: 'err\n' });
  });

  it('has no input, and only the environment that it is given', async () => {
    process.env.NINES_TEST_SECRET = 'of the agent';
    const { stdout } = await runCommand(shell('cat; env', { RESTIC_PASSWORD: 'given' }), NO_DEADLINE);
    delete process.env.NINES_TEST_SECRET;
    expect(stdout).toContain('RESTIC_PASSWORD=given');
    expect(stdout).toContain('TZ=UTC');
    expect(stdout).not.toContain('NINES_TEST_SECRET');
  });

  it('takes no argument for more than one: no shell is between', async () => {
    const args = ['%s.', 'a b', '$(id)', '; id', '*'];
    const { stdout } = await runCommand({ program: '/usr/bin/printf', args }, NO_DEADLINE);
    expect(stdout).toBe('a b.$(id).; id.*.');
  });

  it('that is not there rejects with the code of the system', async () => {
    await expect(runCommand({ program: '/nowhere/restic', args: [] }, NO_DEADLINE)).rejects.toMatchObject({
      code: 'ENOENT',
    });
  });

  it('dies at the deadline with all that it started', async () => {
    const pidFile = join(temporaryFolder(), 'pid');
    let strike = () => {};
    const script = `sleep 600 & echo $! > ${pidFile}; wait`;
    const running = runCommand(shell(script), { clock: systemClock, onDeadline: (letGo) => (strike = letGo) });
    await until(() => existsSync(pidFile) && readFileSync(pidFile, 'utf8') !== '');
    strike();
    expect((await running).code).toBeNull();
    const grandchild = Number(readFileSync(pidFile, 'utf8'));
    await until(() => !isRunning(grandchild));
  });

  it('is asked to end before it is made to, so that it can give back what it holds', async () => {
    const folder = temporaryFolder();
    const script = `trap 'echo given back > ${folder}/lock; exit 3' TERM; touch ${folder}/held; while :; do sleep 0.01; done`;
    let strike = () => {};
    const running = runCommand(shell(script), { clock: systemClock, onDeadline: (letGo) => (strike = letGo) });
    await until(() => existsSync(join(folder, 'held')));
    strike();
    expect((await running).code).toBe(3);
    expect(readFileSync(join(folder, 'lock'), 'utf8')).toBe('given back\n');
  });

  it('that does not listen is made to end', async () => {
    const held = join(temporaryFolder(), 'held');
    let strike = () => {};
    const running = runCommand(shell(`trap '' TERM; touch ${held}; while :; do sleep 0.01; done`), {
      clock: systemClock,
      onDeadline: (letGo) => (strike = letGo),
    });
    await until(() => existsSync(held));
    strike();
    expect((await running).code).toBeNull();
  });

  it('does not outlive an agent that stops', async () => {
    const held = join(temporaryFolder(), 'held');
    const running = runCommand(shell(`touch ${held}; sleep 600`), NO_DEADLINE);
    const rejected = expect(running).rejects.toMatchObject({ reason: 'agent-stopped' });
    await until(() => existsSync(held));
    await endCommands(systemClock);
    await rejected;
  });

  it('in the background has the last of the processor and of the disk', async () => {
    const { stdout } = await runCommand({ ...shell('nice; ionice'), isBackground: true }, NO_DEADLINE);
    expect(stdout).toBe('19\nidle\n');
  });

  it('gives its lines one by one, however long all of them are, and works where it is told to', async () => {
    const folder = temporaryFolder();
    const lines: string[] = [];
    const command = { ...shell('printf "ä\\nb"; printf "\\n\\nlast"; pwd >&2'), folder };
    const result = await runCommand({ ...command, onLine: (line) => lines.push(line) }, NO_DEADLINE);
    expect(lines).toEqual(['ä', 'b', '', 'last']);
    expect(result).toEqual({ code: 0, stdout: '', stderr: `${folder}\n` });
  });

  it('whose line is not understood is ended, and rejects with what is wrong with the line', async () => {
    const running = runCommand({ ...shell('echo "{"; sleep 600'), onLine: (line) => JSON.parse(line) }, NO_DEADLINE);
    await expect(running).rejects.toThrow(SyntaxError);
  });

  it('that ends in the middle of a line failed by its exit code, not by that line', async () => {
    const running = runCommand({ ...shell(`printf '{"'; exit 1`), onLine: (line) => JSON.parse(line) }, NO_DEADLINE);
    expect((await running).code).toBe(1);
  });

  it('that prints without end is stopped', async () => {
    await expect(runCommand(shell('yes'), NO_DEADLINE)).rejects.toThrow(/printed more than/);
  });
});

/** A zombie that nobody waits for has ended. */
function isRunning(pid: number): boolean {
  if (!existsSync(`/proc/${pid}/stat`)) return false;
  return !/^\d+ \(.*\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
}
