import { type Exposition, encodeLabels, suffix } from '@nines/shared/exposition.ts';
import type { RepositoryReport, Trial } from '../backups/report.ts';

interface Figure {
  readonly name: string;
  readonly help: string;
  /** `null`: not known, so no sample is written. */
  readonly read: (report: RepositoryReport, check: string) => number | null;
}

/** Of every check that lists backups. What a single run saw (age, size, number) is among the values of checks. */
const FIGURES: readonly Figure[] = [
  {
    name: 'nines_backup_last_good_timestamp_seconds',
    help: 'When the last good backup ended that the collector knows of, Unix time.',
    read: ({ backups }, check) => inSeconds(backups.findLast((backup) => backup.check === check)?.endedAtMs),
  },
  {
    name: 'nines_backup_max_age_seconds',
    help: 'How old the last good backup may be: the strictest of what contracts promise and the check expects.',
    read: ({ promises }) => inSeconds(promises.maxAgeMs),
  },
  {
    name: 'nines_backup_windows_missed',
    help: 'Of the last windows (days, when none are promised) those without a good backup.',
    read: ({ windows }) => windows.filter(({ state }) => state === 'bad').length,
  },
];

const OUTCOMES = ['good', 'failed', 'inconclusive'].map((outcome) => ({ outcome, own: suffix('', { outcome }) }));

/** Of every check that verifies or restores. */
const TRIALS: readonly {
  readonly name: string;
  readonly help: string;
  readonly read: (trial: Trial) => number | null;
}[] = [
  {
    name: 'nines_backup_test_timestamp_seconds',
    help: 'When the last verification or test restore ended, Unix time.',
    read: ({ endedAtMs }) => inSeconds(endedAtMs),
  },
  {
    name: 'nines_backup_test_last_good_timestamp_seconds',
    help: 'When a verification or test restore last found everything as it should be, Unix time.',
    read: ({ lastGoodMs }) => inSeconds(lastGoodMs),
  },
];

/** `nines_backup_*` of what the collector knows of repositories, by check and repository. */
export function writeBackupMetrics(exposition: Exposition, reports: readonly RepositoryReport[]): void {
  for (const { name, help, read } of FIGURES) {
    exposition.family(name, 'gauge', help);
    for (const report of reports) {
      for (const { id } of report.repository.listedBy) {
        const value = read(report, id);
        if (value !== null) exposition.sample(encodeLabels({ check: id, repository: report.repository.name }), value);
      }
    }
  }
  const trials = reports.flatMap(({ repository, trials: own }) =>
    own.map((trial) => ({
      trial,
      labels: encodeLabels({ check: trial.check, repository: repository.name, kind: trial.kind }),
    })),
  );
  for (const { name, help, read } of TRIALS) {
    exposition.family(name, 'gauge', help);
    for (const { trial, labels } of trials) {
      const value = read(trial);
      if (value !== null) exposition.sample(labels, value);
    }
  }
  exposition.family(
    'nines_backup_test_outcome',
    'gauge',
    'What the last verification or test restore came to: 1 for the one that holds.',
  );
  for (const { trial, labels } of trials) {
    for (const { outcome, own } of OUTCOMES) exposition.sample(labels, trial.outcome === outcome ? 1 : 0, own);
  }
}

function inSeconds(ms: number | null | undefined): number | null {
  return ms === null || ms === undefined ? null : ms / 1_000;
}
