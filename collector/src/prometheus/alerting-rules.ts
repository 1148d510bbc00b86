import { LEAST_LIMIT, SPENT } from '../alerts/burn-pairs.ts';
import type { Severity } from '../alerts/finding.ts';
import type { Limits } from '../alerts/limits.ts';
import { TICKET_FROM_PERCENT } from '../alerts/rules/objectives.ts';
import type { RuleName } from '../alerts/rules.ts';

/** One way in which a rule of ours is said in PromQL. */
export interface AlertingRule {
  /** The alert is there for each series that it gives. */
  readonly expr: string;
  readonly severity: Severity;
  /** What tells it from the others of its name, as in the collector's own alerts. */
  readonly labels?: Readonly<Record<string, string>>;
  /** With Prometheus' templates. */
  readonly summary: string;
}

const OBJECTIVE = 'customer, contract, objective';
const OF_OBJECTIVE = '{{ $labels.objective }} of {{ $labels.contract }}';
const NEWEST_BACKUP = 'max by (check) (nines_backup_newest_timestamp_seconds)';
const LEFT = 'nines_objective_error_budget_remaining_ratio';

/**
 * The collector's own rules, said of what `/metrics` shows, for people who would rather have Prometheus call them. A rule
 * that is not here needs what only the collector knows: a quorum of a contract, an announcement, a signature.
 */
export const ALERTING_RULES: Readonly<Partial<Record<RuleName, (limits: Limits) => readonly AlertingRule[]>>> = {
  check_down: () => [
    {
      // More than half of those who know: silent agents and unknown runs have no sample.
      expr: 'avg by (check) (probe_success) < 0.5',
      severity: 'page',
      summary: '{{ $labels.check }} is down as most locations see it',
    },
  ],
  no_data: () => [
    {
      // Counters are there from the beginning; a run that is older than two intervals is not shown any more.
      expr: 'sum by (check) (nines_runs_total) unless on (check) nines_run_timestamp_seconds',
      severity: 'ticket',
      summary: 'nobody reports {{ $labels.check }}',
    },
  ],
  certificate_expiring: ({ certificate_expiring }) =>
    endings('probe_ssl_earliest_cert_expiry', 'a certificate', certificate_expiring),
  domain_expiring: ({ domain_expiring }) =>
    endings('nines_domain_expiry_timestamp_seconds', 'the registration', domain_expiring),
  coverage_low: ({ coverage_low: { belowPpb } }) => [
    {
      expr: `nines_objective_coverage_ratio < ${belowPpb / 1e9}`,
      severity: 'ticket',
      summary: `only {{ $value | humanizePercentage }} of ${OF_OBJECTIVE} was measured`,
    },
  ],
  objective_breached: () => [
    {
      expr: 'nines_objective_verdict{verdict="breached"} == 1',
      severity: 'ticket',
      summary: `${OF_OBJECTIVE} is breached`,
    },
  ],
  budget_spent: ({ budget_spent: { levels } }) =>
    levels.map((percent) => ({
      expr: `${LEFT} <= ${(100 - percent) / 100}`,
      severity: percent < TICKET_FROM_PERCENT ? 'info' : 'ticket',
      labels: { spent: String(percent) },
      summary: `${OF_OBJECTIVE} has used ${percent} % of its error budget`,
    })),
  budget_burning: burning,
  backup_overdue: ({ backup_overdue: { maxAgeMs } }) => [
    {
      // What is promised of it, or else the limit of the configuration.
      expr: `time() - ${NEWEST_BACKUP} > on (check) (max by (check) (nines_backup_max_age_seconds) or on (check) ${NEWEST_BACKUP} * 0 + ${maxAgeMs / 1_000})`,
      severity: 'ticket',
      summary: 'the newest backup that {{ $labels.check }} looks at is {{ $value | humanizeDuration }} old',
    },
  ],
  backup_unverified: ({ backup_unverified: { withinMs } }) => [
    {
      expr: `time() - nines_backup_test_last_good_timestamp_seconds > ${withinMs / 1_000}`,
      severity: 'ticket',
      summary: '{{ $labels.repository }} was tested with success {{ $value | humanizeDuration }} ago',
    },
  ],
  phone_waiting: ({ phone_waiting: { longestMs } }) => [
    {
      expr: `max by (check) (nines_phone_longest_wait_seconds) > ${longestMs / 1_000}`,
      severity: 'page',
      summary: 'a caller of {{ $labels.check }} waits for {{ $value | humanizeDuration }}',
    },
  ],
  phone_nobody: () => [
    {
      expr: 'max by (check) (nines_phone_members_logged_in) == 0 and on (check) max by (check) (nines_phone_callers_waiting) > 0',
      severity: 'page',
      summary: 'nobody is logged in to take calls of {{ $labels.check }}, and somebody waits',
    },
  ],
  agent_gone: () => [
    {
      expr: 'time() - nines_agent_last_received_timestamp_seconds > 180',
      severity: 'ticket',
      summary: 'agent {{ $labels.agent }} has not delivered for {{ $value | humanizeDuration }}',
    },
  ],
  agent_isolated: () => [
    {
      expr: 'nines_agent_isolated == 1',
      severity: 'ticket',
      summary: 'agent {{ $labels.agent }} is cut off from its own network',
    },
  ],
  agent_skewed: () => [
    {
      expr: 'increase(nines_agent_disbelieved_observations_total[5m]) > 0',
      severity: 'ticket',
      summary: 'the clock of agent {{ $labels.agent }} is wrong: what it observes is unknown',
    },
  ],
  heartbeat_down: () => [
    {
      expr: 'nines_heartbeat_state{state="down"} == 1',
      severity: 'page',
      summary: '{{ $labels.heartbeat }} did not report itself in time',
    },
  ],
};

/** Something that ends at an instant: first somebody has to see to it, then somebody is called. */
function endings(metric: string, what: string, { withinMs, pageWithinMs }: Limits['domain_expiring']): AlertingRule[] {
  const steps = [
    { severity: 'ticket', limitMs: withinMs },
    { severity: 'page', limitMs: pageWithinMs },
  ] as const;
  return steps.map(({ severity, limitMs }) => ({
    expr: `min by (check) (${metric}) - time() < ${limitMs / 1_000}`,
    severity,
    summary: `${what} of {{ $labels.check }} ends in {{ $value | humanizeDuration }}`,
  }));
}

/** What the rate is if all of the window that nobody measured was good, as the collector's own rule asks. */
function leastRate(window: string): string {
  return `nines_objective_burn_rate{window="${window}"} * nines_objective_burn_coverage_ratio{window="${window}"}`;
}

/** The pairs of `alerts/burn-pairs.ts`. How the budget burned in the short window is told by what is left of it. */
function burning({ budget_burning: { rates } }: Limits): AlertingRule[] {
  return SPENT.flatMap(({ window, windowMs, shortWindow, shortMs, severity, percent }) => {
    const rate = rates[window];
    if (rate === 'off') return [];
    const ofPeriod = `${percent / 100} * nines_objective_period_seconds / ${windowMs / 1_000}`;
    const limit =
      rate === undefined ? `(${ofPeriod} >= ${LEAST_LIMIT})` : `(0 * nines_objective_period_seconds + ${rate})`;
    const short = `-delta(${LEFT}[${shortWindow}]) * nines_objective_period_seconds / ${shortMs / 1_000}`;
    return {
      expr: `(${leastRate(window)} > on (${OBJECTIVE}) group_left () ${limit}) and on (${OBJECTIVE}) (${short} > ${limit})`,
      severity,
      labels: { window },
      summary: `${OF_OBJECTIVE} uses its error budget {{ $value | humanize }} times as fast as it may, over ${window} and ${shortWindow}`,
    };
  });
}
