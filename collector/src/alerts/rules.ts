import type { Rule } from './finding.ts';
import { findGone, findIsolated, findSkewed, findSpooling } from './rules/agents.ts';
import { findOverdue, findUnverified } from './rules/backups.ts';
import { findDown, findNoData } from './rules/checks.ts';
import { findMissed } from './rules/heartbeats.ts';
import { findBreached, findBurning, findSpent, findUncovered } from './rules/objectives.ts';
import { findForecast, findPhoneLow, findUnusual } from './rules/outlook.ts';
import { findReviews, findUnsigned } from './rules/paperwork.ts';
import { findDomainEnds, findExpiring, findLongWaits, findNobodyThere } from './rules/values.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/** At once, and over at once. */
const AT_ONCE = { forMs: 0, keepMs: 0 };
/** For a minute, either way. */
const SOON = { forMs: MINUTE_MS, keepMs: MINUTE_MS };

/** THE table of rules, by their keys below `alerts.rules`. All of them are on unless the configuration says otherwise. */
export const RULES = {
  check_down: { alertname: 'NinesCheckDown', ...SOON, flapping: { bad: 6, of: 20 }, find: findDown },
  no_data: { alertname: 'NinesNoData', forMs: 5 * MINUTE_MS, keepMs: MINUTE_MS, find: findNoData },
  certificate_expiring: {
    alertname: 'NinesCertificateExpiring',
    forMs: MINUTE_MS,
    keepMs: HOUR_MS,
    find: findExpiring,
  },
  domain_expiring: { alertname: 'NinesDomainExpiring', forMs: MINUTE_MS, keepMs: HOUR_MS, find: findDomainEnds },
  coverage_low: { alertname: 'NinesCoverageLow', forMs: 15 * MINUTE_MS, keepMs: 5 * MINUTE_MS, find: findUncovered },
  objective_breached: { alertname: 'NinesObjectiveBreached', ...AT_ONCE, find: findBreached },
  budget_spent: { alertname: 'NinesErrorBudgetSpent', ...AT_ONCE, find: findSpent },
  budget_burning: { alertname: 'NinesErrorBudgetBurning', forMs: 0, keepMs: 5 * MINUTE_MS, find: findBurning },
  budget_forecast: { alertname: 'NinesBreachForecast', forMs: HOUR_MS, keepMs: HOUR_MS, find: findForecast },
  backup_overdue: { alertname: 'NinesBackupOverdue', forMs: 5 * MINUTE_MS, keepMs: 0, find: findOverdue },
  backup_unusual: { alertname: 'NinesBackupUnusual', ...AT_ONCE, find: findUnusual },
  backup_unverified: { alertname: 'NinesBackupUnverified', forMs: HOUR_MS, keepMs: 0, find: findUnverified },
  phone_low: { alertname: 'NinesPhoneServiceLow', forMs: 5 * MINUTE_MS, keepMs: 5 * MINUTE_MS, find: findPhoneLow },
  phone_waiting: { alertname: 'NinesPhoneLongWait', forMs: 0, keepMs: MINUTE_MS, find: findLongWaits },
  phone_nobody: { alertname: 'NinesPhoneNobodyThere', forMs: 5 * MINUTE_MS, keepMs: MINUTE_MS, find: findNobodyThere },
  agent_gone: { alertname: 'NinesAgentGone', ...SOON, find: findGone },
  agent_isolated: { alertname: 'NinesAgentIsolated', forMs: 5 * MINUTE_MS, keepMs: MINUTE_MS, find: findIsolated },
  agent_skewed: { alertname: 'NinesAgentClockWrong', forMs: 5 * MINUTE_MS, keepMs: MINUTE_MS, find: findSkewed },
  spool_growing: { alertname: 'NinesAgentSpoolGrowing', forMs: 10 * MINUTE_MS, keepMs: MINUTE_MS, find: findSpooling },
  heartbeat_down: { alertname: 'NinesHeartbeatDown', ...AT_ONCE, find: findMissed },
  statement_waiting: { alertname: 'NinesStatementWaiting', ...AT_ONCE, find: findUnsigned },
  review_due: { alertname: 'NinesReviewDue', ...AT_ONCE, find: findReviews },
} as const satisfies Readonly<Record<string, Rule>>;

export type RuleName = keyof typeof RULES;

// Safe: the keys of the table are its names.
export const RULE_NAMES = Object.keys(RULES) as RuleName[];

export function ruleOf(name: RuleName): Rule {
  return RULES[name];
}
