import { formatInstant } from '@nines/shared/time/calendar.ts';
import { formatDuration } from '@nines/shared/time/duration.ts';
import type { HeartbeatState } from '../../heartbeat/heartbeat.ts';
import type { AgentNow, Finding, Holds, Snapshot } from '../finding.ts';

/** An agent that does not deliver any more, or never did. */
export function findGone({ agents, nowMs }: Snapshot): Finding[] {
  return agents.map(({ agent, location, lastReceivedAtMs, silenceMs }) => ({
    subject: null,
    labels: { agent, location },
    severity: 'ticket',
    holds: isGone({ lastReceivedAtMs, silenceMs }, nowMs) ? 'yes' : 'no',
    quiet: null,
    tell: () => ({
      summary: `agent ${agent} is gone`,
      cause:
        lastReceivedAtMs === null
          ? 'it never delivered'
          : `last delivery ${formatInstant(lastReceivedAtMs, 'UTC')}, expected every ${formatDuration(silenceMs)} at least`,
      evidence: [],
      link: `/#agent-${agent}`,
    }),
  }));
}

export function isGone(
  { lastReceivedAtMs, silenceMs }: Pick<AgentNow, 'lastReceivedAtMs' | 'silenceMs'>,
  nowMs: number,
): boolean {
  return lastReceivedAtMs === null || nowMs - lastReceivedAtMs > silenceMs;
}

/** A late job is not down yet, and not well again either. */
const HEARTBEAT_HOLDS: Readonly<Record<HeartbeatState, Holds>> = { new: 'no', up: 'no', late: 'open', down: 'yes' };

export function findMissed({ heartbeats }: Snapshot): Finding[] {
  return heartbeats.map(({ heartbeat: { id }, state, lastGoodMs, dueAtMs }) => ({
    subject: null,
    labels: { heartbeat: id },
    severity: 'page',
    holds: HEARTBEAT_HOLDS[state],
    quiet: null,
    tell: () => ({
      summary: `job ${id} did not run well`,
      cause: `last good run ${atOr(lastGoodMs, 'never')}, due ${atOr(dueAtMs, 'at no known time')}`,
      evidence: [],
      link: '/',
    }),
  }));
}

function atOr(atMs: number | null, otherwise: string): string {
  return atMs === null ? otherwise : formatInstant(atMs, 'UTC');
}
