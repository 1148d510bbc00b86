import { readdirSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { httpTarget } from '../support/probe-targets/http-targets.ts';
import { eventually, runCommand } from '../support/programs.ts';
import { mountProblem, mountSmallDisk, skippedNote } from '../support/small-disk.ts';
import { Deployment } from './deployment.ts';
import { expectExactlyOnce, missingOf } from './reconcile.ts';

const MIN_FREE = 4 * 2 ** 20;

describe.skipIf(mountProblem !== null)(`a collector whose disk is nearly full${skippedNote}`, () => {
  it('takes no batch below min_free, tells metrics and log, can still be backed up, and goes on by itself', {
    timeout: 120_000,
  }, async () => {
    const disk = mountSmallDisk('16m');
    const target = await httpTarget((_, response) => response.end('hello'));
    const deployment = await Deployment.create({
      agents: ['fra'],
      data: join(disk, 'data'),
      collector: { min_free: '4MiB' },
      checks: [{ id: 'home', every: '200ms', probe: { type: 'http', url: target.url } }],
    });
    const collector = await deployment.startCollector();
    const agent = await deployment.startAgent('fra');
    await eventually('it delivers', async () => (await deployment.stored()).length > 0);
    expect(await deployment.metric('nines_store_free_bytes')).toBeGreaterThan(MIN_FREE);

    const ballast = join(disk, 'ballast');
    const { bavail, bsize } = statfsSync(disk);
    writeFileSync(ballast, Buffer.alloc(bavail * bsize - MIN_FREE / 2));
    const wasTold = () =>
      deployment.logged(deployment.logPath('fra')).some(({ answer }) => answer === '503 store-full');
    await eventually('it is told so', wasTold);
    const before = await deployment.stored();
    const free = await deployment.metric('nines_store_free_bytes');
    expect(free).toBeGreaterThan(0);
    expect(free).toBeLessThan(MIN_FREE);
    const backup = join(deployment.folder, 'backup.db');
    const made = await runCommand('collector', ['backup', backup, '--config', deployment.ninesPath], {
      cwd: deployment.folder,
    });
    expect(made).toMatchObject({ code: 0, err: '' });
    const waiting = () => readdirSync(deployment.spoolPath('fra')).filter((file) => file.endsWith('.batch')).length;
    await eventually('batches wait in the spool', () => waiting() > 3);
    expect(await deployment.stored()).toEqual(before);

    rmSync(ballast);
    const recorded = deployment.recorded('fra');
    await eventually('what waited is stored', async () => missingOf(recorded, await deployment.stored()).length === 0);
    expect(await agent.stop()).toEqual({ code: 0, signal: null });
    await target.close();
    expectExactlyOnce(deployment, 'fra', await deployment.stored());
    const said = deployment.logged(deployment.collectorLog).map(({ msg }) => String(msg));
    expect(said.filter((text) => text.includes('room on the disk'))).toEqual([
      'too little room on the disk, no batches are taken',
      'room on the disk again, batches are taken',
    ]);
    expect(await collector.stop()).toEqual({ code: 0, signal: null });
  });
});
