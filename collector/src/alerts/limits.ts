/** The long windows of burn-rate alerts, by name. */
export type BurnWindowName = '1h' | '6h' | '1d' | '3d';

/** What rules compare with, by the rule's key. A rule that is not here compares with nothing that could be configured. */
export interface Limits {
  /** Coverage of the last hour, parts per billion: between the two it neither begins nor ends. */
  readonly coverage_low: { readonly belowPpb: number; readonly clearsAtPpb: number };
  /** Shares of the error budget in percent, an alert each. */
  readonly budget_spent: { readonly levels: readonly number[] };
  /** Burn rates instead of those that the period gives; `off`: this window calls nobody. */
  readonly budget_burning: { readonly rates: Readonly<Partial<Record<BurnWindowName, number | 'off'>>> };
  /** So many batches wait on the agent's disk. */
  readonly spool_growing: { readonly batches: number };
  /** How long before its end a certificate is told of, and how long before somebody is called. */
  readonly certificate_expiring: { readonly withinMs: number; readonly pageWithinMs: number };
  /** The same for the registration of a domain. */
  readonly domain_expiring: { readonly withinMs: number; readonly pageWithinMs: number };
  /** How old the newest good backup may be. */
  readonly backup_overdue: { readonly maxAgeMs: number };
  /** How long ago a repository may have been verified, or restored from. */
  readonly backup_unverified: { readonly withinMs: number };
  /** How long somebody may wait on the telephone. */
  readonly phone_waiting: { readonly longestMs: number };
  /** Of fewer calls in the last half hour nobody can tell. */
  readonly phone_low: { readonly leastCalls: number };
  /** How long a statement may wait for a signature. */
  readonly statement_waiting: { readonly afterMs: number };
  /** How long before its day a review is told of. */
  readonly review_due: { readonly aheadMs: number };
}

/** Some limits of some rules. */
export type LimitChanges = { readonly [Rule in keyof Limits]?: Partial<Limits[Rule]> };

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

export const DEFAULT_LIMITS: Limits = {
  coverage_low: { belowPpb: 900_000_000, clearsAtPpb: 950_000_000 },
  budget_spent: { levels: [50, 75, 100] },
  budget_burning: { rates: {} },
  spool_growing: { batches: 100 },
  certificate_expiring: { withinMs: 14 * DAY_MS, pageWithinMs: 3 * DAY_MS },
  domain_expiring: { withinMs: 30 * DAY_MS, pageWithinMs: 7 * DAY_MS },
  backup_overdue: { maxAgeMs: 26 * HOUR_MS },
  backup_unverified: { withinMs: 35 * DAY_MS },
  phone_waiting: { longestMs: 5 * 60_000 },
  phone_low: { leastCalls: 5 },
  statement_waiting: { afterMs: 7 * DAY_MS },
  review_due: { aheadMs: 7 * DAY_MS },
};

/** The limits with the changes made. */
export function changeLimits(limits: Limits, changes: LimitChanges): Limits {
  return {
    coverage_low: { ...limits.coverage_low, ...changes.coverage_low },
    budget_spent: { ...limits.budget_spent, ...changes.budget_spent },
    budget_burning: { rates: { ...limits.budget_burning.rates, ...changes.budget_burning?.rates } },
    spool_growing: { ...limits.spool_growing, ...changes.spool_growing },
    certificate_expiring: { ...limits.certificate_expiring, ...changes.certificate_expiring },
    domain_expiring: { ...limits.domain_expiring, ...changes.domain_expiring },
    backup_overdue: { ...limits.backup_overdue, ...changes.backup_overdue },
    backup_unverified: { ...limits.backup_unverified, ...changes.backup_unverified },
    phone_waiting: { ...limits.phone_waiting, ...changes.phone_waiting },
    phone_low: { ...limits.phone_low, ...changes.phone_low },
    statement_waiting: { ...limits.statement_waiting, ...changes.statement_waiting },
    review_due: { ...limits.review_due, ...changes.review_due },
  };
}
