import { expect, it } from 'vitest';
import { writeBackupMetrics } from '../../../collector/src/metrics/backups.ts';
import { Exposition } from '../../../shared/src/exposition.ts';
import { exampleReports } from '../backups/example-reports.ts';

const NOW_MS = Date.UTC(2026, 9, 20, 14);
const LISTED = '{check="web03-restic",repository="/backup/web03"}';
const VERIFIED = 'check="web03-verify",repository="/backup/web03",kind="verify"';

it('tell what is known of every repository, by check, and nothing of what is not', () => {
  const exposition = new Exposition();
  writeBackupMetrics(exposition, exampleReports(NOW_MS));
  const lines = exposition.toString().split('\n');
  expect(lines).toEqual(
    expect.arrayContaining([
      `nines_backup_last_good_timestamp_seconds${LISTED} ${Date.UTC(2026, 9, 20, 2) / 1000}`,
      `nines_backup_max_age_seconds${LISTED} 93600`,
      `nines_backup_windows_missed${LISTED} 1`,
      `nines_backup_test_timestamp_seconds{${VERIFIED}} ${NOW_MS / 1000 - 2 * 86_400}`,
      `nines_backup_test_last_good_timestamp_seconds{${VERIFIED}} ${NOW_MS / 1000 - 9 * 86_400}`,
      `nines_backup_test_outcome{${VERIFIED},outcome="good"} 0`,
      `nines_backup_test_outcome{${VERIFIED},outcome="failed"} 1`,
    ]),
  );
  const ofOffsite = lines.filter((line) => line.includes('check="offsite"'));
  expect(ofOffsite).toEqual(['nines_backup_windows_missed{check="offsite",repository="offsite"} 0']);
});
