import { looksBack } from '../evaluate/settle-contract.ts';
import type { Contract } from '../sla/contract.ts';
import type { Indicator } from '../sla/indicator.ts';
import type { Objective } from '../sla/objective.ts';

/** How far outside of a period something can be that its figures are made from. */
export interface Reach {
  readonly beforeMs: number;
  readonly afterMs: number;
  /** Earlier periods that its money is made from. */
  readonly periods: number;
}

const DAY_MS = 86_400_000;

/** A window that begins on the last day ends on the next one, or the day after. */
const WINDOW_MS = 2 * DAY_MS;

/** The reach of a contract: an outage goes over midnight, a backup keeps its promise until the next one, credits look back. */
export function reachOf({ objectives, money }: Contract): Reach {
  const reaches = objectives.map(reachOfObjective);
  return {
    beforeMs: Math.max(0, ...reaches.map(({ beforeMs }) => beforeMs)),
    afterMs: Math.max(0, ...reaches.map(({ afterMs }) => afterMs)),
    periods: money === null ? 0 : Math.max(0, ...objectives.map((objective) => looksBack(objective, money))),
  };
}

function reachOfObjective({ indicator, profile, period }: Objective): Omit<Reach, 'periods'> {
  const { minOutageMs } = profile.failure;
  const { beforeMs = 0, afterMs = 0 } = ofIndicator(indicator);
  const rolledMs = period.kind === 'rolling' ? period.lengthMs : 0;
  return { beforeMs: minOutageMs + beforeMs + rolledMs, afterMs: minOutageMs + afterMs };
}

type ReachOf<Kind extends Indicator['kind']> = (
  indicator: Extract<Indicator, { kind: Kind }>,
) => Partial<Omit<Reach, 'periods'>>;

const nowhere = () => ({});

/** THE table of how far indicators look beyond the time that they are about. */
const INDICATORS: { readonly [Kind in Indicator['kind']]: ReachOf<Kind> } = {
  availability: nowhere,
  latency: nowhere,
  gauge: nowhere,
  event_ratio: nowhere,
  event_statistic: nowhere,
  event_count: nowhere,
  duration_target: nowhere,
  freshness: ({ atMostMs }) => ({ beforeMs: atMostMs }),
  scheduled_windows: () => ({ afterMs: WINDOW_MS }),
  anomaly: ({ lookBackMs }) => ({ beforeMs: lookBackMs }),
};

function ofIndicator(indicator: Indicator): Partial<Omit<Reach, 'periods'>> {
  // Safe: the table's type pairs every kind with its own indicator.
  const reach = INDICATORS[indicator.kind] as ReachOf<Indicator['kind']>;
  return reach(indicator);
}

/** Periods of one kind are not equally long: 28 to 31 days. */
const LONGEST = 1.2;

/** The time from which a period's figures are made. */
export function reachedBy(period: { readonly from_ms: number; readonly to_ms: number }, reach: Reach) {
  const earlierMs = reach.periods * LONGEST * (period.to_ms - period.from_ms);
  return { fromMs: period.from_ms - reach.beforeMs - earlierMs, toMs: period.to_ms + reach.afterMs };
}
