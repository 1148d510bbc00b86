import { formatPath, type ParsedDocument } from '@nines/shared/config/parse.ts';
import type { RecurringDays } from '@nines/shared/time/recurring.ts';
import type { ClaimWindow, Contract, Notice } from '../sla/contract.ts';
import type { LintedContract, LintedObjective } from '../sla/lint/linted.ts';
import { type LintFinding, lintContract } from '../sla/lint/rules.ts';
import type { Objective } from '../sla/objective.ts';
import { periodSpan } from '../sla/period-span.ts';
import type { ConfiguredCheck, Nines } from './nines.ts';

/** A contradiction in a contract with its place in the file; `path` is `contracts[0].credits[0].cap`. */
export interface PlacedFinding extends Omit<LintFinding, 'path'> {
  readonly contract: string;
  readonly version: number;
  readonly line: number;
  readonly column: number;
  readonly path: string;
}

/** Every contradiction in the contracts of a configuration, in the order of the file. */
export function lintContracts({ contracts, checks }: Nines, document: ParsedDocument): PlacedFinding[] {
  return contracts
    .flatMap((contract, index) =>
      lintContract(toLinted(contract, checks)).map(({ path: below, ...finding }): PlacedFinding => {
        const path = ['contracts', index, ...below];
        const { id, version } = contract;
        return { ...finding, contract: id, version, path: formatPath(path), ...document.place(path) };
      }),
    )
    .sort((a, b) => a.line - b.line || a.column - b.column);
}

const DAY_MS = 86_400_000;

/** The long windows' burn rates of the SRE workbook (chapter 5, table 5-8), for which alerting rules are usually written. */
const BURN_RATES = [14.4, 6, 3, 1];

function toLinted(contract: Contract, checks: readonly ConfiguredCheck[]): LintedContract {
  const { effective, maintenance } = contract;
  const { fromMs, toMs } = effective;
  return {
    objectives: contract.objectives.map((objective) => toLintedObjective(objective, checks)),
    money: contract.money,
    bindsMs: fromMs === null || toMs === null ? null : toMs - fromMs,
    maintenance: {
      noticeMs: noticeMs(maintenance.notice),
      windowsEveryMs: maintenance.recurring.map(({ days }) => shortestGapMs(days)),
    },
    claimMs: claimMs(contract.claimWindow),
    burnAlerts: BURN_RATES,
  };
}

function toLintedObjective(objective: Objective, checks: readonly ConfiguredCheck[]): LintedObjective {
  const { indicator, period, profile } = objective;
  const { need, minReporting } = profile.quorum;
  const named = 'checks' in indicator ? indicator.checks : [];
  return {
    id: objective.id,
    targetPpb: objective.targetPpb,
    period: periodSpan(period),
    isRolling: period.kind === 'rolling',
    countsTime: profile.method.kind === 'time',
    checks: checks
      .filter(({ id }) => named.includes(id))
      .map(({ id, everyMs, agents }) => ({ id, everyMs, agents: agents.length })),
    quorum: typeof need === 'number' ? need : null,
    minReporting,
  };
}

function noticeMs(notice: Notice | null): number | null {
  if (notice === null) return null;
  return notice.kind === 'elapsed' ? notice.ms : notice.days * DAY_MS;
}

/** The least number of days between two standing windows. */
function shortestGapMs(days: RecurringDays): number {
  if (days.kind === 'nth_weekday') return 28 * DAY_MS;
  const { weekdays } = days;
  const gaps = weekdays.map((day, index) => ((weekdays[(index + 1) % weekdays.length] ?? day) - day + 7) % 7 || 7);
  return Math.min(...gaps) * DAY_MS;
}

/** Further periods are long enough for anybody. */
function claimMs(window: ClaimWindow | null): number | null {
  return window?.kind === 'days' ? window.days * DAY_MS : null;
}
