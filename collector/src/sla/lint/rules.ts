import { burnAlerts } from './burn-alerts.ts';
import { easyRewards } from './easy-rewards.ts';
import { fallingCredits } from './falling-credits.ts';
import { gaps } from './gaps.ts';
import type { Contradiction, LintedContract, LintRule } from './linted.ts';
import { lowCaps } from './low-caps.ts';
import { neverOwed } from './never-owed.ts';
import { notices } from './notices.ts';
import { overlaps } from './overlaps.ts';
import { printedMinutes } from './printed-minutes.ts';
import { quorums } from './quorums.ts';
import { resolution } from './resolution.ts';
import { rowsAboveTarget } from './rows-above-target.ts';
import { spans } from './spans.ts';
import { weights } from './weights.ts';

/** `warning`: the text contradicts itself. `note`: it is as it says, and perhaps not as it was meant. */
export type Severity = 'warning' | 'note';

interface NamedRule {
  readonly find: LintRule;
  readonly severity: Severity;
}

/** THE table of the linter's rules, by the name that a finding carries. */
const RULES: Readonly<Record<string, NamedRule>> = {
  gap: { find: gaps, severity: 'warning' },
  overlap: { find: overlaps, severity: 'warning' },
  'falling-credit': { find: fallingCredits, severity: 'warning' },
  'printed-minutes': { find: printedMinutes, severity: 'warning' },
  'low-cap': { find: lowCaps, severity: 'warning' },
  'row-above-target': { find: rowsAboveTarget, severity: 'warning' },
  'never-owed': { find: neverOwed, severity: 'warning' },
  resolution: { find: resolution, severity: 'warning' },
  quorum: { find: quorums, severity: 'warning' },
  notice: { find: notices, severity: 'warning' },
  'easy-reward': { find: easyRewards, severity: 'warning' },
  span: { find: spans, severity: 'warning' },
  'burn-alert': { find: burnAlerts, severity: 'note' },
  'pool-weights': { find: weights, severity: 'note' },
};

/** A contradiction and the rule that found it. */
export interface LintFinding extends Contradiction {
  readonly rule: string;
  readonly severity: Severity;
}

/** Every contradiction in one version of a contract, rule by rule. Nothing is repaired: the figures follow the text. */
export function lintContract(contract: LintedContract): LintFinding[] {
  return Object.entries(RULES).flatMap(([rule, { find, severity }]) =>
    find(contract).map((finding) => ({ rule, severity, ...finding })),
  );
}
