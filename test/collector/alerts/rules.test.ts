import { describe, expect, it } from 'vitest';
import { burnPairs } from '../../../collector/src/alerts/burn-pairs.ts';
import type {
  AgentNow,
  BurnPairNow,
  CheckNow,
  Finding,
  RepositoryNow,
  Snapshot,
} from '../../../collector/src/alerts/finding.ts';
import { type RuleName, ruleOf } from '../../../collector/src/alerts/rules.ts';
import { type Heard, NOTHING_HEARD, statusOf } from '../../../collector/src/heartbeat/heartbeat.ts';
import type { Incident, Unit } from '../../../collector/src/sla/attainment.ts';
import { aCheck, anAgent, aPromise, aSnapshot, NOW_MS, settings } from './snapshots.ts';

/** What a rule finds by the usual limits. */
function found(rule: RuleName, snapshot: Partial<Snapshot>): Finding[] {
  return ruleOf(rule).find(aSnapshot(snapshot), (subject) => settings().limits(subject));
}

/** What a rule says of every subject. */
function holds(rule: RuleName, snapshot: Partial<Snapshot>): string[] {
  return found(rule, snapshot).map((finding) => finding.holds);
}

describe('checks', () => {
  it('down is what the quorum confirms; unknown is neither down nor up, and is told of by another rule', () => {
    expect(holds('check_down', { checks: [aCheck('down', 'timeout'), aCheck('up'), aCheck('unknown')] })).toEqual([
      'yes',
      'no',
      'open',
    ]);
    expect(holds('no_data', { checks: [aCheck('down', 'timeout'), aCheck('up'), aCheck('unknown')] })).toEqual([
      'no',
      'no',
      'yes',
    ]);
  });

  it('says what each location saw last', () => {
    const [finding] = found('check_down', { checks: [aCheck('down', 'connection-refused')] });
    expect(finding?.tell()).toEqual({
      evidence: [
        {
          kind: 'observation',
          agent: 'web03',
          location: 'fra',
          outcome: 'down',
          reason: 'connection-refused',
          failedPhase: null,
          atMs: NOW_MS - 5_000,
        },
      ],
      summary: 'shop is down',
      cause: 'down (connection-refused); fra (web03): down (connection-refused), last run 2026-11-10T11:59:55+00:00',
      link: '/#check-shop',
    });
  });
});

describe('objectives', () => {
  it('a breach holds from the verdict on', () => {
    expect(holds('objective_breached', { objectives: [aPromise(), aPromise({ verdict: 'breached' })] })).toEqual([
      'no',
      'yes',
    ]);
  });

  it.each([
    [1_000_000, ['no', 'no', 'no']],
    // 5 % below a level it may stay firing, and does not begin.
    [1_200_000, ['open', 'no', 'no']],
    [1_296_000, ['yes', 'no', 'no']],
    [1_944_000, ['yes', 'yes', 'no']],
    [2_592_000, ['yes', 'yes', 'yes']],
  ])('%i ms of 2,592,000 used: what holds at 50, 75 and 100 %%', (used, expected) => {
    const budget = { total: 2_592_000, used, left: 2_592_000 - used };
    expect(holds('budget_spent', { objectives: [aPromise({ budget })] })).toEqual(expected);
  });

  it('a promise without a budget spends none', () => {
    const budget = { total: 0, used: 0, left: 0 };
    expect(holds('budget_spent', { objectives: [aPromise({ budget })] })).toEqual(['no', 'no', 'no']);
  });

  it.each([
    [949_999_999, 'open'],
    [950_000_000, 'no'],
    [899_999_999, 'yes'],
    [null, 'no'],
  ])('coverage of %s parts per billion in the last hour: %s', (recentCoveragePpb, expected) => {
    expect(holds('coverage_low', { objectives: [aPromise({}, { recentCoveragePpb })] })).toEqual([expected]);
  });

  it('tells figures, budget and the last outage', () => {
    const incident = {
      fromMs: NOW_MS,
      toMs: null,
      countedMs: 60_000,
      checks: ['shop'],
      locations: ['fra'],
      reasons: ['timeout'],
    };
    const promise = aPromise({ verdict: 'breached', attainmentPpb: 998_000_000, incidents: [incident] });
    const [finding] = found('objective_breached', { objectives: [promise] });
    expect(finding?.tell().cause).toBe(
      '99.800 % in 2026-11, target 99.9 %; 0s of the budget of 43m 12s used; last outage 1m of shop at fra (timeout)',
    );
  });

  it.each<[Unit, Partial<Incident>, string]>([
    ['ms', { countedMs: 23_521_795, checks: ['backups'] }, 'last outage 6h 32m 1s of backups (missed)'],
    ['windows', { checks: ['window'] }, 'last bad window at 2026-11-10T12:00:00+00:00 (missed)'],
    ['events', { checks: ['backups/7'] }, 'last bad event backups/7 at 2026-11-10T12:00:00+00:00 (missed)'],
    ['runs', { checks: ['shop'] }, 'last bad run of shop at 2026-11-10T12:00:00+00:00 (missed)'],
  ])('names what went wrong by what is counted: %s', (unit, fields, expected) => {
    const incident = { fromMs: NOW_MS, toMs: NOW_MS, countedMs: 1, checks: [], locations: [], reasons: ['missed'] };
    const promise = aPromise({ unit, incidents: [{ ...incident, ...fields }] });
    expect(found('objective_breached', { objectives: [promise] })[0]?.tell().cause).toMatch(expected);
  });

  it('a budget in which there is room for nothing has nothing used up', () => {
    const promise = aPromise({ unit: 'windows', budget: { total: 0, used: 1, left: -1 } });
    expect(found('objective_breached', { objectives: [promise] })[0]?.tell().cause).toContain(
      '; 1 window used, and the budget allows none',
    );
  });
});

describe('burn rates', () => {
  const pair = {
    window: '1h',
    shortWindow: '5m',
    shortMs: 300_000,
    severity: 'page',
    limit: 14.4,
    hasEnoughBad: true,
  } as const;

  it.each<[string, Partial<BurnPairNow>, string]>([
    ['both windows above the limit', { longRate: 15, shortRate: 15 }, 'yes'],
    ['only the long one: it is over, or nearly', { longRate: 15, shortRate: 1 }, 'open'],
    ['only the short one', { longRate: 14, shortRate: 100 }, 'no'],
    ['exactly the limit', { longRate: 14.4, shortRate: 100 }, 'no'],
    ['too few bad ones to be a trend', { longRate: 15, shortRate: 15, hasEnoughBad: false }, 'no'],
    ['nothing measured', { longRate: null, shortRate: null }, 'open'],
    [
      'so little measured that the rest could make up for it',
      { longRate: 277, leastRate: 4.7, shortRate: 277 },
      'open',
    ],
  ])('%s', (_, rates, expected) => {
    const burn = { ...pair, longRate: null, leastRate: rates.longRate ?? null, shortRate: null, ...rates };
    expect(holds('budget_burning', { objectives: [aPromise({}, { burns: [burn] })] })).toEqual([expected]);
  });

  const limits = (days: number, targetPpb = 999_000_000) =>
    burnPairs(
      { period: { kind: 'rolling', lengthMs: days * 86_400_000 }, targetPpb, leastBadMs: null },
      { rates: {} },
    ).map(({ limit }) => Number(limit.toFixed(3)));

  it('limits are those of the SRE workbook over 30 days, and scaled to other periods', () => {
    expect(limits(30)).toEqual([14.4, 6, 3, 1]);
    expect(limits(28)).toEqual([13.44, 5.6, 2.8, 0.933]);
    // Slower ones would fire while the budget lasts.
    expect(limits(7)).toEqual([3.36, 1.4]);
    const month = { kind: 'calendar', calendar: { unit: 'month' } } as const;
    const subject = { period: month, targetPpb: 999_000_000, leastBadMs: 90_000 };
    expect(burnPairs(subject, { rates: {} })[0]?.limit).toBe(14.4);
    // What was set holds, and a window that was turned off calls nobody.
    expect(
      burnPairs(subject, { rates: { '1h': 10, '6h': 'off' } }).map(({ window, limit }) => [window, limit]),
    ).toEqual([
      ['1h', 10],
      ['1d', 3],
      ['3d', 1],
    ]);
    // Three failed runs of a check that runs every half hour do not fit into an hour.
    expect(burnPairs({ ...subject, leastBadMs: 5_400_000 }, { rates: {} }).map(({ window }) => window)).toEqual([
      '6h',
      '1d',
      '3d',
    ]);
  });

  it('limits that even a total outage does not reach are left out: at 93 % it burns 14.3 times', () => {
    expect(limits(30, 930_000_000)).toEqual([6, 3, 1]);
    expect(limits(30, 1_000_000_000)).toEqual([]);
  });
});

describe('those who send', () => {
  it('an agent is gone when it was silent for longer than it may be, or never delivered', () => {
    const agents = [90_000, 90_001].map((ms) => anAgent({ lastReceivedAtMs: NOW_MS - ms }));
    expect(holds('agent_gone', { agents: [...agents, anAgent({ lastReceivedAtMs: null })] })).toEqual([
      'no',
      'yes',
      'yes',
    ]);
  });

  it.each<[RuleName, Partial<AgentNow>, Partial<AgentNow>]>([
    ['agent_isolated', { isIsolated: false }, { isIsolated: true }],
    ['agent_skewed', { skewMs: -30_000 }, { skewMs: -30_001 }],
    ['spool_growing', { spoolBatches: 100 }, { spoolBatches: 101 }],
  ])('%s: what an agent says of itself, as long as it is there', (rule, well, ill) => {
    const gone = { ...ill, lastReceivedAtMs: NOW_MS - 90_001 };
    expect(holds(rule, { agents: [anAgent(well), anAgent(ill), anAgent(gone)] })).toEqual(['no', 'yes', 'open']);
  });

  it('a job that is late is not down yet, and one that was down is not well before it ran', () => {
    const heartbeat = { id: 'backup', key: 'k', schedule: { everyMs: 60_000 }, graceMs: 60_000 };
    const heartbeats = (['new', 'up', 'late', 'down'] as const).map((state) => ({
      ...NOTHING_HEARD,
      heartbeat,
      state,
      fault: state === 'down' ? ('overdue' as const) : null,
      dueAtMs: null,
    }));
    expect(holds('heartbeat_down', { heartbeats })).toEqual(['no', 'no', 'open', 'yes']);
  });

  it.each<[string, Partial<Heard>, string, string]>([
    [
      'it said so itself',
      { lastGoodMs: NOW_MS - 90_000, lastFailedMs: NOW_MS - 30_000, lastFailedStatus: 3 },
      'job backup reported failure',
      'it ended 2026-11-10T11:59:30+00:00 with exit status 3; last good run 2026-11-10T11:58:30+00:00, due 2026-11-10T11:59:30+00:00',
    ],
    [
      'it goes on for longer than it may',
      { runningSinceMs: NOW_MS - 90_000 },
      'job backup does not end',
      'it runs since 2026-11-10T11:58:30+00:00, for longer than 1m; last good run never, due at no known time',
    ],
    [
      'nothing was heard in time',
      { lastGoodMs: NOW_MS - 180_000 },
      'job backup did not run',
      'last good run 2026-11-10T11:57:00+00:00, due 2026-11-10T11:58:00+00:00',
    ],
  ])('a job is down because %s', (_, fields, summary, cause) => {
    const heartbeat = { id: 'backup', key: 'k', schedule: { everyMs: 60_000 }, graceMs: 60_000 };
    const heard = { ...NOTHING_HEARD, ...fields };
    const report = { heartbeat, ...heard, ...statusOf(heartbeat, heard, NOW_MS) };
    const [finding] = found('heartbeat_down', { heartbeats: [report] });
    expect(finding?.tell()).toMatchObject({ summary, cause, link: '/alerts' });
  });
});

const DAY_MS = 86_400_000;

describe('what checks measure', () => {
  /** A check whose newest run saw these values. */
  const measuring = (values: Readonly<Record<string, number>>, fields: Partial<CheckNow> = {}): CheckNow => {
    const check = aCheck('up');
    const agents = check.agents.map((one) => ({ ...one, last: one.last === null ? null : { ...one.last, values } }));
    return { ...check, agents, ...fields };
  };
  const secondsAt = (ms: number) => ({ certificate_expires_at: (NOW_MS + ms) / 1_000 });

  it.each([
    [14 * DAY_MS, ['no', 'no']],
    [14 * DAY_MS - 1_000, ['yes', 'no']],
    [3 * DAY_MS - 1_000, ['yes', 'yes']],
    [-1_000, ['yes', 'yes']],
  ])('a certificate that ends in %i ms: a ticket, a page', (ms, expected) => {
    expect(holds('certificate_expiring', { checks: [measuring(secondsAt(ms))] })).toEqual(expected);
  });

  it.each([
    [30 * DAY_MS, ['no', 'no']],
    [30 * DAY_MS - 1_000, ['yes', 'no']],
    [7 * DAY_MS - 1_000, ['yes', 'yes']],
  ])('a domain whose registration ends in %i ms: a ticket, a page', (ms, expected) => {
    const ending = measuring({ domain_expires_at: (NOW_MS + ms) / 1_000 });
    expect(holds('domain_expiring', { checks: [ending] })).toEqual(expected);
  });

  it('a check that measures none has none', () => {
    expect(holds('certificate_expiring', { checks: [aCheck('up'), aCheck('down')] })).toEqual([]);
  });

  it('a caller waits too long; nobody is there in the hours that were promised, or while somebody waits', () => {
    const waits = (ms: number) => measuring({ longest_wait: ms * 1_000 });
    expect(holds('phone_waiting', { checks: [waits(300_000), waits(300_001)] })).toEqual(['no', 'yes']);
    const there = (loggedIn: number, waiting: number, isPromisedNow: boolean | null) =>
      measuring({ logged_in: loggedIn, waiting }, { isPromisedNow });
    const checks = [there(0, 0, true), there(1, 3, true), there(0, 3, false), there(0, 0, null), there(0, 1, null)];
    expect(holds('phone_nobody', { checks })).toEqual(['yes', 'no', 'no', 'no', 'yes']);
  });
});

describe('how promises will be', () => {
  const burn = { window: '1d', shortWindow: '2h', shortMs: 7_200_000, severity: 'ticket', limit: 3 } as const;
  const day = { ...burn, longRate: 1, leastRate: 1, shortRate: null, hasEnoughBad: true };
  /** On the 10th at noon; November ends in 20.5 days. */
  const left = 20.5 * DAY_MS;

  it.each([
    [left - 1, 'yes'],
    [left, 'open'],
    [1.1 * left, 'no'],
    [null, 'no'],
  ])('a budget that lasts %s ms at the pace of the last day', (exhaustsInMs, expected) => {
    const promise = aPromise({}, { exhaustsInMs, burns: [day] });
    expect(holds('budget_forecast', { objectives: [promise] })).toEqual([expected]);
  });

  it('no forecast is made of a few failed runs, or of what is breached already', () => {
    const few = aPromise({}, { exhaustsInMs: 1, burns: [{ ...day, hasEnoughBad: false }] });
    const over = aPromise({ verdict: 'breached' }, { exhaustsInMs: 1, burns: [day] });
    expect(holds('budget_forecast', { objectives: [few, over] })).toEqual(['no', 'no']);
  });

  it('calls of the last half hour against their target, exactly; of few nobody can tell', () => {
    const calls = (good: number, bad: number) =>
      aPromise({}, { recent: { about: 'calls', windowMs: 1_800_000, good, bad } });
    // The target is 99.9 %.
    expect(holds('phone_low', { objectives: [calls(999, 1), calls(998, 1), calls(0, 4), calls(0, 5)] })).toEqual([
      'no',
      'yes',
      'open',
      'yes',
    ]);
    expect(holds('phone_low', { objectives: [aPromise()] })).toEqual([]);
  });

  it('one backup of an unusual size is enough', () => {
    const sizes = (bad: number) => aPromise({}, { recent: { about: 'sizes', windowMs: DAY_MS, good: 1, bad } });
    expect(holds('backup_unusual', { objectives: [sizes(0), sizes(1)] })).toEqual(['no', 'yes']);
  });
});

describe('paperwork', () => {
  it('a statement that nobody signed for a week, and a review that comes within one', () => {
    const statement = { contract: 'hosting', customer: 'acme', period: '2026-10', missing: ['customer'] };
    const statements = [7 * DAY_MS, 7 * DAY_MS + 1].map((ms) => ({ ...statement, frozenAtMs: NOW_MS - ms }));
    expect(holds('statement_waiting', { statements })).toEqual(['no', 'yes']);
    const review = { contract: 'hosting', customer: 'acme', timeZone: 'UTC' };
    const reviews = [7 * DAY_MS + 1, 7 * DAY_MS].map((ms) => ({ ...review, dueAtMs: NOW_MS + ms }));
    expect(holds('review_due', { reviews })).toEqual(['no', 'yes']);
  });
});

describe('backups', () => {
  const HOUR_MS = 3_600_000;
  /** One whose newest backup is of an hour ago, and that was verified yesterday. */
  const aRepository = (fields: Partial<RepositoryNow> = {}): RepositoryNow => ({
    check: 'nightly',
    newestAtMs: NOW_MS - HOUR_MS,
    promisedAgeMs: null,
    canBeTried: true,
    triedBy: ['nightly-verify'],
    lastGoodAtMs: NOW_MS - DAY_MS,
    quiet: null,
    ...fields,
  });

  it.each([
    [{ newestAtMs: NOW_MS - 26 * HOUR_MS }, ['no']],
    [{ newestAtMs: NOW_MS - 26 * HOUR_MS - 1_000 }, ['yes']],
    // What was promised goes before what is usual.
    [{ newestAtMs: NOW_MS - 27 * HOUR_MS, promisedAgeMs: 48 * HOUR_MS }, ['no']],
    [{ promisedAgeMs: HOUR_MS - 1 }, ['yes']],
    [{ newestAtMs: null }, []],
  ])('overdue by the clock, whether an agent says something or not: %j', (fields, expected) => {
    expect(holds('backup_overdue', { repositories: [aRepository(fields)] })).toEqual(expected);
  });

  it('never verified, or not for five weeks; where nothing can be verified nobody is asked to', () => {
    const repositories = [
      aRepository({ lastGoodAtMs: null }),
      aRepository({ lastGoodAtMs: NOW_MS - 35 * DAY_MS - 1 }),
      aRepository({ lastGoodAtMs: NOW_MS - 35 * DAY_MS }),
      aRepository({ lastGoodAtMs: null, canBeTried: false }),
    ];
    expect(holds('backup_unverified', { repositories })).toEqual(['yes', 'yes', 'no']);
  });
});
