import { mkdirSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { eventually } from '../support/programs.ts';
import { Deployment } from './deployment.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** A week that is over, in UTC days. */
const WEEK_MS = Math.floor(Date.now() / DAY_MS) * DAY_MS - 9 * DAY_MS;
const ATTAINMENT = 'nines_objective_attainment_ratio{';
const KEY = 'the-key-of-the-nightly-job';

const UTC = { time_zone: 'UTC' };
const good = { outcome: 'good' };
const backups = { stream: 'backups', checks: ['nightly'], good: { ...good, labels: { check: 'nightly' } } };
const OBJECTIVES = [
  {
    id: 'every-night',
    indicator: { kind: 'scheduled_windows', ...backups, windows: { every: 'day', at: '01:00-05:00', ...UTC } },
    target: '96',
    period: 'calendar_month',
  },
  { id: 'rpo', indicator: { kind: 'freshness', ...backups, at_most: '26h' }, target: '99', period: 'calendar_month' },
  {
    id: 'job-succeeds',
    indicator: { kind: 'event_ratio', stream: 'heartbeats', valid: { labels: { heartbeat: 'job' } }, good },
    target: '60',
    period: { rolling: '30d' },
  },
];

/** A backup each night at 02:30 from the night before the week on, and none in the fourth night. */
function writeBackups(folder: string): void {
  mkdirSync(folder);
  for (const day of [-1, 0, 1, 2, 4, 5, 6]) {
    const path = join(folder, `dump-${day}.sql`);
    writeFileSync(path, `backup of day ${day}\n`);
    const at = new Date(WEEK_MS + day * DAY_MS + 2.5 * HOUR_MS);
    utimesSync(path, at, at);
  }
}

async function attained(deployment: Deployment, objective: string, query = '') {
  const answer: { attainments: Record<string, unknown>[] } = JSON.parse(
    await deployment.text(`/api/v1/attainment?contract=backup&objective=${objective}${query}`),
  );
  return answer.attainments[0] ?? {};
}

it('a missed night and a job that failed breach what was promised, from the agent’s check to the verdict', async () => {
  const deployment = await Deployment.create({ agents: ['web03'], checks: [] });
  const directory = join(deployment.folder, 'backups');
  writeBackups(directory);
  writeFileSync(deployment.tokenPath('job'), KEY);
  deployment.configure({
    checks: [{ id: 'nightly', every: '1s', timeout: '1s', probe: { type: 'files', directory, settle: '10ms' } }],
    sections: {
      heartbeats: [{ id: 'job', key: { file: 'tokens/job' }, schedule: { every: '1d' } }],
      contracts: [{ id: 'backup', draft: true, customer: 'acme', time_zone: 'UTC', objectives: OBJECTIVES }],
    },
  });
  const collector = await deployment.startCollector();
  const agent = await deployment.startAgent('web03', { settings: { allow: { files: [directory] } } });
  const over = (days: number) => `&from=${WEEK_MS}&to=${WEEK_MS + days * DAY_MS}`;

  // 6 of 7 windows are 85.7 %, less than 96 %.
  await eventually('the agent has said what it found', async () => {
    const { verdict } = await attained(deployment, 'every-night', over(7));
    return verdict === 'breached';
  });
  expect(await attained(deployment, 'every-night', over(7))).toMatchObject({ unit: 'windows', good: 6, bad: 1 });
  // The backup of the third night is older than 26 hours from 04:30 of the fourth day to 02:30 of the fifth: 22 of 168 hours.
  expect(await attained(deployment, 'rpo', over(7))).toMatchObject({
    unit: 'ms',
    good: 146 * HOUR_MS,
    bad: 22 * HOUR_MS,
    unknown: 0,
    verdict: 'breached',
  });
  expect(await attained(deployment, 'rpo', over(3))).toMatchObject({ bad: 0, verdict: 'met' });

  for (const signal of ['', '/1']) {
    expect((await fetch(`${deployment.url}/ping/${KEY}${signal}`)).status).toBe(200);
  }
  // 1 of 2 runs is 50 %, less than 60 %.
  await eventually('both runs are counted', async () => (await attained(deployment, 'job-succeeds')).bad === 1);
  expect(await attained(deployment, 'job-succeeds')).toMatchObject({ unit: 'events', good: 1, verdict: 'breached' });
  const isLive = (line: string) =>
    line.startsWith(ATTAINMENT) && line.includes('job-succeeds') && line.endsWith(' 0.5');
  await eventually('a scrape says so', async () => (await deployment.text('/metrics')).split('\n').some(isLive));
  await agent.stop();
  await collector.stop();
});
