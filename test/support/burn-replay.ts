import { burnPairs, leastBad } from '../../collector/src/alerts/burn-pairs.ts';
import type { BurnPairNow, ObjectiveNow, Snapshot } from '../../collector/src/alerts/finding.ts';
import type { Settings } from '../../collector/src/alerts/settings.ts';
import { type Memory, step } from '../../collector/src/alerts/step.ts';
import { burnRate } from '../../collector/src/sla/burn-rate.ts';

const MINUTE_MS = 60_000;
const LOOK_MS = 15_000;

/** Runs of one check: whether the one that began at `index * everyMs` failed. */
export interface Runs {
  readonly everyMs: number;
  readonly failed: Uint8Array;
}

/** When somebody was called, ms from the beginning. */
export interface Pages {
  /** That the budget burns. */
  readonly burning: readonly number[];
  /** That the check is down, or comes and goes. */
  readonly down: readonly number[];
  readonly sloth: readonly number[];
}

/** What is looked at: a promise, and the state of its check. */
export interface Replayed {
  readonly promise: ObjectiveNow;
  readonly snapshotOf: (outcome: 'up' | 'down') => Snapshot;
  readonly settings: Settings;
}

/** The windows of sloth's `google-30d.yaml` that call somebody: both errors of all runs above the rate, no other guard. */
const SLOTH = [
  { longMs: 60 * MINUTE_MS, shortMs: 5 * MINUTE_MS, rate: 14.4 },
  { longMs: 360 * MINUTE_MS, shortMs: 30 * MINUTE_MS, rate: 6 },
] as const;

/** How often runs failed, up to any instant: `until[n]` is the number of failures among the first n runs. */
function countFailures({ failed }: Runs): Uint32Array {
  const until = new Uint32Array(failed.length + 1);
  for (let index = 0; index < failed.length; index++) until[index + 1] = (until[index] ?? 0) + (failed[index] ?? 0);
  return until;
}

/**
 * Replays months: our rules and states, of time that failed runs speak for (until the next one), and sloth's, of the runs
 * themselves as Prometheus counts them, each looked at every 15 s. Only what calls somebody is told.
 */
export function replay(runs: Runs, { promise, snapshotOf, settings }: Replayed): Pages {
  const until = countFailures(runs);
  const endMs = runs.failed.length * runs.everyMs;
  const pages = { burning: [] as number[], down: [] as number[], sloth: [] as number[] };
  const snapshots = { up: snapshotOf('up'), down: snapshotOf('down') };
  let memory: Memory = { alerts: new Map(), traces: new Map() };
  let before = { burning: false, down: false, sloth: false };
  for (let nowMs = LOOK_MS; nowMs < endMs; nowMs += LOOK_MS) {
    const badMs = (lengthMs: number) => badTime(runs, { fromMs: Math.max(0, nowMs - lengthMs), toMs: nowMs }, until);
    const isDown = runs.failed[Math.floor(nowMs / runs.everyMs)] === 1;
    // Most of a month nothing went wrong within the longest window, and every rule is silent.
    if (isDown || memory.alerts.size > 0 || memory.traces.size > 0 || badMs(LONGEST_MS) > 0) {
      const burns = burnsNow(promise, runs.everyMs, badMs, nowMs);
      const snapshot = { ...snapshots[isDown ? 'down' : 'up'], nowMs, objectives: [{ ...promise, burns }] };
      memory = step(memory, snapshot, { settings, receivers: [] });
    }
    const now = {
      burning: calls(memory, 'NinesErrorBudgetBurning'),
      down: calls(memory, 'NinesCheckDown'),
      sloth: SLOTH.some(({ longMs, shortMs, rate }) =>
        [longMs, shortMs].every((lengthMs) => errorRate(runs, until, nowMs - lengthMs, nowMs) > rate * 0.001),
      ),
    };
    for (const who of ['burning', 'down', 'sloth'] as const) if (now[who] && !before[who]) pages[who].push(nowMs);
    before = now;
  }
  return pages;
}

/** Of the windows that call somebody. */
const LONGEST_MS = 6 * 60 * MINUTE_MS;

function calls({ alerts }: Memory, alertname: string): boolean {
  return [...alerts.values()].some(
    ({ state, labels }) => state === 'firing' && labels.severity === 'page' && labels.alertname === alertname,
  );
}

function burnsNow(
  { objective }: ObjectiveNow,
  everyMs: number,
  badMs: (lengthMs: number) => number,
  nowMs: number,
): BurnPairNow[] {
  const { period, targetPpb } = objective;
  const least = leastBad(objective, () => everyMs);
  const rate = (lengthMs: number) => {
    const bad = badMs(lengthMs);
    return burnRate({ good: Math.min(lengthMs, nowMs) - bad, bad }, targetPpb);
  };
  return burnPairs({ period, targetPpb, leastBadMs: least.ms }, { rates: {} }).map((pair) => ({
    ...pair,
    longRate: rate(pair.windowMs),
    leastRate: burnRate({ good: pair.windowMs - badMs(pair.windowMs), bad: badMs(pair.windowMs) }, targetPpb),
    shortRate: rate(pair.shortMs),
    hasEnoughBad: badMs(pair.windowMs) >= least.ms,
  }));
}

/** Bad time between two instants, ms: a run speaks until the next one, and only what has passed is counted. */
export function badTime(
  runs: Runs,
  { fromMs, toMs }: { readonly fromMs: number; readonly toMs: number },
  until = countFailures(runs),
): number {
  const { everyMs, failed } = runs;
  const first = Math.floor(fromMs / everyMs);
  const last = Math.floor(toMs / everyMs);
  if (first === last) return (failed[first] ?? 0) * (toMs - fromMs);
  const whole = (until[Math.min(last, failed.length)] ?? 0) - (until[first + 1] ?? 0);
  return (
    whole * everyMs +
    (failed[first] ?? 0) * ((first + 1) * everyMs - fromMs) +
    (failed[last] ?? 0) * (toMs - last * everyMs)
  );
}

/** Failed runs of all that began within the window. */
function errorRate({ everyMs, failed }: Runs, until: Uint32Array, fromMs: number, toMs: number): number {
  const first = Math.max(0, Math.ceil(fromMs / everyMs));
  const last = Math.min(failed.length, Math.ceil(toMs / everyMs));
  return last <= first ? 0 : ((until[last] ?? 0) - (until[first] ?? 0)) / (last - first);
}

/** Runs of so many days; `failing` says how likely the run that begins at an instant fails. */
export function someRuns(
  { days, everyMs }: { readonly days: number; readonly everyMs: number },
  failing: (atMs: number) => number,
  random: () => number,
): Runs {
  const failed = new Uint8Array((days * 86_400_000) / everyMs);
  for (let index = 0; index < failed.length; index++) {
    const share = failing(index * everyMs);
    failed[index] = share >= 1 || (share > 0 && random() < share) ? 1 : 0;
  }
  return { everyMs, failed };
}
