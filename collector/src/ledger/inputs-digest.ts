import { type CanonicalValue, canonicalJson } from '@nines/shared/config/canonical-json.ts';
import { type Evaluation, participants } from '../evaluate/evidence.ts';
import { timelineOf } from '../evaluate/participation.ts';
import { checksOf } from '../sla/indicator.ts';
import { sha256 } from './chain.ts';
import type { EventsDigest } from './events-read.ts';
import type { StatementPeriod } from './statement-periods.ts';

/** The events that the figure of an objective was made from. */
export interface EventInputs extends EventsDigest {
  readonly objective: string;
  readonly stream: string;
}

/**
 * SHA-256 of what a statement's figures were computed from: of each check of its objectives, what every agent that took
 * part said over the time that is judged, stretch by stretch; and of each objective about events how many there were, and
 * which. Observations that change no stretch do not change it.
 */
export function inputsDigest(
  { judged }: StatementPeriod,
  evaluation: Pick<Evaluation, 'head' | 'plan'>,
  events: readonly EventInputs[],
): string {
  const seen: CanonicalValue[] = judged.flatMap(({ objective, period }) =>
    checksOf(objective.indicator).map((check) => ({
      objective: objective.id,
      check,
      agents: participants(check, evaluation)
        .map((one) => [one.agent, timelineOf(one, period)] as const)
        .toSorted(([a], [b]) => (a < b ? -1 : 1))
        .map(([agent, timeline]) => [
          agent,
          timeline.map(({ fromMs, toMs, state, reason }) => [fromMs, toMs, state, reason]),
        ]),
    })),
  );
  const happened = events.map(({ objective, stream, events: count, sha256: digest }) => ({
    objective,
    stream,
    events: count,
    sha256: digest,
  }));
  return sha256(canonicalJson([...seen, ...happened]));
}
