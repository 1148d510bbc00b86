import type { Attainment } from '../../../collector/src/sla/attainment.ts';
import type { Objective } from '../../../collector/src/sla/objective.ts';
import { PLAIN_PROFILE } from '../../../collector/src/sla/profile.ts';
import { shareOf } from '../../../collector/src/sla/share.ts';
import type { MoneyView } from '../../../collector/src/web/money-view.ts';
import {
  type AgentView,
  type CheckView,
  type LatencySeries,
  objectiveView,
  type PageModel,
  type StripCell,
} from '../../../collector/src/web/page-model.ts';
import { anObjective, areUp } from '../../support/objectives.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** 2026-10-20 14:03:22 UTC. */
export const NOW_MS = Date.UTC(2026, 9, 20, 14, 3, 22);
/** October 2026 in Berlin: it ends an hour of winter time later than 31 days would. */
const OCTOBER = { fromMs: Date.UTC(2026, 8, 30, 22), periodToMs: Date.UTC(2026, 9, 31, 23), periodName: '2026-10' };

/** An availability objective over a calendar month in Berlin, other fields as given. */
export function exampleObjective(fields: Partial<Objective> = {}): Objective {
  return anObjective(areUp('shop-home', 'shop-api'), fields);
}

/**
 * A running month, judged to `NOW_MS`: 745 h × 0.1 % = 44 min 42 s may fail, 12 min 34 s did, 2 min are unknown.
 */
export function exampleAttainment(fields: Partial<Attainment> = {}): Attainment {
  return {
    ...OCTOBER,
    toMs: NOW_MS,
    unit: 'ms',
    scale: 1,
    good: 1_698_528_000,
    bad: 754_000,
    unknown: 120_000,
    excluded: 0,
    pending: 982_598_000,
    shares: {
      attained: shareOf(1_698_528_000, 1_699_282_000),
      low: shareOf(1_698_528_000, 1_699_402_000),
      high: shareOf(1_698_648_000, 1_699_402_000),
    },
    attainmentPpb: 999_556_283,
    lowPpb: 999_485_701,
    highPpb: 999_556_314,
    coveragePpb: 999_929_386,
    verdict: 'inconclusive',
    budget: { total: 2_682_000, used: 754_000, left: 1_928_000 },
    incidents: [
      {
        fromMs: NOW_MS - 9 * DAY,
        toMs: NOW_MS - 9 * DAY + 8 * MINUTE,
        countedMs: 8 * MINUTE,
        checks: ['shop-home'],
        locations: ['fra'],
        reasons: ['connect-refused'],
      },
      {
        fromMs: NOW_MS - 274_000,
        toMs: null,
        countedMs: 274_000,
        checks: ['shop-api'],
        locations: ['ams', 'fra'],
        reasons: ['http-status', 'exchange-timeout'],
      },
    ],
    serviceMs: 2_682_000_000,

    promisedMs: 0,
    whole: { low: null, high: null },
    workings: null,
    badTime: { best: [], worst: [] },
    uncounted: [],
    reliability: { mttrMs: 377_000, mtbfMs: 1_340_623_000 },
    statistic: null,
    exclusions: { applied: [], notApplied: [] },
    profile: PLAIN_PROFILE,
    ...fields,
  };
}

/** A day in 96 cells, all up except the cells given by their number, with `[downMs, unknownMs]`. */
export function exampleStrip(exceptions: Readonly<Record<number, readonly [number, number]>> = {}): StripCell[] {
  const cellMs = 15 * MINUTE;
  return Array.from({ length: 96 }, (_, index) => {
    const [downMs, unknownMs] = exceptions[index] ?? [0, 0];
    const fromMs = NOW_MS - DAY + index * cellMs;
    return { fromMs, toMs: fromMs + cellMs, upMs: cellMs - downMs - unknownMs, downMs, unknownMs };
  });
}

/** A day in 5-minute points around `baseMs`, with a gap of an hour and a slow spell. */
export function exampleLatency(baseMs: number): LatencySeries {
  const points = Array.from({ length: 288 }, (_, index) => {
    if (index >= 60 && index < 72) return null;
    const slow = index >= 200 && index < 215 ? 3 : 1;
    return baseMs * slow * (1 + 0.2 * Math.sin(index / 9));
  });
  return {
    atMs: points.map((_, index) => NOW_MS - DAY + index * 5 * MINUTE),
    meanMs: points,
    minMs: points.map((value) => (value === null ? null : value * 0.8)),
    maxMs: points.map((value) => (value === null ? null : value * 1.6)),
  };
}

export const NO_LATENCY: LatencySeries = { atMs: [], meanMs: [], minMs: [], maxMs: [] };

/** A check that has been up for long, other fields as given. */
export function exampleCheck(fields: Partial<CheckView> = {}): CheckView {
  return {
    id: 'shop-home',
    probe: 'http',
    state: 'up',
    reason: null,
    sinceMs: NOW_MS - 9 * DAY,
    agents: [
      { agent: 'fra-web03', location: 'fra', outcome: 'up', reason: null, atMs: NOW_MS - 12_000, totalMicros: 123_456 },
      { agent: 'ams-edge1', location: 'ams', outcome: 'up', reason: null, atMs: NOW_MS - 4_000, totalMicros: 98_001 },
    ],
    strip: exampleStrip(),
    latency: exampleLatency(120),
    ...fields,
  };
}

/** An agent in order, other fields as given. */
export function exampleAgent(fields: Partial<AgentView> = {}): AgentView {
  return {
    name: 'fra-web03',
    location: 'fra',
    state: 'reporting',
    lastHeardMs: NOW_MS - 2_000,
    skewMs: 12,
    spoolBatches: 0,
    spoolBytes: 0,
    droppedObservations: 0,
    isIsolated: false,
    ...fields,
  };
}

/** A month that may cost something, with a right and an open fact. */
export function exampleMoney(fields: Partial<MoneyView> = {}): MoneyView {
  return {
    customer: 'acme',
    contract: 'acme-hosting',
    periodName: '2026-10',
    isRunning: true,
    state: 'possible',
    currency: 'EUR',
    credit: '0.00 to 49.90',
    reward: '0.00',
    net: '0.00 to 49.90',
    lines: [
      {
        objective: 'uptime',
        terms: '10 % below 99.95 %, 25 % below 99 %; at most 100 %; provided that a ticket was opened within five days',
        amount: 'EUR 0.00 to EUR 49.90',
        right: null,
        open: ['a ticket was opened within five days'],
      },
      {
        objective: 'uptime',
        terms: 'may terminate without notice after 3 of 6 periods below 99.5 %',
        amount: 'EUR 0.00',
        right: 'may terminate without notice',
        open: [],
      },
    ],
    ...fields,
  };
}

/** A provider's day with something of everything in it. */
export function exampleModel(fields: Partial<PageModel> = {}): PageModel {
  return {
    nowMs: NOW_MS,
    title: 'sla.example.net',
    objectives: objectives(),
    money: [exampleMoney()],
    checks: checks(),
    agents: agents(),
    ...fields,
  };
}

function objectives(): PageModel['objectives'] {
  const runs = { unit: 'runs', good: 56_120, bad: 1_200, unknown: 0 } as const;
  return [
    objectiveView(exampleObjective(), exampleAttainment()),
    objectiveView(
      exampleObjective({
        id: 'speed',
        indicator: { kind: 'latency', checks: ['shop-home'], withinMicros: 300_000, value: 'total', rank: 'share' },
        targetPpb: 990_000_000,
      }),
      exampleAttainment({
        ...runs,
        attainmentPpb: 979_064_898,
        lowPpb: 979_064_898,
        highPpb: 979_064_898,
        coveragePpb: 1_000_000_000,
        verdict: 'breached',
        budget: { total: 893, used: 1_200, left: -307 },
        incidents: [],
      }),
    ),
    objectiveView(
      exampleObjective({
        customer: 'globex',
        contract: 'globex-mail',
        id: 'mail',
        targetPpb: 998_500_000,
        indicator: { kind: 'availability', checks: ['mail-in'] },
      }),
      exampleAttainment({
        fromMs: NOW_MS - 30 * DAY,
        toMs: NOW_MS,
        periodToMs: NOW_MS,
        periodName: 'rolling 30d',
        attainmentPpb: 998_958_333,
        lowPpb: 998_958_333,
        highPpb: 998_958_333,
        coveragePpb: 1_000_000_000,
        unknown: 0,
        verdict: 'met',
        budget: { total: 3_888_000, used: 2_700_000, left: 1_188_000 },
        incidents: [
          {
            fromMs: NOW_MS - 2 * DAY,
            toMs: NOW_MS - 2 * DAY + 45 * MINUTE,
            countedMs: 45 * MINUTE,
            checks: ['mail-in'],
            locations: ['ams'],
            reasons: ['connect-timeout'],
          },
        ],
      }),
    ),
    objectiveView(
      exampleObjective({
        customer: 'globex',
        contract: 'globex-mail',
        id: 'names',
        indicator: { kind: 'availability', checks: ['zone'] },
      }),
      exampleAttainment({
        good: 0,
        bad: 0,
        unknown: 1_699_402_000,
        attainmentPpb: null,
        lowPpb: 0,
        highPpb: 1_000_000_000,
        coveragePpb: 0,
        budget: { total: 2_682_000, used: 0, left: 2_682_000 },
        incidents: [],
      }),
    ),
  ];
}

function checks(): PageModel['checks'] {
  return [
    exampleCheck(),
    exampleCheck({
      id: 'shop-api',
      state: 'down',
      reason: 'http-status',
      sinceMs: NOW_MS - 274_000,
      agents: [
        {
          agent: 'fra-web03',
          location: 'fra',
          outcome: 'down',
          reason: 'http-status',
          atMs: NOW_MS - 9_000,
          totalMicros: 1_203_400,
        },
        { agent: 'ams-edge1', location: 'ams', outcome: 'up', reason: null, atMs: NOW_MS - 3_000, totalMicros: 850 },
      ],
      strip: exampleStrip({
        20: [0, 900_000],
        21: [0, 900_000],
        22: [0, 300_000],
        60: [120_000, 0],
        61: [900_000, 0],
        95: [274_000, 0],
      }),
      latency: exampleLatency(45),
    }),
    exampleCheck({ id: 'mail-in', probe: 'tcp', latency: exampleLatency(8) }),
    exampleCheck({
      id: 'zone',
      probe: 'dns',
      state: 'unknown',
      reason: null,
      sinceMs: null,
      agents: [],
      strip: [],
      latency: NO_LATENCY,
    }),
  ];
}

function agents(): PageModel['agents'] {
  return [
    exampleAgent(),
    exampleAgent({
      name: 'ams-edge1',
      location: 'ams',
      state: 'isolated',
      isIsolated: true,
      spoolBatches: 42,
      spoolBytes: 1_572_864,
    }),
    exampleAgent({
      name: 'nyc-edge1',
      location: 'nyc',
      state: 'clock-skew',
      skewMs: 3_600_000,
      droppedObservations: 12_345,
    }),
    exampleAgent({ name: 'pbx1', location: 'pbx1', state: 'never-heard', lastHeardMs: null, skewMs: null }),
  ];
}
