import { formatInstant } from '@nines/shared/time/calendar.ts';
import { formatSpan } from '../../web/format.ts';
import type { AgentNow, Finding, Holds, LimitsOf, Snapshot } from '../finding.ts';

/** An agent that does not deliver any more, or never did. */
export function findGone({ agents, nowMs }: Snapshot): Finding[] {
  return agents.map((one) =>
    finding(one, isGone(one, nowMs) ? 'yes' : 'no', () => ({
      summary: `agent ${one.agent} is gone`,
      cause:
        one.lastReceivedAtMs === null
          ? 'it never delivered'
          : `last delivery ${formatInstant(one.lastReceivedAtMs, 'UTC')}, expected every ${formatSpan(one.silenceMs)} at least`,
      evidence: [],
    })),
  );
}

export function isGone(
  { lastReceivedAtMs, silenceMs }: Pick<AgentNow, 'lastReceivedAtMs' | 'silenceMs'>,
  nowMs: number,
): boolean {
  return lastReceivedAtMs === null || nowMs - lastReceivedAtMs > silenceMs;
}

/** An agent whose own network is cut off says "unknown" of everything: somebody has to look at its host. */
export function findIsolated({ agents, nowMs }: Snapshot): Finding[] {
  return agents.map((one) =>
    finding(one, unlessGone(one, nowMs, one.isIsolated), () => ({
      summary: `agent ${one.agent} is cut off from its own network`,
      cause: 'none of the addresses answers that tell it whether it is connected; what it cannot reach is unknown',
      evidence: [],
    })),
  );
}

/** Observations of an agent whose clock is further off than is believed are unknown. */
export function findSkewed({ agents, nowMs }: Snapshot): Finding[] {
  return agents.map((one) => {
    const { skewMs, maxSkewMs, agent } = one;
    const isOff = skewMs !== null && Math.abs(skewMs) > maxSkewMs;
    return finding(one, unlessGone(one, nowMs, isOff), () => {
      const off = `${formatSpan(Math.abs(skewMs ?? 0))} ${(skewMs ?? 0) > 0 ? 'behind' : 'ahead'}`;
      const limit = formatSpan(maxSkewMs);
      return {
        summary: `the clock of agent ${agent} is wrong`,
        cause: `it is ${off}, limit ${limit}; what it observes is unknown until it is set right`,
        evidence: [{ kind: 'value', what: 'clock', value: off, limit }],
      };
    });
  });
}

/** It delivers less than it observes, or not at all: in the end its disk is full and observations are lost. */
export function findSpooling({ agents, nowMs }: Snapshot, limitsOf: LimitsOf): Finding[] {
  const limit = limitsOf(null).spool_growing.batches;
  return agents.map((one) => {
    const { agent, spoolBatches, spoolOldestAtMs } = one;
    return finding(one, unlessGone(one, nowMs, spoolBatches > limit), () => ({
      summary: `agent ${agent} keeps what it observed on its disk`,
      cause:
        `${spoolBatches} batches wait, limit ${limit}` +
        (spoolOldestAtMs === null ? '' : `; the oldest is of ${formatInstant(spoolOldestAtMs, 'UTC')}`),
      evidence: [{ kind: 'value', what: 'waiting batches', value: String(spoolBatches), limit: String(limit) }],
    }));
  });
}

/** What an agent said last of itself is no news once it is gone. */
function unlessGone(one: AgentNow, nowMs: number, holds: boolean): Holds {
  if (isGone(one, nowMs)) return 'open';
  return holds ? 'yes' : 'no';
}

function finding(
  { agent, location }: AgentNow,
  holds: Holds,
  tell: () => Omit<ReturnType<Finding['tell']>, 'link'>,
): Finding {
  return {
    subject: null,
    labels: { agent, location },
    severity: 'ticket',
    holds,
    quiet: null,
    tell: () => ({ ...tell(), link: `/#agent-${agent}` }),
  };
}
