/**
 * What it costs to judge again after one batch more, by how long the period has run: on its 1st, 10th, 30th and 90th day,
 * for each method and each kind of indicator. An objective's whole period and, beside it, its four burn windows. Figures of
 * a core in milliseconds; the last column is the 90th day against the first, which should stay about 1.
 */
import type { Event } from '@nines/shared/event.ts';
import { attain } from '../../collector/src/evaluate/attain.ts';
import { burnWindows } from '../../collector/src/evaluate/burn.ts';
import { Head } from '../../collector/src/evaluate/head.ts';
import { RecentEvents } from '../../collector/src/evaluate/recent-events.ts';
import { thresholdsOf } from '../../collector/src/evaluate/thresholds.ts';
import type { Indicator } from '../../collector/src/sla/indicator.ts';
import type { Objective } from '../../collector/src/sla/objective.ts';
import { type Method, PLAIN_PROFILE } from '../../collector/src/sla/profile.ts';
import { MemoryStore } from '../support/memory-store.ts';
import { anObjective, areUp, isFast } from '../support/objectives.ts';
import { MADE_UP, MADE_UP_PLAN, madeUpEntry, madeUpJournal } from './rig/made-up-runs.ts';

const isQuick = process.argv.includes('--quick');
const CHECKS = isQuick ? 2 : 10;
const ROUNDS = isQuick ? 5 : 15;
const EVENTS_A_DAY = 1_000;
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const DAYS = [1, 10, 30, 90];
/** The fourth quarter of 2026 in Berlin. */
const { fromMs: FROM_MS, everyMs: EVERY_MS } = MADE_UP;

let wanted = 0;
let until = 0;

function call(index: number): Event {
  const atMs = FROM_MS + Math.floor((index * DAY_MS) / EVENTS_A_DAY);
  const outcome = index % 17 === 0 ? 'abandoned' : 'answered';
  const values = { wait: (index * 131) % 60_000 };
  const labels = { queue: `queue-${index % 10}` };
  const course = { revision: 1, atMs, endedAtMs: atMs + (index % 23 === 0 ? 80_000 : 60_000), outcome };
  return { stream: 'calls', id: `call-${index}`, agent: 'pbx', ...course, labels, values };
}

const slice = { lengthMs: 300_000, minSamples: 1, empty: 'skipped' } as const;
const bands = [
  { withinMicros: 150_000, scorePpb: 1_000_000_000 },
  { withinMicros: null, scorePpb: 500_000_000 },
];
const METHODS: Readonly<Record<string, Method>> = {
  time: { kind: 'time' },
  slices: { kind: 'slices', slice, rule: { kind: 'majority' } },
  ratio_of_slices: { kind: 'ratio_of_slices', slice },
  occurrences: { kind: 'occurrences' },
  scored: { kind: 'scored', bands },
};

const source = { stream: 'calls', checks: [], at: 'end' } as const;
const always = { kind: 'always' } as const;
const good = { kind: 'outcome', in: ['answered'] } as const;
const weekdays = [1, 2, 3, 4, 5, 6, 7] as const;
const windows = {
  days: { kind: 'weekdays', weekdays: [...weekdays] } as const,
  at: { fromMinute: 60, toMinute: 240 },
  timeZone: 'Europe/Berlin',
};
const statistic = { kind: 'event_statistic', source, valid: always, value: 'wait', atMost: 40_000 } as const;
const EVENT_KINDS: Readonly<Record<string, Indicator>> = {
  'event_ratio (calls)': { kind: 'event_ratio', source, valid: always, good },
  'event_count (leads)': { kind: 'event_count', source, where: good, atLeast: 80_000 },
  mean: { ...statistic, statistic: { kind: 'mean' } },
  percentile: { ...statistic, statistic: { kind: 'percentile', ppb: 950_000_000, rank: 'linear' } },
  'duration_target (tickets)': {
    kind: 'duration_target',
    source,
    valid: always,
    until: 'length',
    paused: null,
    limits: [{ where: always, withinMs: 70_000, hours: null }],
  },
  'freshness (backups)': { kind: 'freshness', source, good, atMostMs: 26 * HOUR_MS },
  'scheduled_windows (backups)': { kind: 'scheduled_windows', source, good, windows },
};

const period = { kind: 'calendar', calendar: { unit: 'quarter' } } as const;
const checks = Array.from({ length: CHECKS }, (_, check) => check);
const kinds = new Map<string, readonly Objective[]>([
  ...Object.entries(METHODS).map(([kind, method]) => {
    const profile = { ...PLAIN_PROFILE, method };
    return [kind, checks.map((check) => anObjective(areUp(`check-${check}`), { id: kind, profile, period }))] as const;
  }),
  ['latency', checks.map((check) => anObjective(isFast(`check-${check}`, 150_000), { id: 'latency', period }))],
  ...Object.entries(EVENT_KINDS).map(([kind, indicator]) => {
    const isTime = indicator.kind === 'freshness';
    const profile = isTime ? PLAIN_PROFILE : { ...PLAIN_PROFILE, method: { kind: 'occurrences' } as const };
    // Each its own: what is kept of one indicator serves another objective as well.
    return [kind, checks.map(() => anObjective({ ...indicator }, { id: kind, profile, period }))] as const;
  }),
]);

const head = new Head({ journal: madeUpJournal(() => ({ check: wanted, runs: until })) });
head.setThresholds(thresholdsOf([...kinds.values()].flat()));
const store = new MemoryStore();
const recent = new RecentEvents(store);
let events = 0;

async function fillUntil(atMs: number): Promise<void> {
  const runs = Math.floor((atMs - FROM_MS) / EVERY_MS);
  for (const check of checks) if (runs > until) head.apply(madeUpEntry(check, until, runs - until));
  until = runs;
  const added: Event[] = [];
  for (; call(events).atMs + 100_000 < atMs; events++) added.push(call(events));
  for (let first = 0; first < added.length; first += 5_000) {
    const received = { events: added.slice(first, first + 5_000), receivedAtMs: atMs };
    recent.note(received, await store.putEvents(received));
  }
}

/** Milliseconds of a core for each objective, the least of all rounds: one batch more before each. */
async function costOf(objectives: readonly Objective[], day: number, isWithBurns: boolean): Promise<number> {
  let least = Number.POSITIVE_INFINITY;
  for (let round = 0; round < ROUNDS; round++) {
    nowMs += EVERY_MS;
    await fillUntil(nowMs);
    const evaluation = { head, plan: MADE_UP_PLAN, nowMs, events: recent };
    const began = process.cpuUsage();
    for (const [index, objective] of objectives.entries()) {
      wanted = index;
      const attainment = await attain(objective, evaluation);
      if (isWithBurns) await burnWindows(objective, evaluation, attainment);
    }
    const { user, system } = process.cpuUsage(began);
    if (round > 0) least = Math.min(least, (user + system) / 1_000 / objectives.length);
  }
  if (nowMs > FROM_MS + (day + 1) * DAY_MS) throw new Error('the day is over');
  return least;
}

let nowMs = FROM_MS;
const costs = new Map<string, { readonly period: number[]; readonly burns: number[] }>();
for (const day of DAYS) {
  nowMs = FROM_MS + (day - 1) * DAY_MS + 12 * HOUR_MS;
  // A day at a time, as it comes: the kept day of runs stays a day.
  for (let atMs = FROM_MS + until * EVERY_MS; atMs < nowMs; atMs += DAY_MS)
    await fillUntil(Math.min(nowMs, atMs + DAY_MS));
  await fillUntil(nowMs);
  for (const [kind, objectives] of kinds) {
    const own = costs.get(kind) ?? { period: [], burns: [] };
    own.period.push(await costOf(objectives, day, false));
    own.burns.push(await costOf(objectives, day, true));
    costs.set(kind, own);
  }
}

const cells = (numbers: readonly number[]) => numbers.map((ms) => ms.toFixed(3).padStart(9)).join('');
const growth = ([first = 1, ...rest]: readonly number[]) =>
  `${((rest.at(-1) ?? first) / first).toFixed(2)}x`.padStart(8);
console.log(`ms of a core an objective, after one batch more; ${EVENTS_A_DAY} events a day, a run a minute`);
console.log(`${'the period'.padEnd(30)}${DAYS.map((day) => `day ${day}`.padStart(9)).join('')}  growth`);
for (const [kind, own] of costs) console.log(kind.padEnd(30) + cells(own.period) + growth(own.period));
console.log('with four burn windows');
for (const [kind, own] of costs) console.log(kind.padEnd(30) + cells(own.burns) + growth(own.burns));
