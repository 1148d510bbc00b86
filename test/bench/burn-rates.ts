/**
 * Burn-rate alerts replayed on simulated months at 99.9 %: how long until somebody is called after trouble begins, and how
 * often somebody is called by single failed runs that no promise is in danger of; beside the two windows of sloth that page.
 */
import { randomFrom } from '../e2e/seeded-random.ts';
import { replay, someRuns } from '../support/burn-replay.ts';
import { INTERVALS_MS, TROUBLES, WORLD } from '../support/burn-world.ts';
import { median, printTable } from './rig/figures.ts';

const isQuick = process.argv.includes('--quick');
/** Each trouble at so many random instants, each by itself in days of calm. */
const TRIALS = isQuick ? 3 : 15;
const NOISE_DAYS = isQuick ? 30 : 120;
const DAY_MS = 86_400_000;
/** A quarter of what the promise allows. */
const NOISE = 0.00025;

function detection(times: readonly (number | null)[]): string {
  const found = times.filter((time) => time !== null);
  if (found.length === 0) return 'never';
  const minutes = (ms: number) => (ms / 60_000).toFixed(1);
  const share = found.length === times.length ? '' : `, ${found.length} of ${times.length}`;
  return `${minutes(median(found))} min (${minutes(Math.max(...found))}${share})`;
}

const rows: string[][] = [];
for (const everyMs of INTERVALS_MS) {
  for (const { name, lengthMs, share } of TROUBLES) {
    const seen = { burning: [] as (number | null)[], down: [] as (number | null)[], sloth: [] as (number | null)[] };
    for (let trial = 0; trial < TRIALS; trial++) {
      const random = randomFrom(trial + 1);
      const beginMs = Math.floor(DAY_MS / 2 + (random() * DAY_MS) / 2);
      const failing = (atMs: number) => (atMs >= beginMs && atMs < beginMs + lengthMs ? share : 0);
      const pages = replay(someRuns({ days: 2, everyMs }, failing, random), WORLD);
      for (const who of ['burning', 'down', 'sloth'] as const) {
        const [first] = pages[who];
        seen[who].push(first === undefined ? null : first - beginMs);
      }
    }
    rows.push([`${everyMs / 1_000} s`, name, detection(seen.down), detection(seen.burning), detection(seen.sloth)]);
  }
}
console.log(`from the beginning of trouble to the call, median (most) of ${TRIALS}; a target of 99.9 % over a month`);
printTable(['probed every', 'trouble', 'NinesCheckDown', 'NinesErrorBudgetBurning', 'sloth'], rows);

const noise = INTERVALS_MS.map((everyMs) => {
  const random = randomFrom(7);
  const { burning, down, sloth } = replay(
    someRuns({ days: NOISE_DAYS, everyMs }, () => NOISE, random),
    WORLD,
  );
  return [`${everyMs / 1_000} s`, String(down.length), String(burning.length), String(sloth.length)];
});
console.log(
  `calls in ${NOISE_DAYS} days in which ${NOISE * 100} % of runs fail by chance, a quarter of what is allowed`,
);
printTable(['probed every', 'NinesCheckDown', 'NinesErrorBudgetBurning', 'sloth'], noise);
