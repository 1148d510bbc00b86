import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readJobs } from '../../../agent/src/probes/bareos-output.ts';
import { readJetbackups } from '../../../agent/src/probes/jetbackup-output.ts';
import { readBackupSets } from '../../../agent/src/probes/whm-output.ts';
import { temporaryFolder } from '../../support/folders.ts';
import { allowing, probe, verdict } from '../../support/probe-targets/probe.ts';

/** A program that prints a file a call: the first call the first, and so on, and keeps what it was called with. */
function printing(...outputs: string[]): { program: string; folder: string } {
  const folder = temporaryFolder();
  for (const [index, output] of outputs.entries()) writeFileSync(join(folder, `${index}`), output);
  const program = join(folder, 'program');
  writeFileSync(
    program,
    `#!/bin/sh\ncd ${folder}\nn=$(ls called.* 2>/dev/null | wc -l)\n(echo "$@"; cat) > called.$n\nexec cat $n\n`,
  );
  chmodSync(program, 0o755);
  return { program, folder };
}

const allowed = allowing({ command: (path) => path });
const done = (stdout: string) => ({ code: 0, stdout, stderr: '' });

function jetbackup(...backups: Record<string, unknown>[]): string {
  return JSON.stringify({ success: 1, message: '', data: { backups }, system: {} });
}

/** A backup object as docs.jetbackup.com shows one. */
function ofAccount(username: string, created: string, extra: Record<string, unknown> = {}) {
  const account = { account: '64ff', account_data: { username }, destination_name: 'offsite' };
  return { _id: `${username} ${created}`, created, ...account, size: 1_048_576, damaged: 0, ...extra };
}

const hoursAgo = (hours: number) => new Date(Date.now() - hours * 3_600_000).toISOString().replace(/\.\d+Z$/, '+00:00');

describe('jetbackup', () => {
  it('backups have an owner, a place, a size and the instant that they were made at', () => {
    const [point] = readJetbackups(done(jetbackup(ofAccount('shop', '2023-09-15T07:44:02+02:00'))), {});
    expect(point).toMatchObject({
      endedAtMs: Date.UTC(2023, 8, 15, 5, 44, 2),
      bytes: 1_048_576,
      labels: { account: 'shop', destination: 'offsite' },
    });
  });

  it('what is damaged or deleted cannot be restored; a switch that is empty is off', () => {
    const made = (id: number) => `2023-09-15T05:44:0${id}+00:00`;
    const points = readJetbackups(
      done(
        jetbackup(
          ofAccount('a', made(1), { damaged: '' }),
          ofAccount('a', made(2), { damaged: 1 }),
          ofAccount('a', made(3), { deleted: '1' }),
        ),
      ),
      {},
    );
    expect(points).toHaveLength(1);
  });

  it('of every account the one that is worst off decides', async () => {
    const { program } = printing(
      jetbackup(ofAccount('fresh', hoursAgo(1)), ofAccount('stale', hoursAgo(50)), ofAccount('fresh', hoursAgo(60))),
    );
    const look = (extra: object) =>
      probe({ type: 'jetbackup', program, expect: { max_age: '26h' }, ...extra }, { allowed });
    const run = await look({});
    expect(verdict(run)).toBe('down backup-too-old');
    expect(run.observation.values.points).toBe(1);
  });

  it('are read page by page until one is not full', async () => {
    const page = (first: number, count: number) =>
      jetbackup(...Array.from({ length: count }, (_, index) => ofAccount('shop', hoursAgo(first + index))));
    const { program } = printing(page(1, 1000), page(1001, 3));
    const run = await probe({ type: 'jetbackup', program, account: 'shop' }, { allowed });
    expect(run.observation.values.points).toBe(1003);
  });

  it('a refusal of the program is ours, not a missing backup', async () => {
    const { program } = printing(JSON.stringify({ success: 0, message: 'no permission', data: {} }));
    expect(verdict(await probe({ type: 'jetbackup', program }, { allowed }))).toBe('unknown agent-error');
  });
});

describe('whm', () => {
  const ANSWER = JSON.stringify({
    metadata: { version: 1, command: 'backup_set_list_combined', result: 1, reason: 'OK' },
    data: {
      backup_set: {
        shop: [
          { when: '2020-01-25T00:00:00.000Z', where: 'local' },
          { when: '2020-01-26', where: 'kgyWV8' },
        ],
        blog: [{ when: '2020-01-20T00:00:00.000Z', where: 'local' }],
      },
      destination_legend: { kgyWV8: { name: 'offsite', type: 'SFTP' } },
    },
  });

  it('names destinations as people do, and takes a date for that day’s beginning in the server’s zone', () => {
    const points = readBackupSets(done(ANSWER), { user: 'shop', time_zone: 'Europe/Berlin' });
    expect(points.map(({ endedAtMs, labels }) => [endedAtMs, labels.destination])).toEqual([
      [Date.UTC(2020, 0, 25), 'local'],
      // Midnight in Berlin, in winter.
      [Date.UTC(2020, 0, 25, 23), 'offsite'],
    ]);
  });

  it('of every user the one that is worst off decides; a destination without any is a missing backup', async () => {
    const { program } = printing(ANSWER, ANSWER);
    const run = await probe({ type: 'whm', program }, { allowed });
    expect(run.observation.values.newest_at).toBe(Date.UTC(2020, 0, 20) / 1000);
    const elsewhere = await probe({ type: 'whm', program, destination: 'glacier' }, { allowed });
    expect(verdict(elsewhere)).toBe('down backup-missing');
  });

  it('a refusal, or a date that is none, is ours', () => {
    const refused = JSON.stringify({ metadata: { result: 0, reason: 'Access denied' } });
    const options = { time_zone: 'UTC' };
    expect(() => readBackupSets(done(refused), options)).toThrow('WHM refused: Access denied');
    expect(() => readBackupSets(done(ANSWER.replace('2020-01-26', 'yesterday')), options)).toThrow(/no date/);
  });
});

describe('bareos', () => {
  const job = (jobid: string, jobstatus: string, extra: object = {}) => ({
    jobid,
    name: 'backup-db01',
    type: 'B',
    level: 'F',
    clientname: 'db01-fd',
    starttime: '2026-03-29 01:30:00',
    realendtime: '2026-03-29 03:10:05',
    jobfiles: '18',
    jobbytes: '4651943',
    jobstatus,
    ...extra,
  });
  const printed = (...jobs: object[]) =>
    [
      'Connecting to Director localhost:9101',
      '1000 OK: bareos-dir Version: 21.0.0',
      'Enter a period (.) to cancel a command.',
      JSON.stringify({ jsonrpc: '2.0', id: null, result: {} }, null, 2),
      JSON.stringify({ jsonrpc: '2.0', id: null, result: { jobs } }, null, 2),
      '',
    ].join('\n');

  it('runs that ended well are restore points, by the director’s own clock', () => {
    const points = readJobs(done(printed(job('1', 'T'), job('2', 'f'), job('3', 'W'), job('4', 'R'))), 'Europe/Berlin');
    expect(points.map(({ id }) => id)).toEqual(['1', '3']);
    // From winter time into summer time: 00:30 to 01:10:05 UTC.
    expect(points[0]).toMatchObject({
      startedAtMs: Date.UTC(2026, 2, 29, 0, 30),
      endedAtMs: Date.UTC(2026, 2, 29, 1, 10, 5),
      bytes: 4_651_943,
      files: 18,
      labels: { host: 'db01-fd', level: 'F' },
    });
  });

  it('names in another case are the same names', () => {
    const { jobstatus, jobfiles, ...rest } = job('1', 'T');
    expect(readJobs(done(printed({ ...rest, JobStatus: jobstatus, JobFiles: jobfiles })), 'UTC')).toHaveLength(1);
  });

  it('an error of the director is ours, in its words', () => {
    const error = JSON.stringify({ jsonrpc: '2.0', error: { code: 1, message: 'failed', data: {} } });
    expect(() => readJobs(done(error), 'UTC')).toThrow('bconsole gave no list of jobs: failed');
    expect(() => readJobs({ code: 1, stdout: '', stderr: 'no director\n' }, 'UTC')).toThrow('no director');
  });

  it('is asked by its console, for one job', async () => {
    const { program, folder } = printing(printed(job('1', 'T')));
    const run = await probe({ type: 'bareos', program, job: 'backup-db01', expect: { min_files: 18 } }, { allowed });
    expect(verdict(run)).toBe('up');
    expect(readFileSync(join(folder, 'called.0'), 'utf8')).toBe('\n.api 2\nllist jobs job=backup-db01\nquit\n');
  });
});
