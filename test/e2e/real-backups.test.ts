import { spawn } from 'node:child_process';
import { existsSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { temporaryFolder } from '../support/folders.ts';
import { allowing, probe, verdict } from '../support/probe-targets/probe.ts';
import { damage, newBorgRepository, newResticRepository, runIn } from '../support/real-servers/backup-repositories.ts';
import { findProgram, systemProgram } from '../support/system-program.ts';
import { until } from '../support/until.ts';

systemProgram({ program: 'restic', debianPackage: 'restic' })('the restic probe against Debian’s restic', () => {
  const program = findProgram('restic') ?? '';

  const newRepository = () => newResticRepository(program);

  function look(path: string, extra: Record<string, unknown> = {}, secret = 'secret') {
    const allowed = allowing({ file: (name) => name, command: (name) => name, secret: () => secret });
    return probe({ type: 'restic', repository: path, password: { env: 'P' }, program, ...extra }, { allowed });
  }

  it('finds the snapshot of a good repository, by host and tag', async () => {
    const { path } = await newRepository();
    const good = await look(path, { host: 'web-01', tags: ['nightly'], expect: { max_age: '1h' } });
    expect(verdict(good)).toBe('up');
    expect(good.observation.values.points).toBe(1);
    expect(verdict(await look(path, { host: 'web-02' }))).toBe('down backup-missing');
    expect(verdict(await look(path, { tags: ['nightly', 'weekly'] }))).toBe('down backup-missing');
  });

  it('an old snapshot is too old', async () => {
    const { path, source, env } = await newRepository();
    await runIn(env, program, ['forget', '--keep-last=1', '--tag=none']);
    await runIn(env, program, ['backup', '--host=old', '--time=2026-01-01 02:00:00', source]);
    const old = await look(path, { host: 'old', expect: { max_age: '26h' } });
    expect(verdict(old)).toBe('down backup-too-old');
    expect(old.observation.values.newest_at).toBe(Date.UTC(2026, 0, 1, 2) / 1000);
  });

  it('a wrong password says nothing about the backups', async () => {
    const { path } = await newRepository();
    expect(verdict(await look(path, {}, 'wrong'))).toBe('unknown repository-refused');
  });

  it('a repository that is gone is down, and never made anew', async () => {
    const { path } = await newRepository();
    rmSync(path, { recursive: true });
    expect(verdict(await look(path))).toBe('down repository-missing');
    expect(existsSync(path)).toBe(false);
  });

  it('a damaged snapshot is damage, not one backup fewer', async () => {
    const { path } = await newRepository();
    damage(join(path, 'snapshots'));
    expect(verdict(await look(path))).toBe('down repository-damaged');
  });

  it('a lock, live or stale, is no obstacle, and none is left behind', async () => {
    const { path } = await newRepository();
    const lock = join(path, 'locks', 'a'.repeat(64));
    writeFileSync(lock, 'held');
    expect(verdict(await look(path))).toBe('up');
    expect(readdirSync(join(path, 'locks'))).toEqual(['a'.repeat(64)]);
  });

  it('a program that the agent does not allow is not run', async () => {
    const run = await probe({ type: 'restic', repository: '/srv/backup', password: { env: 'P' }, program });
    expect(verdict(run)).toBe('unknown not-allowed');
  });
});

systemProgram({ program: 'borg', debianPackage: 'borgbackup' })('the borg probe against Debian’s borg', () => {
  const program = findProgram('borg') ?? '';

  const newRepository = () => newBorgRepository(program);

  function look(path: string, extra: Record<string, unknown> = {}, secret = 'secret') {
    const allowed = allowing({ file: (name) => name, command: (name) => name, secret: () => secret });
    return probe({ type: 'borg', repository: path, passphrase: { env: 'P' }, program, ...extra }, { allowed });
  }

  it('finds the archive of a good repository, whatever zone it was made in', async () => {
    const { path } = await newRepository();
    const good = await look(path, { archives: 'web-*', expect: { max_age: '1h' } });
    expect(verdict(good)).toBe('up');
    const { points, age = 0 } = good.observation.values;
    expect(points).toBe(1);
    expect(age).toBeLessThan(120e6);
    expect(verdict(await look(path, { archives: 'db-*' }))).toBe('down backup-missing');
  });

  it('tells size and files with borg’s own folder at hand', async () => {
    const { path, env } = await newRepository();
    const known = await look(path, { base_directory: env.BORG_BASE_DIR, expect: { min_files: 2 } });
    expect(verdict(known)).toBe('up');
    // Two files: 1,000 lines of 31 bytes, and 10 bytes; borg adds what it knows of them.
    expect(known.observation.values.files).toBe(2);
    expect(known.observation.values.size).toBeGreaterThanOrEqual(31_010);
    expect((await look(path)).observation.values).not.toHaveProperty('size');
  });

  it('an old archive is too old', async () => {
    const { path, source, env } = await newRepository();
    await runIn({ ...env, TZ: 'UTC' }, program, ['create', '--timestamp=2026-01-01T02:00:00', '::old', source]);
    const old = await look(path, { archives: 'old', expect: { max_age: '26h' } });
    expect(verdict(old)).toBe('down backup-too-old');
    expect(old.observation.values.oldest_at).toBe(Date.UTC(2026, 0, 1, 2) / 1000);
  });

  it('a wrong passphrase says nothing about the backups', async () => {
    const { path } = await newRepository();
    expect(verdict(await look(path, {}, 'wrong'))).toBe('unknown repository-refused');
  });

  it('a repository that is gone is down', async () => {
    const { path } = await newRepository();
    rmSync(path, { recursive: true });
    expect(verdict(await look(path))).toBe('down repository-missing');
  });

  it('a repository that is written is unknown, and is as it was', async () => {
    const { path, env } = await newRepository();
    const held = join(temporaryFolder(), 'held');
    const holder = spawn(program, ['with-lock', path, 'sh', '-c', `touch ${held}; sleep 60`], {
      env: { ...process.env, ...env },
      detached: true,
      stdio: 'ignore',
    });
    onTestFinished(() => void process.kill(-(holder.pid ?? 0), 'SIGTERM'));
    await until(() => existsSync(held));
    expect(verdict(await look(path))).toBe('unknown repository-locked');
  });
});
