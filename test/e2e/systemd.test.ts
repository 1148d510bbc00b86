import { spawn } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { temporaryFolder } from '../support/folders.ts';
import { type Program, startProgram } from '../support/programs.ts';
import { systemProgram } from '../support/system-program.ts';
import { until } from '../support/until.ts';

/** What a service manager is told: a datagram socket of the file system, which Node itself cannot open. */
async function serviceManager(folder: string): Promise<{ readonly socket: string; heard(): string[] }> {
  const [socket, file] = [join(folder, 'notify'), join(folder, 'heard')];
  const listener = spawn('socat', ['-u', `UNIX-RECV:${socket}`, `OPEN:${file},creat,append`], { stdio: 'inherit' });
  onTestFinished(() => void listener.kill());
  await until(() => existsSync(socket));
  const heard = () =>
    (existsSync(file) ? readFileSync(file, 'utf8').match(/(?:READY|WATCHDOG|STOPPING)=1/g) : null) ?? [];
  return { socket, heard };
}

async function lifeOf(start: (folder: string, env: Record<string, string>) => Program): Promise<string[]> {
  const folder = temporaryFolder();
  const { socket, heard } = await serviceManager(folder);
  // Microseconds, as systemd gives them.
  const program = start(folder, { NOTIFY_SOCKET: socket, WATCHDOG_USEC: '200000' });
  await until(() => heard().filter((said) => said === 'WATCHDOG=1').length >= 2);
  expect(await program.stop()).toEqual({ code: 0, signal: null });
  await until(() => heard().includes('STOPPING=1'));
  return heard();
}

systemProgram({ program: 'socat', debianPackage: 'socat' })('a program that systemd started', () => {
  systemProgram({ program: 'systemd-notify', debianPackage: 'systemd' })('with Type=notify', () => {
    it('the agent says that it is ready, then again and again that it works, and at the end that it stops', async () => {
      const said = await lifeOf((folder, env) => {
        writeFileSync(join(folder, 'token'), 'a-token\n');
        const file = { collector: { url: 'http://127.0.0.1:9', token: { file: 'token' } }, listen: '127.0.0.1:0' };
        writeFileSync(join(folder, 'agent.yaml'), JSON.stringify({ ...file, spool: { directory: 'spool' } }));
        const args = ['run', '--config', join(folder, 'agent.yaml')];
        return startProgram({ program: 'agent', args, logPath: join(folder, 'log'), env });
      });
      expect(new Set(said)).toEqual(new Set(['READY=1', 'WATCHDOG=1', 'STOPPING=1']));
      expect(said.filter((word) => word === 'READY=1')).toHaveLength(1);
    });

    it('the collector does the same', async () => {
      const said = await lifeOf((folder, env) => {
        const nines = { collector: { listen: '127.0.0.1:0', data: join(folder, 'data') } };
        writeFileSync(join(folder, 'nines.yaml'), JSON.stringify(nines));
        const args = ['serve', '--config', join(folder, 'nines.yaml')];
        return startProgram({ program: 'collector', args, logPath: join(folder, 'log'), env });
      });
      expect(new Set(said)).toEqual(new Set(['READY=1', 'WATCHDOG=1', 'STOPPING=1']));
      expect(said.filter((word) => word === 'READY=1')).toHaveLength(1);
    });
  });
});
