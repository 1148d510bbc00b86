import { formatInstant } from '@nines/shared/time/calendar.ts';
import { formatDuration } from '@nines/shared/time/duration.ts';
import type { Finding, LimitsOf, Snapshot } from '../finding.ts';

/** A repository that nobody ever read through or restored from, or not for long: a backup is proved, not assumed. */
export function findUnverified({ repositories, nowMs }: Snapshot, limitsOf: LimitsOf): Finding[] {
  return repositories.map(({ check, triedBy, lastGoodAtMs }) => {
    const { withinMs } = limitsOf({ check }).backup_unverified;
    const limit = formatDuration(withinMs);
    const value = lastGoodAtMs === null ? 'never' : formatInstant(lastGoodAtMs, 'UTC');
    return {
      subject: { check },
      labels: { check },
      severity: 'ticket',
      holds: lastGoodAtMs === null || nowMs - lastGoodAtMs > withinMs ? 'yes' : 'no',
      quiet: null,
      tell: () => ({
        summary:
          lastGoodAtMs === null
            ? `the backups of ${check} were never verified`
            : `the backups of ${check} were not verified for long`,
        cause:
          `last good verification or test restore: ${value}, limit ${limit}; ` +
          (triedBy.length === 0 ? 'no check verifies this repository' : `verified by ${triedBy.join(', ')}`),
        evidence: [{ kind: 'value', what: 'last good verification', value, limit }],
        link: `/#check-${check}`,
      }),
    };
  });
}
