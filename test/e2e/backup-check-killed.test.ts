import { chmodSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { eventually } from '../support/programs.ts';
import { Deployment } from './deployment.ts';

it('an agent that is killed while it tests a backup cleans up when it starts again, and one that is stopped at once', async () => {
  const deployment = await Deployment.create({ agents: ['web03'], checks: [] });
  const { folder } = deployment;
  const program = join(folder, 'restic');
  const pidFile = join(folder, 'pid');
  writeFileSync(program, `#!/bin/sh\ntouch "$TMPDIR/put-aside"\necho $$ > ${pidFile}\nexec sleep 600\n`);
  chmodSync(program, 0o700);
  deployment.configure({
    checks: [
      {
        id: 'verify',
        schedule: { cron: '*/5 * * * * *' },
        timeout: '5s',
        probe: { type: 'restic_verify', repository: folder, password: { env: 'PASSWORD' }, program },
      },
    ],
  });
  const collector = await deployment.startCollector();
  const settings = { allow: { files: [folder], commands: [program], env: ['PASSWORD'] } };
  const start = () => deployment.startAgent('web03', { settings, env: { PASSWORD: 'secret' } });
  const scratch = join(deployment.spoolPath('web03'), 'scratch');
  /** The process that a run has begun since the last time that this was asked. */
  const begun = async () => {
    await eventually('the program runs', async () => existsSync(pidFile) && readFileSync(pidFile, 'utf8') !== '');
    const pid = Number(readFileSync(pidFile, 'utf8'));
    rmSync(pidFile);
    expect(readdirSync(scratch)).toHaveLength(1);
    return pid;
  };
  const isGone = (pid: number) => async () => !existsSync(`/proc/${pid}`);

  const killed = await start();
  const orphan = await begun();
  await killed.kill();
  expect(readdirSync(scratch)).toHaveLength(1);

  const stopped = await start();
  await eventually('what the killed agent had started is ended', isGone(orphan));
  const child = await begun();
  expect(child).not.toBe(orphan);
  await stopped.stop();
  await eventually('what the stopped agent had started is ended', isGone(child));
  expect(readdirSync(scratch)).toEqual([]);
  await collector.stop();
}, 60_000);
