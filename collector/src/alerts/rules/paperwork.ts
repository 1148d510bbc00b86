import { formatInstant } from '@nines/shared/time/calendar.ts';
import { formatSpan } from '../../web/format.ts';
import type { Finding, LimitsOf, Snapshot } from '../finding.ts';

/** A statement that was frozen and that somebody still has to sign. */
export function findUnsigned({ statements, nowMs }: Snapshot, limitsOf: LimitsOf): Finding[] {
  const { afterMs } = limitsOf(null).statement_waiting;
  return statements.map(({ contract, customer, period, frozenAtMs, missing }) => ({
    subject: null,
    labels: { customer, contract, period },
    severity: 'ticket',
    holds: nowMs - frozenAtMs > afterMs ? 'yes' : 'no',
    quiet: null,
    tell: () => ({
      summary: `the statement of ${contract} for ${period} waits for approval`,
      cause: `frozen ${formatInstant(frozenAtMs, 'UTC')}, not yet signed by ${missing.join(', ')}; limit ${formatSpan(afterMs)}`,
      evidence: [],
      link: `/contracts/${contract}/statements/${period}`,
    }),
  }));
}

/** The day on which a contract is to be looked at again comes near. */
export function findReviews({ reviews, nowMs }: Snapshot, limitsOf: LimitsOf): Finding[] {
  const { aheadMs } = limitsOf(null).review_due;
  return reviews.map(({ contract, customer, dueAtMs, timeZone }) => ({
    subject: null,
    labels: { customer, contract },
    severity: 'info',
    holds: dueAtMs - nowMs <= aheadMs ? 'yes' : 'no',
    quiet: null,
    tell: () => ({
      summary: `a review of ${contract} is due`,
      cause: `agreed for ${formatInstant(dueAtMs, timeZone)}`,
      evidence: [],
      link: `/contracts/${contract}`,
    }),
  }));
}
