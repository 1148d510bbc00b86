import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { Heartbeats } from '../../collector/src/heartbeat/heartbeats.ts';
import { hashToken } from '../../collector/src/http/authenticate.ts';
import { registerPing } from '../../collector/src/http/ping.ts';
import { createServer } from '../../collector/src/http/server.ts';
import { systemClock } from '../../shared/src/time/clock.ts';
import { temporaryFolder } from '../support/folders.ts';
import { MemoryStore } from '../support/memory-store.ts';
import { allowing, probe, verdict } from '../support/probe-targets/probe.ts';
import {
  damage,
  newBorgRepository,
  newResticRepository,
  runIn,
  SOURCE_BYTES,
} from '../support/real-servers/backup-repositories.ts';
import { runTool } from '../support/real-servers/tool.ts';
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

  it('tells how large the newest snapshot is when it is asked to, whatever version made it', async () => {
    const { path, source, env } = await newRepository();
    const sized = await look(path, { sizes: true, expect: { min_size: `${SOURCE_BYTES}B` } });
    expect(verdict(sized)).toBe('up');
    expect(sized.observation.values.size).toBe(SOURCE_BYTES);
    writeFileSync(join(source, 'readme'), '');
    await runIn(env, program, ['backup', source]);
    const smaller = await look(path, { sizes: true, expect: { min_size: `${SOURCE_BYTES}B` } });
    expect(verdict(smaller)).toBe('down backup-too-small');
    expect(smaller.observation.values.size).toBe(SOURCE_BYTES - 10);
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

  it('the lock that a killed backup left behind is no obstacle', async () => {
    const { path, env } = await newRepository();
    const backup = spawn(program, ['backup', '--stdin'], {
      env: { ...process.env, ...env },
      stdio: ['pipe', 'ignore', 'ignore'],
    });
    const ended = once(backup, 'exit');
    await until(() => readdirSync(join(path, 'locks')).length > 0);
    backup.kill('SIGKILL');
    await ended;
    const left = readdirSync(join(path, 'locks'));
    expect(left).toHaveLength(1);
    expect(verdict(await look(path, { host: 'web-01' }))).toBe('up');
    expect(readdirSync(join(path, 'locks'))).toEqual(left);
  });

  it('is as old as it is, in whatever zone it was made', async () => {
    const { path, source, env } = await newRepository();
    await runIn({ ...env, TZ: 'Asia/Kolkata' }, program, ['backup', '--host=far', source]);
    const far = await look(path, { host: 'far', expect: { max_age: '1h' } });
    expect(verdict(far)).toBe('up');
    expect(far.observation.values.age).toBeLessThan(120e6);
  });

  it('a snapshot of which some files could not be read looks like any other: only the exit status, by ping, tells', async () => {
    const { path, source, env } = await newRepository();
    const { heartbeats, url } = await servePing();
    const backup = `${program} backup --quiet --host=partly ${source} /proc/1/clear_refs; curl -fsS ${url}/$?`;
    const { code } = await runTool('env', [...Object.entries(env).map((entry) => entry.join('=')), 'sh', '-c', backup]);
    expect(code).toBe(0);
    const partly = await look(path, { host: 'partly' });
    expect([verdict(partly), partly.observation.values.points]).toEqual(['up', 1]);
    expect(heartbeats.statuses(Date.now())).toMatchObject([{ state: 'down', lastGoodMs: null }]);
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

  it('the lock that a killed program left behind is broken by borg itself', async () => {
    const { path, env } = await newRepository();
    const held = join(temporaryFolder(), 'held');
    const holder = spawn(program, ['with-lock', path, 'sh', '-c', `touch ${held}; sleep 60`], {
      env: { ...process.env, ...env },
      detached: true,
      stdio: 'ignore',
    });
    const ended = once(holder, 'exit');
    await until(() => existsSync(held));
    process.kill(-(holder.pid ?? 0), 'SIGKILL');
    await ended;
    expect(existsSync(join(path, 'lock.exclusive'))).toBe(true);
    expect(verdict(await look(path))).toBe('up');
    expect(existsSync(join(path, 'lock.exclusive'))).toBe(false);
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

/** A collector's dead-man switch for one job, and the address that opens it. */
async function servePing() {
  const store = new MemoryStore();
  const heartbeats = new Heartbeats({ put: (received) => store.putEvents(received), hash: hashToken });
  heartbeats.configure([{ id: 'nightly', key: 'a-key', schedule: { everyMs: 86_400_000 }, graceMs: 3_600_000 }]);
  await heartbeats.load(store, Date.now());
  const server = createServer({ log: { error: () => {} } });
  registerPing(server, { heartbeats, clock: systemClock });
  const address = await server.listen({ host: '127.0.0.1', port: 0 });
  onTestFinished(() => server.close());
  return { heartbeats, url: `${address}/ping/a-key` };
}
