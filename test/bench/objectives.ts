/**
 * What judging costs: a month of 1,000 contracts with five objectives each, all of it anew, and again after one more run of
 * every check, with the burn rates of four windows. Runs that have to be read one by one are made up where the store would
 * read them, so its disk is not in the figures. Times are those of a core, whatever else the machine does meanwhile.
 */
import { attain } from '../../collector/src/evaluate/attain.ts';
import { burnWindows } from '../../collector/src/evaluate/burn.ts';
import type { Evaluation } from '../../collector/src/evaluate/evidence.ts';
import { Head } from '../../collector/src/evaluate/head.ts';
import { currentPeriod } from '../../collector/src/evaluate/judged-period.ts';
import { thresholdsOf } from '../../collector/src/evaluate/thresholds.ts';
import type { Objective } from '../../collector/src/sla/objective.ts';
import { PLAIN_PROFILE, type Profile } from '../../collector/src/sla/profile.ts';
import { anObjective, areUp, isFast } from '../support/objectives.ts';
import { against } from './rig/figures.ts';
import { MADE_UP, MADE_UP_PLAN, madeUpEntry, madeUpJournal } from './rig/made-up-runs.ts';

const isQuick = process.argv.includes('--quick');
const CONTRACTS = isQuick ? 100 : 1_000;
const DAY_MS = 86_400_000;
/** October 2026 in Berlin, seen on its last evening. */
const { fromMs: FROM_MS, everyMs: EVERY_MS } = MADE_UP;
const DAYS = 30;
const RUNS = (DAYS * DAY_MS) / EVERY_MS;

/** The check of the contract that is being judged. */
let wanted = 0;

const fiveMinutes = { lengthMs: 300_000, minSamples: 1, empty: 'skipped' } as const;
const PROFILES: readonly Profile[] = [
  PLAIN_PROFILE,
  { ...PLAIN_PROFILE, failure: { ...PLAIN_PROFILE.failure, minOutageMs: 300_000 } },
  { ...PLAIN_PROFILE, method: { kind: 'occurrences' } },
  { ...PLAIN_PROFILE, method: { kind: 'slices', slice: fiveMinutes, rule: { kind: 'majority' } } },
];

const objectives = Array.from({ length: CONTRACTS }, (_, contract): Objective[] => {
  const fields = { contract: `contract-${contract}` };
  const check = `check-${contract}`;
  return [
    ...PROFILES.map((profile, index) => anObjective(areUp(check), { ...fields, id: `objective-${index}`, profile })),
    anObjective(isFast(check, 150_000), { ...fields, id: 'fast' }),
  ];
}).flat();

const head = new Head({ journal: madeUpJournal(() => ({ check: wanted, runs: RUNS })) });
head.setThresholds(thresholdsOf(objectives));
for (let check = 0; check < CONTRACTS; check++) {
  for (let first = 0; first < RUNS; first += 1_440) head.apply(madeUpEntry(check, first, 1_440));
}

/** Judges all objectives; resolves with the milliseconds of a core that it took. */
async function judgeAll(evaluation: Evaluation, isWithBurns: boolean): Promise<number> {
  const began = process.cpuUsage();
  for (const objective of objectives) {
    wanted = Number(objective.contract.slice('contract-'.length));
    const attainment = await attain(objective, evaluation, currentPeriod(objective, evaluation.nowMs));
    if (isWithBurns) await burnWindows(objective, evaluation, attainment);
  }
  const { user, system } = process.cpuUsage(began);
  return (user + system) / 1_000;
}

const nowMs = FROM_MS + DAYS * DAY_MS;
const wholeMs = await judgeAll({ head, plan: MADE_UP_PLAN, nowMs }, false);
const scale = CONTRACTS / 1_000;
console.log(
  `a month of ${CONTRACTS} contracts x 5 objectives, anew: ${(wholeMs / 1_000).toFixed(2)} s (${against(wholeMs / 1_000, '<=', 2 * scale)})`,
);
const again: number[] = [];
for (let minute = 1; minute <= 3; minute++)
  again.push(await judgeAll({ head, plan: MADE_UP_PLAN, nowMs: nowMs + minute * EVERY_MS }, true));
const each = Math.min(...again) / objectives.length;
// 10,000 objectives a minute in 10 % of a core: 6 s for 10,000, or 0.6 ms each.
console.log(`again, with four burn windows: ${each.toFixed(3)} ms an objective (${against(each, '<=', 0.6)})`);
