/** How queues stand at one moment. */
export interface QueueGauges {
  readonly waiting: number;
  readonly longestWaitS: number;
  readonly loggedIn: number;
  readonly available: number;
  readonly paused: number;
}

/** The same in the units of a probe's values. */
export function gaugeValues({
  waiting,
  longestWaitS,
  loggedIn,
  available,
  paused,
}: QueueGauges): Record<string, number> {
  const occupancy = occupancyPpm({ loggedIn, available, paused });
  return {
    waiting,
    longest_wait: longestWaitS * 1_000_000,
    logged_in: loggedIn,
    available,
    paused,
    ...(occupancy === null ? {} : { occupancy }),
  };
}

/** The share of those who are there and not paused that could not take a call, truncated; `null` when nobody is. */
export function occupancyPpm({
  loggedIn,
  available,
  paused,
}: Pick<QueueGauges, 'loggedIn' | 'available' | 'paused'>): number | null {
  const present = loggedIn - paused;
  if (present <= 0) return null;
  return Math.floor((Math.max(0, present - available) * 1_000_000) / present);
}
