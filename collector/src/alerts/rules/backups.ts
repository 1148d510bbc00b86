import { formatInstant } from '@nines/shared/time/calendar.ts';
import { formatSpan } from '../../web/format.ts';
import type { Finding, LimitsOf, RepositoryNow, Snapshot } from '../finding.ts';

/**
 * The newest good backup of a repository is older than was promised, or than is usual. A clock that goes on decides: a
 * silent agent makes it no younger.
 */
export function findOverdue({ repositories, nowMs }: Snapshot, limitsOf: LimitsOf): Finding[] {
  return repositories.flatMap((one) => {
    const { check, newestAtMs, promisedAgeMs } = one;
    if (newestAtMs === null) return [];
    const ageMs = Math.max(0, nowMs - newestAtMs);
    const limitMs = promisedAgeMs ?? limitsOf({ check }).backup_overdue.maxAgeMs;
    const [value, limit] = [formatSpan(ageMs), formatSpan(limitMs)];
    return [
      finding(one, ageMs > limitMs, () => ({
        summary: `the backup that ${check} looks at is overdue`,
        cause: `the newest is of ${formatInstant(newestAtMs, 'UTC')}, which is ${value} ago, limit ${limit}`,
        evidence: [{ kind: 'value', what: 'age of the newest backup', value, limit }],
      })),
    ];
  });
}

/** A repository that nobody ever read through or restored from, or not for long: a backup is proved, not assumed. */
export function findUnverified({ repositories, nowMs }: Snapshot, limitsOf: LimitsOf): Finding[] {
  return repositories
    .filter(({ canBeTried }) => canBeTried)
    .map((one) => {
      const { check, triedBy, lastGoodAtMs } = one;
      const { withinMs } = limitsOf({ check }).backup_unverified;
      const limit = formatSpan(withinMs);
      const value = lastGoodAtMs === null ? 'never' : formatInstant(lastGoodAtMs, 'UTC');
      return finding(one, lastGoodAtMs === null || nowMs - lastGoodAtMs > withinMs, () => ({
        summary: `the backups of ${check} were ${lastGoodAtMs === null ? 'never verified' : 'not verified for long'}`,
        cause:
          `last good verification or test restore: ${value}, limit ${limit}; ` +
          (triedBy.length === 0 ? 'no check tries this repository' : `tried by ${triedBy.join(', ')}`),
        evidence: [{ kind: 'value', what: 'last good verification', value, limit }],
      }));
    });
}

function finding(
  { check, quiet }: RepositoryNow,
  holds: boolean,
  tell: () => Omit<ReturnType<Finding['tell']>, 'link'>,
): Finding {
  return {
    subject: { check },
    labels: { check },
    severity: 'ticket',
    holds: holds ? 'yes' : 'no',
    quiet,
    tell: () => ({ ...tell(), link: '/backups' }),
  };
}
