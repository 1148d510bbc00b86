import type { Observation } from '@nines/shared/observation.ts';
import type { Clock } from '@nines/shared/time/clock.ts';
import { type Address, anyTrue, type Canary, gatewayCanary, tcpCanary } from './canary.ts';

/** For how long the agent stays cut off without asking again. */
const ANSWER_KEPT_MS = 1_000;
const CANARY_WITHIN_MS = 2_000;

/** Is it them, or us? */
export interface Isolation {
  /** Whether every canary is silent, so that a failed run says nothing about its target. Within two seconds. */
  isIsolated(): Promise<boolean>;
}

export interface IsolationOptions {
  readonly clock: Clock;
  /** What the operator named; `null` for the defaults, the collector and the default route. */
  readonly canaries: readonly Address[] | null;
  readonly collector: Address;
}

/** Never says that the agent is cut off. */
export const neverIsolated: Isolation = { isIsolated: () => Promise.resolve(false) };

export function createIsolation({ clock, canaries, collector }: IsolationOptions): Isolation {
  if (canaries !== null) {
    return isolationOf(
      canaries.map((address) => tcpCanary(address, clock)),
      clock,
    );
  }
  // Many gateways drop such packets: beside the collector their silence alone never isolates.
  return isolationOf([tcpCanary(collector, clock), gatewayCanary(clock)], clock);
}

/**
 * Isolated when there are canaries and all of them are silent. Concurrent questions share one answer; only "isolated" is
 * kept after it: a cable cut a moment after "connected" must not make the next failure an outage.
 */
export function isolationOf(canaries: readonly Canary[], clock: Clock): Isolation {
  let answer: Promise<boolean> | null = null;
  /** Until when the answer holds; not known while the question is under way. */
  let validUntilMs = Number.POSITIVE_INFINITY;
  const ask = async () => {
    validUntilMs = Number.POSITIVE_INFINITY;
    const isReachable = await anyTrue(canaries.map((canary) => canary.isReachable(CANARY_WITHIN_MS)));
    validUntilMs = isReachable ? Number.NEGATIVE_INFINITY : clock.elapsedMs() + ANSWER_KEPT_MS;
    return !isReachable;
  };
  return {
    isIsolated() {
      if (canaries.length === 0) return Promise.resolve(false);
      if (answer === null || clock.elapsedMs() >= validUntilMs) answer = ask();
      return answer;
    },
  };
}

/** The observation of an agent that is cut off: what was measured stays, what it means is not known. */
export function asIsolated(observation: Observation): Observation {
  return { ...observation, outcome: 'unknown', reason: 'agent-isolated' };
}
