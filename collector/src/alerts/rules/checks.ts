import { formatInstant } from '@nines/shared/time/calendar.ts';
import type { StateNow } from '../../evaluate/check-view.ts';
import type { Evidence } from '../evidence.ts';
import type { CheckNow, Finding, Snapshot } from '../finding.ts';

/** Down as the quorum of its agents has it. While that is unknown, nothing is confirmed either way. */
export function findDown({ checks }: Snapshot): Finding[] {
  return checks.map((one) => ({
    subject: { check: one.check },
    labels: { check: one.check },
    severity: 'page',
    holds: one.state.outcome === 'down' ? 'yes' : one.state.outcome === 'up' ? 'no' : 'open',
    quiet: one.quiet,
    tell: () => ({
      summary: `${one.check} is down`,
      cause: `${said(one.state)}; ${seenBy(one)}`,
      evidence: observed(one),
      link: linkTo(one.check),
    }),
  }));
}

/** Nobody can say how it is: that is not down, and somebody has to look at the agents. */
export function findNoData({ checks }: Snapshot): Finding[] {
  return checks.map((one) => ({
    subject: { check: one.check },
    labels: { check: one.check },
    severity: 'ticket',
    holds: one.state.outcome === 'unknown' ? 'yes' : 'no',
    quiet: one.quiet ?? one.silent,
    tell: () => ({
      summary: `nobody knows whether ${one.check} is up`,
      cause: `${said(one.state)}; ${seenBy(one)}`,
      evidence: observed(one),
      link: linkTo(one.check),
    }),
  }));
}

function linkTo(check: string): string {
  return `/#check-${check}`;
}

function said({ outcome, reason }: StateNow): string {
  return reason === null ? outcome : `${outcome} (${reason})`;
}

function seenBy({ agents }: CheckNow): string {
  if (agents.length === 0) return 'no agent runs it';
  return agents
    .map(({ agent, location, state, last, failedPhase }) => {
      const who = agent === location ? agent : `${location} (${agent})`;
      const when = last === null ? 'never ran it' : `last run ${formatInstant(last.atMs, 'UTC')}`;
      const where = failedPhase === null ? '' : ` in ${failedPhase}`;
      return `${who}: ${said(state)}${where}, ${when}`;
    })
    .join('; ');
}

function observed({ agents }: CheckNow): Evidence[] {
  return agents.map(({ agent, location, state, last, failedPhase }) => ({
    kind: 'observation',
    agent,
    location,
    outcome: state.outcome,
    reason: state.reason,
    failedPhase,
    atMs: last?.atMs ?? null,
  }));
}
