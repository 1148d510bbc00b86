import { spawn } from 'node:child_process';
import { existsSync, readdirSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, onTestFinished, vi } from 'vitest';
import type { ProbeTypeName } from '../../shared/src/probes/index.ts';
import { temporaryFolder } from '../support/folders.ts';
import { allowing, probe, verdict } from '../support/probe-targets/probe.ts';
import {
  contentOf,
  damageLargest,
  newBorgRepository,
  newResticRepository,
  type Repository,
  runIn,
  SOURCE_BYTES,
} from '../support/real-servers/backup-repositories.ts';
import { openEventSpool, takeShipped } from '../support/shipped-events.ts';
import { findProgram, systemProgram } from '../support/system-program.ts';
import { until } from '../support/until.ts';

vi.setConfig({ testTimeout: 120_000 });

const HOUR_MS = 3_600_000;
/** So that sources that were just written are older than their backup. */
const later = new Date(Date.now() + HOUR_MS);

/** A machine that does much else besides. */
const LONG_MS = 60_000;

/** Checks of repositories as an agent runs them, each after the other, and the events that they shipped. */
function checking(written: Record<string, unknown>, { secret = 'secret', timeoutMs = LONG_MS } = {}) {
  const scratch = { directory: join(temporaryFolder(), 'scratch'), maxBytes: 2 ** 20 };
  const spool = openEventSpool(temporaryFolder());
  const allowed = allowing({
    file: (name) => name,
    command: (name) => name,
    secret: () => secret,
    scratch: () => scratch,
  });
  return async (type: ProbeTypeName, extra: Record<string, unknown> = {}) => {
    const run = await probe(
      { type, ...written, ...extra },
      { allowed, timeoutMs, eventsOf: (check) => spool.sinkOf(check) },
    );
    const [event] = await takeShipped(spool);
    expect(readdirSync(scratch.directory)).toEqual([]);
    return { run: verdict(run), values: run.observation.values, event };
  };
}

/** Runs something on a repository, in which afterwards every byte has to be what it was. */
async function unwritten<Result>({ path }: Repository, use: () => Promise<Result>): Promise<Result> {
  const before = contentOf(path);
  const result = await use();
  expect(contentOf(path)).toEqual(before);
  return result;
}

systemProgram({ program: 'restic', debianPackage: 'restic' })('checks of a repository of Debian’s restic', () => {
  const program = findProgram('restic') ?? '';
  const on = ({ path }: Repository, settings = {}) =>
    checking({ repository: path, password: { env: 'P' }, program }, settings);

  it('verify a good one, part by part in turn, and write nothing into it', async () => {
    const repository = await newResticRepository(program);
    const check = on(repository);
    await unwritten(repository, async () => {
      expect(await check('restic_verify', { parts: 2 })).toMatchObject({
        run: 'up',
        values: { part: 1, mismatches: 0 },
        event: { stream: 'backup_checks', outcome: 'good', labels: { kind: 'verify', repository: repository.path } },
      });
      expect(await check('restic_verify', { parts: 2 })).toMatchObject({ run: 'up', values: { part: 2 } });
      expect(await check('restic_verify', { parts: 2 })).toMatchObject({ run: 'up', values: { part: 1 } });
    });
  });

  it('restore every file of a small one, with the right bytes, and write nothing into it', async () => {
    const repository = await newResticRepository(program, [`--time=${sqlTime(later)}`]);
    const check = on(repository);
    await unwritten(repository, async () => {
      expect(await check('restic_restore', { source: '/', host: 'web-01' })).toMatchObject({
        run: 'up',
        values: { files: 2, bytes: SOURCE_BYTES, mismatches: 0, changed: 0 },
        event: { outcome: 'good', labels: { kind: 'restore' }, values: { files: 2, bytes: SOURCE_BYTES } },
      });
    });
    expect(await check('restic_restore', { files: 1, max_size: '1kB' })).toMatchObject({
      values: { files: 1, bytes: 10 },
    });
    expect(await check('restic_restore', { host: 'web-02' })).toMatchObject({ run: 'down backup-missing' });
    expect(await check('restic_restore', { max_size: '9B' })).toMatchObject({ run: 'unknown scratch-full' });
  });

  it('a source that claims to be older than the backup and differs is found; one changed since is not compared', async () => {
    const repository = await newResticRepository(program, [`--time=${sqlTime(later)}`]);
    const check = on(repository);
    const readme = join(repository.source, 'readme');
    writeFileSync(readme, 'TWO files\n');
    expect(await check('restic_restore', { source: '/' })).toMatchObject({
      run: 'down backup-damaged',
      values: { mismatches: 1, changed: 0 },
      event: { outcome: 'failed', labels: { reason: 'backup-damaged' }, values: { mismatches: 1 } },
    });
    const afterwards = new Date(later.getTime() + HOUR_MS);
    utimesSync(readme, afterwards, afterwards);
    expect(await check('restic_restore', { source: '/' })).toMatchObject({
      run: 'up',
      values: { mismatches: 0, changed: 1 },
    });
    expect(await check('restic_restore')).toMatchObject({ run: 'up', values: { mismatches: 0, changed: 0 } });
  });

  it('a damaged pack is found by either', async () => {
    const repository = await newResticRepository(program);
    const check = on(repository);
    damageLargest(join(repository.path, 'data'));
    const verified = await check('restic_verify', { parts: 1 });
    expect(verified).toMatchObject({ run: 'down repository-damaged', event: { outcome: 'failed' } });
    expect(verified.event?.values.mismatches).toBeGreaterThan(0);
    // By what the pack holds restic notices when it lists the files, or when it restores them.
    const restored = await check('restic_restore');
    expect(restored.run).toMatch(/^down (?:repository|backup)-damaged$/);
    expect(restored.event?.outcome).toBe('failed');
  });

  it('a wrong password says nothing, and the same part is next', async () => {
    const repository = await newResticRepository(program);
    const check = on(repository, { secret: 'wrong' });
    for (const type of ['restic_verify', 'restic_verify', 'restic_restore'] as const) {
      expect(await check(type)).toMatchObject({
        run: 'unknown repository-refused',
        event: { outcome: 'inconclusive', labels: { reason: 'repository-refused' } },
      });
    }
    expect((await check('restic_verify')).values.part).toBe(1);
  });

  it('a lock is no obstacle, and none is left behind', async () => {
    const repository = await newResticRepository(program);
    writeFileSync(join(repository.path, 'locks', 'a'.repeat(64)), 'held');
    const check = on(repository);
    await unwritten(repository, async () => {
      expect(await check('restic_verify')).toMatchObject({ run: 'up' });
      expect(await check('restic_restore')).toMatchObject({ run: 'up' });
    });
  });

  it('a file whose name is a pattern is restored, and nothing else for it', async () => {
    const odd = 'a*b[1]? \\x "q" $HOME';
    const repository = await newResticRepository(program);
    writeFileSync(join(repository.source, odd), '4 by');
    await runIn(repository.env, program, ['backup', repository.source]);
    expect(await on(repository)('restic_restore', { files: 1, max_size: '5B' })).toMatchObject({
      run: 'up',
      values: { files: 1, bytes: 4, mismatches: 0 },
    });
  });
});

systemProgram({ program: 'borg', debianPackage: 'borgbackup' })('checks of a repository of Debian’s borg', () => {
  const program = findProgram('borg') ?? '';
  const on = ({ path }: Repository, settings = {}) =>
    checking({ repository: path, passphrase: { env: 'P' }, program }, settings);

  it('verify a good one, and write nothing into it', async () => {
    const repository = await newBorgRepository(program);
    await unwritten(repository, async () => {
      expect(await on(repository)('borg_verify')).toMatchObject({
        run: 'up',
        values: { mismatches: 0 },
        event: { outcome: 'good', labels: { kind: 'verify' } },
      });
    });
  });

  it('restore every file of a small one, with the right bytes, and write nothing into it', async () => {
    const repository = await newBorgRepository(program, [`--timestamp=${isoSeconds(later)}`]);
    const check = on(repository);
    await unwritten(repository, async () => {
      expect(await check('borg_restore', { source: '/', archives: 'web-*' })).toMatchObject({
        run: 'up',
        values: { files: 2, bytes: SOURCE_BYTES, mismatches: 0, changed: 0 },
        event: { outcome: 'good', labels: { kind: 'restore' } },
      });
    });
    expect(await check('borg_restore', { archives: 'db-*' })).toMatchObject({ run: 'down backup-missing' });
    writeFileSync(join(repository.source, 'readme'), 'TWO files\n');
    expect(await check('borg_restore', { source: '/' })).toMatchObject({
      run: 'down backup-damaged',
      values: { mismatches: 1 },
    });
  });

  it('a damaged segment is found by either', async () => {
    const repository = await newBorgRepository(program);
    const check = on(repository);
    damageLargest(join(repository.path, 'data'));
    expect(await check('borg_verify')).toMatchObject({ run: 'down repository-damaged', event: { outcome: 'failed' } });
    expect(await check('borg_restore')).toMatchObject({ run: 'down repository-damaged', event: { outcome: 'failed' } });
  });

  it('a wrong passphrase says nothing', async () => {
    const repository = await newBorgRepository(program);
    const check = on(repository, { secret: 'wrong' });
    for (const type of ['borg_verify', 'borg_restore'] as const) {
      expect(await check(type)).toMatchObject({
        run: 'unknown repository-refused',
        event: { outcome: 'inconclusive' },
      });
    }
  });

  it('one that is being written is unknown, and is as it was', async () => {
    const repository = await newBorgRepository(program);
    const held = join(temporaryFolder(), 'held');
    const holder = spawn(program, ['with-lock', repository.path, 'sh', '-c', `touch ${held}; sleep 60`], {
      env: { ...process.env, ...repository.env },
      detached: true,
      stdio: 'ignore',
    });
    onTestFinished(() => void process.kill(-(holder.pid ?? 0), 'SIGTERM'));
    await until(() => existsSync(held));
    await unwritten(repository, async () => {
      expect(await on(repository, { timeoutMs: 10_000 })('borg_verify')).toMatchObject({
        run: 'unknown repository-locked',
        event: { outcome: 'inconclusive', labels: { reason: 'repository-locked' } },
      });
    });
  });
});

/** As restic's `--time` wants it, in the zone of this process. */
function sqlTime(date: Date): string {
  const local = new Date(date.getTime() - date.getTimezoneOffset() * 60_000);
  return local.toISOString().slice(0, 19).replace('T', ' ');
}

/** As borg's `--timestamp` wants it: UTC. */
function isoSeconds(date: Date): string {
  return date.toISOString().slice(0, 19);
}
