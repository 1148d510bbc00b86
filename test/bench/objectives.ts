/**
 * What judging costs: a month of 1,000 contracts with five objectives each, all of it anew, and again after one more run of
 * every check, with the burn rates of four windows. Runs that have to be read one by one are made up where the store would
 * read them, so its disk is not in the figures. Times are those of a core, whatever else the machine does meanwhile.
 */
import { toColumns } from '@nines/shared/wire.ts';
import { attain } from '../../collector/src/evaluate/attain.ts';
import { burnWindows } from '../../collector/src/evaluate/burn.ts';
import type { Evaluation } from '../../collector/src/evaluate/evidence.ts';
import { Head } from '../../collector/src/evaluate/head.ts';
import type { Journal } from '../../collector/src/evaluate/journal-reader.ts';
import { currentPeriod } from '../../collector/src/evaluate/judged-period.ts';
import { thresholdsOf } from '../../collector/src/evaluate/thresholds.ts';
import type { Objective } from '../../collector/src/sla/objective.ts';
import { PLAIN_PROFILE, type Profile } from '../../collector/src/sla/profile.ts';
import type { JournalEntry } from '../../collector/src/store/store.ts';
import { anObjective, areUp, isFast } from '../support/objectives.ts';
import { against } from './rig/figures.ts';

const isQuick = process.argv.includes('--quick');
const CONTRACTS = isQuick ? 100 : 1_000;
const EVERY_MS = 60_000;
const DAY_MS = 86_400_000;
/** October 2026 in Berlin, seen on its last evening. */
const FROM_MS = 1_790_805_600_000;
const DAYS = 30;
const RUNS = (DAYS * DAY_MS) / EVERY_MS;

/** Down for ten minutes about every four days, each check at another time. */
function run(check: number, index: number) {
  const isUp = (index + check * 37) % 5_760 >= 10;
  return {
    check: `check-${check}`,
    atMs: FROM_MS + index * EVERY_MS + (check % 60) * 1_000,
    everyMs: EVERY_MS,
    outcome: isUp ? ('up' as const) : ('down' as const),
    reason: isUp ? null : 'timeout',
    values: isUp ? { total: 20_000 + ((index * 131 + check) % 977) * 200 } : {},
  };
}

function entry(check: number, first: number, count: number): JournalEntry {
  const runs = Array.from({ length: count }, (_, index) => run(check, first + index));
  const batch = { version: 1, agent: 'fra-1', spool: 'bench-spool', sequence: 1, checks: toColumns(runs) } as const;
  const position = 1 + check * 1_000_000 + first;
  return { position, batch, receivedAtMs: (runs.at(-1)?.atMs ?? 0) + 1_000, skewMs: 0 };
}

/** The checks of the contract that is being judged. */
let wanted: readonly number[] = [];

/** Gives any hour back as the store would, out of the same runs. */
const journal: Journal = {
  async *tail() {},
  async *entriesBetween(fromMs, toMs) {
    for (const check of wanted) {
      const first = Math.max(0, Math.floor((fromMs - FROM_MS) / EVERY_MS) - 1);
      const end = Math.min(RUNS, Math.ceil((toMs - FROM_MS) / EVERY_MS) + 1);
      if (first < end) yield entry(check, first, end - first);
    }
  },
  sealedRuns: async () => [],
  thresholdWeeks: async () => [],
  holdStill: async () => () => {},
};

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

const head = new Head({ journal });
head.setThresholds(thresholdsOf(objectives));
for (let check = 0; check < CONTRACTS; check++) {
  for (let first = 0; first < RUNS; first += 1_440) head.apply(entry(check, first, 1_440));
}

const plan = {
  agentsOf: () => ['fra-1'],
  assignedTimesOf: () => new Map([['fra-1', [{ fromMs: 0, toMs: Number.POSITIVE_INFINITY }]]]),
  everyMsOf: () => EVERY_MS,
  locationOf: () => 'fra',
};

/** Judges all objectives; resolves with the milliseconds of a core that it took. */
async function judgeAll(evaluation: Evaluation, isWithBurns: boolean): Promise<number> {
  const began = process.cpuUsage();
  for (const objective of objectives) {
    wanted = [Number(objective.contract.slice('contract-'.length))];
    const attainment = await attain(objective, evaluation, currentPeriod(objective, evaluation.nowMs));
    if (isWithBurns) await burnWindows(objective, evaluation, attainment);
  }
  const { user, system } = process.cpuUsage(began);
  return (user + system) / 1_000;
}

const nowMs = FROM_MS + DAYS * DAY_MS;
const wholeMs = await judgeAll({ head, plan, nowMs }, false);
const scale = CONTRACTS / 1_000;
console.log(
  `a month of ${CONTRACTS} contracts x 5 objectives, anew: ${(wholeMs / 1_000).toFixed(2)} s (${against(wholeMs / 1_000, '<=', 2 * scale)})`,
);
const again: number[] = [];
for (let minute = 1; minute <= 3; minute++)
  again.push(await judgeAll({ head, plan, nowMs: nowMs + minute * EVERY_MS }, true));
const each = Math.min(...again) / objectives.length;
// 10,000 objectives a minute in 10 % of a core: 6 s for 10,000, or 0.6 ms each.
console.log(`again, with four burn windows: ${each.toFixed(3)} ms an objective (${against(each, '<=', 0.6)})`);
