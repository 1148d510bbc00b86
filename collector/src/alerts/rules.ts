import type { Rule } from './finding.ts';
import { findDown, findNoData } from './rules/checks.ts';
import { findBreached, findBurning, findSpent, findUncovered } from './rules/objectives.ts';
import { findGone, findMissed } from './rules/senders.ts';

const MINUTE_MS = 60_000;

/** THE table of rules, by their keys below `alerts.rules`. All of them are on unless the configuration says otherwise. */
export const RULES = {
  check_down: {
    alertname: 'NinesCheckDown',
    forMs: MINUTE_MS,
    keepMs: MINUTE_MS,
    flapping: { bad: 6, of: 20 },
    find: findDown,
  },
  no_data: { alertname: 'NinesNoData', forMs: 5 * MINUTE_MS, keepMs: MINUTE_MS, find: findNoData },
  coverage_low: { alertname: 'NinesCoverageLow', forMs: 15 * MINUTE_MS, keepMs: 5 * MINUTE_MS, find: findUncovered },
  objective_breached: { alertname: 'NinesObjectiveBreached', forMs: 0, keepMs: 0, find: findBreached },
  budget_spent: { alertname: 'NinesErrorBudgetSpent', forMs: 0, keepMs: 0, find: findSpent },
  budget_burning: { alertname: 'NinesErrorBudgetBurning', forMs: 0, keepMs: 5 * MINUTE_MS, find: findBurning },
  agent_gone: { alertname: 'NinesAgentGone', forMs: MINUTE_MS, keepMs: MINUTE_MS, find: findGone },
  heartbeat_down: { alertname: 'NinesHeartbeatDown', forMs: 0, keepMs: 0, find: findMissed },
} as const satisfies Readonly<Record<string, Rule>>;

export type RuleName = keyof typeof RULES;

// Safe: the keys of the table are its names.
export const RULE_NAMES = Object.keys(RULES) as RuleName[];

export function ruleOf(name: RuleName): Rule {
  return RULES[name];
}
