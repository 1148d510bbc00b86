import type { Event } from '@nines/shared/event.ts';
import type { Share } from '../sla/attainment.ts';
import { ratioCases } from '../sla/event-ratio.ts';
import type { EventRatio } from '../sla/indicator.ts';
import { shareOf } from '../sla/share.ts';

/** How good some calls were by a promise; those that may still turn out either way are left out. `null`: none is known. */
export function shareOfCalls(calls: readonly Event[], indicator: EventRatio, nowMs: number): Share | null {
  const cases = ratioCases(calls, indicator, nowMs);
  const good = cases.filter(({ state }) => state === 'good').length;
  const bad = cases.filter(({ state }) => state === 'bad').length;
  return shareOf(good, good + bad);
}
