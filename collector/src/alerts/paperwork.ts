import { periodAt } from '@nines/shared/time/calendar.ts';
import type { Register } from '../ledger/register.ts';
import { signableStatement } from '../ledger/signables.ts';
import { signaturesNow } from '../ledger/signing.ts';
import type { Contract } from '../sla/contract.ts';
import type { ReviewNow, StatementNow } from './finding.ts';

/** The newest revisions that somebody still has to sign, each with those who have not. */
export function unsignedStatements(register: Register): StatementNow[] {
  return register.statements().flatMap((revisions) => {
    const newest = revisions.at(-1);
    if (newest === undefined || newest.approvals.length === 0) return [];
    const signed = signaturesNow(signableStatement(newest, register), register).map(({ role }) => role);
    const missing = newest.approvals.filter((role) => !signed.includes(role));
    if (missing.length === 0) return [];
    const { contract, period, frozen_at_ms: frozenAtMs } = newest;
    return [{ contract: contract.id, customer: contract.customer, period: period.name, frozenAtMs, missing }];
  });
}

/** The day of the next review of each contract that has one. */
export function nextReviews(contracts: readonly Contract[], nowMs: number): ReviewNow[] {
  return contracts.flatMap(({ id, customer, reviews, timeZone, isDraft }) => {
    if (reviews === null || isDraft) return [];
    return [{ contract: id, customer, timeZone, dueAtMs: periodAt(reviews, timeZone, nowMs).toMs }];
  });
}
