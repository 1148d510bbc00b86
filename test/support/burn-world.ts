import { aCheck, aPromise, aSnapshot, settings } from '../collector/alerts/snapshots.ts';
import type { Replayed } from './burn-replay.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/** A promise of 99.9 % over a month about one check, with the rules as they are when nothing is configured. */
export const WORLD: Replayed = {
  promise: aPromise(),
  snapshotOf: (outcome) => aSnapshot({ checks: [aCheck(outcome, outcome === 'up' ? null : 'timeout')] }),
  settings: settings(),
};

/** What goes wrong: how likely a run fails so long after it began. */
export interface Trouble {
  readonly name: string;
  readonly lengthMs: number;
  readonly share: number;
}

/** Outages, and errors that go on for half a day. */
export const TROUBLES: readonly Trouble[] = [
  { name: 'outage of 1 min', lengthMs: MINUTE_MS, share: 1 },
  { name: 'outage of 5 min', lengthMs: 5 * MINUTE_MS, share: 1 },
  { name: 'outage of 30 min', lengthMs: 30 * MINUTE_MS, share: 1 },
  { name: '1 % of runs fail for 12 h', lengthMs: 12 * HOUR_MS, share: 0.01 },
  { name: '5 % of runs fail for 12 h', lengthMs: 12 * HOUR_MS, share: 0.05 },
];

export const INTERVALS_MS = [10_000, 30_000, 60_000] as const;
