import { setImmediate as nextTurn } from 'node:timers/promises';
import { streamsOf } from '@nines/shared/probes/index.ts';
import { openIntervals } from '../calendar/open-hours.ts';
import type { ConfiguredCheck } from '../config/nines.ts';
import type { Plan } from '../config/plan.ts';
import { agentView, stateNow } from '../evaluate/check-view.ts';
import { checkEvidence, type Evaluation, participants } from '../evaluate/evidence.ts';
import { checksOf } from '../sla/indicator.ts';
import type { Objective } from '../sla/objective.ts';
import { PLAIN_PROFILE } from '../sla/profile.ts';
import { failedPhase } from './failed-phase.ts';
import type { AgentNow, CheckNow } from './finding.ts';
import type { QuietNow } from './quiet/now.ts';
import { isGone } from './rules/agents.ts';
import type { Settings } from './settings.ts';

export interface ChecksSource extends Evaluation {
  readonly plan: Plan;
  readonly quiet: QuietNow;
  readonly settings: Settings;
  readonly objectives: readonly Objective[];
}

/** So many are looked at before others get a turn on the event loop. */
const CHECKS_A_TURN = 200;

/** How every check stands. Only this instant is looked at: what came late is no reason to call anybody. */
export async function checksNow(source: ChecksSource, agents: readonly AgentNow[]): Promise<CheckNow[]> {
  const { nowMs, settings, objectives } = source;
  const isTold = settings.rule('agent_gone', null).isEnabled;
  const gone = new Set(agents.filter((agent) => isTold && isGone(agent, nowMs)).map(({ agent }) => agent));
  const hours = promisedHours(objectives, nowMs);
  const checks: CheckNow[] = [];
  for (const check of source.plan.checks) {
    checks.push(checkNow(check, { gone, hours, source }));
    if (checks.length % CHECKS_A_TURN === 0) await nextTurn();
  }
  return checks;
}

interface Looking {
  readonly gone: ReadonlySet<string>;
  readonly hours: readonly PromisedHours[];
  readonly source: ChecksSource;
}

function checkNow({ id, probe }: ConfiguredCheck, { gone, hours, source }: Looking): CheckNow {
  const { nowMs, plan, quiet } = source;
  const interval = { fromMs: nowMs, toMs: nowMs + 1 };
  const { timeline } = checkEvidence(id, PLAIN_PROFILE.quorum, { ...source, interval });
  const agents = participants(id, source).flatMap((participant) => {
    const { agent, isConfigured, state, last } = agentView(id, participant, source);
    const seen = participant.series?.recent.names ?? [];
    const phase = last === null ? null : failedPhase(probe.type, seen, last);
    return isConfigured ? [{ agent, location: plan.locationOf(agent), state, last, failedPhase: phase }] : [];
  });
  const areGone = agents.length > 0 && agents.every(({ agent }) => gone.has(agent));
  const promised = hours.filter(({ checks, stream }) =>
    checks.length === 0 ? stream !== null && streamsOf(probe.type).includes(stream) : checks.includes(id),
  );
  return {
    check: id,
    state: stateNow(timeline, nowMs),
    quiet: quiet.check(id),
    silent: areGone ? `every agent that runs it is gone: ${agents.map(({ agent }) => agent).join(', ')}` : null,
    isPromisedNow: promised.length === 0 ? null : promised.some(({ isOpen }) => isOpen),
    agents,
  };
}

/** A promise of certain hours, and whether this is one of them. */
interface PromisedHours {
  readonly checks: readonly string[];
  /** The stream that it is about, whoever brings it; `null` for one about checks. */
  readonly stream: string | null;
  readonly isOpen: boolean;
}

function promisedHours(objectives: readonly Objective[], nowMs: number): PromisedHours[] {
  return objectives.flatMap(({ calendar, indicator }) => {
    if (calendar === null) return [];
    const isOpen = openIntervals(calendar, { fromMs: nowMs, toMs: nowMs + 1 }).length > 0;
    const stream = 'source' in indicator ? indicator.source.stream : null;
    return [{ checks: checksOf(indicator), stream, isOpen }];
  });
}
