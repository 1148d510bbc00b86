import type { Event } from '@nines/shared/event.ts';
import { CALLS } from '@nines/shared/phone/call.ts';
import type { Caveat } from '../sla/attainment.ts';
import type { EventRatio, EventStatistic } from '../sla/indicator.ts';
import type { Interval } from '../sla/interval.ts';
import type { EventFold } from './event-sums.ts';
import { bringersOf } from './events-of.ts';
import type { CheckPlan } from './evidence.ts';

/** The outcome of a caller whom the queue did not take. */
const REFUSED = 'refused';

/**
 * What a figure of calls does not know: callers whom a queue refuses at join are in no queue log. Closed once a source
 * hears of them, or once there are some (a dial plan that writes them down). None for figures of other events.
 */
export function callCaveats(
  indicator: EventRatio | EventStatistic,
  events: readonly Event[],
  { plan, period }: { readonly plan: CheckPlan; readonly period: Interval },
): { readonly caveats?: readonly Caveat[] } {
  const { source } = indicator;
  const hears = source.stream === CALLS ? (plan.hearsRefused?.(bringersOf(source, plan)) ?? null) : null;
  if (hears === null) return {};
  const queues = 'calls' in indicator ? (indicator.calls?.queues ?? null) : null;
  const refused = events.filter(
    ({ outcome, atMs, labels }) =>
      outcome === REFUSED &&
      atMs >= period.fromMs &&
      atMs < period.toMs &&
      (queues?.includes(labels.queue ?? '') ?? true),
  ).length;
  const code = hears || refused > 0 ? 'refused-heard' : 'refused-not-heard';
  const isCounted = 'calls' in indicator && indicator.calls?.abandoned.includes(REFUSED) === true;
  return { caveats: [{ code, events: refused, isCounted }] };
}

/** A sum of events, and those among them that are callers who were refused: few, and a figure says whether it knows of them. */
export interface WithRefused<Sum> {
  readonly sum: Sum;
  readonly refused: readonly Event[];
}

export function withRefused<Sum>(fold: EventFold<Sum>): EventFold<WithRefused<Sum>> {
  return {
    of: (events) => ({ sum: fold.of(events), refused: events.filter(({ outcome }) => outcome === REFUSED) }),
    add: (parts) => ({
      sum: fold.add(parts.map(({ sum }) => sum)),
      refused: parts.flatMap(({ refused }) => refused),
    }),
  };
}
