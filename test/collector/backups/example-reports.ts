import { probeOptions } from '@nines/shared/probes/index.ts';
import type { RepositoryReport } from '../../../collector/src/backups/report.ts';
import type { Case } from '../../../collector/src/sla/cases.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

function check(id: string, type: string) {
  const probe = { type, repository: '/backup/web03', password: { env: 'P' } };
  return {
    id,
    everyMs: HOUR_MS,
    timeoutMs: 10_000,
    schedule: null,
    agents: ['fra-web03'],
    probe: probeOptions.parse(probe),
    writtenProbe: probe,
  };
}

/** Two repositories: one whose backups are fresh, with one night missed and a test that failed; one of which nothing is known. */
export function exampleReports(nowMs: number): RepositoryReport[] {
  const night = (daysAgo: number) => Math.floor(nowMs / DAY_MS) * DAY_MS - daysAgo * DAY_MS + 2 * HOUR_MS;
  const daysAgo = Array.from({ length: 14 }, (_, index) => 13 - index);
  const window = (days: number): Case => ({
    fromMs: night(days) - HOUR_MS,
    toMs: night(days) + HOUR_MS,
    atMs: night(days) - HOUR_MS,
    state: days === 4 ? 'bad' : 'good',
    name: 'window',
    reason: days === 4 ? 'missed' : null,
  });
  const promises = {
    windows: {
      days: { kind: 'weekdays', weekdays: [1, 2, 3, 4, 5, 6, 7] },
      at: { fromMinute: 60, toMinute: 180 },
      timeZone: 'UTC',
    },
    good: { kind: 'outcome', in: ['good'] },
  } as const;
  return [
    {
      repository: {
        name: '/backup/web03',
        agents: ['fra-web03'],
        listedBy: [check('web03-restic', 'restic')],
        triedBy: [check('web03-verify', 'restic_verify'), check('web03-restore', 'restic_restore')],
      },
      promises: { ...promises, maxAgeMs: 26 * HOUR_MS },
      backups: daysAgo
        .filter((days) => days !== 4)
        .map((days) => ({ check: 'web03-restic', endedAtMs: night(days), bytes: (1_000 - 20 * days) * 2 ** 20 })),
      points: 13,
      oldestAtMs: night(30),
      windows: daysAgo.map(window),
      trials: [
        {
          check: 'web03-verify',
          kind: 'verify',
          endedAtMs: nowMs - 2 * DAY_MS,
          outcome: 'failed',
          reason: 'repository-damaged',
          values: { part: 3, mismatches: 1 },
          lastGoodMs: nowMs - 9 * DAY_MS,
        },
        {
          check: 'web03-restore',
          kind: 'restore',
          endedAtMs: nowMs - 3 * DAY_MS,
          outcome: 'good',
          reason: null,
          values: { files: 20, bytes: 12 * 2 ** 20, mismatches: 0 },
          lastGoodMs: nowMs - 3 * DAY_MS,
        },
      ],
    },
    {
      repository: { name: 'offsite', agents: ['ams-edge1'], listedBy: [check('offsite', 'restic')], triedBy: [] },
      promises: { ...promises, maxAgeMs: null, windows: null },
      backups: [],
      points: null,
      oldestAtMs: null,
      windows: [],
      trials: [],
    },
  ];
}
