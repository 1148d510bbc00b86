import { describe, expect, it } from 'vitest';
import type { CreditTerm, MoneyTerms, RewardTerm, Schedule, Tier } from '../../../../collector/src/sla/credit/terms.ts';
import type { LintedContract, LintedObjective } from '../../../../collector/src/sla/lint/linted.ts';
import { lintContract } from '../../../../collector/src/sla/lint/rules.ts';
import { DAY_MS, downtime, HOUR_MS, MINUTE_MS, percentRate, ppb, tier, tiers, USD } from '../credit/cases.ts';

const UPTIME: LintedObjective = {
  id: 'uptime',
  targetPpb: ppb('99.9'),
  period: { shortestMs: 28 * DAY_MS, longestMs: 31 * DAY_MS },
  isRolling: false,
  countsTime: true,
  checks: [{ id: 'shop', everyMs: MINUTE_MS, agents: 3 }],
  quorum: null,
  minReporting: null,
};

function contract(parts: Partial<LintedContract> = {}): LintedContract {
  return {
    objectives: [UPTIME],
    money: null,
    bindsMs: null,
    maintenance: { noticeMs: null, windowsEveryMs: [] },
    claimMs: null,
    burnAlerts: [],
    ...parts,
  };
}

/** $100 a month. */
function money(parts: Partial<MoneyTerms>): MoneyTerms {
  const fee = { minor: 10_000, currency: USD, per: 'month' } as const;
  return { fee, credits: [], combine: 'sum', cap: null, atRisk: null, rewards: [], ...parts };
}

function term(schedule: Schedule, parts: Partial<CreditTerm> = {}): CreditTerm {
  const none = { cap: null, minPayoutMinor: null, after: null, conditions: [], fee: null };
  return { objective: 'uptime', schedule, ...none, ...parts };
}

/** A row as a text prints it: from `atLeast` up to below `below`, `credit` percent. */
function row(below: string, atLeast: string, credit: string): Tier {
  return { ...tier(below, credit), atLeastPpb: ppb(atLeast) };
}

function withTable(rows: readonly Tier[], parts: Partial<CreditTerm> = {}, target = '99.9'): LintedContract {
  return contract({
    objectives: [{ ...UPTIME, targetPpb: ppb(target) }],
    money: money({ credits: [term({ kind: 'tiers_below', tiers: rows }, parts)] }),
  });
}

/** The findings of one rule as `path: message (example)`. */
function found(rule: string, seen: LintedContract): string[] {
  return lintContract(seen)
    .filter((finding) => finding.rule === rule)
    .map(({ path, message, example }) => `${path.join('.')}: ${message} (${example})`);
}

describe('published tables whose gaps the linter finds', () => {
  it('wphostingspot: 99.99–100 owes nothing, 98–99.8 owes 5 %, and 42.2 minutes are printed beside it', () => {
    const printed = { ...row('99.8', '98', '5'), printedDowntimeMs: 42 * MINUTE_MS + 12_000 };
    const seen = withTable([printed], {}, '99.99');
    // The middle of 99.8 and 99.99 is 99.895 %: 45.36 of 43,200 min.
    expect(found('gap', seen)).toEqual([
      'credits.0.tiers.0.below: gap: from 99.8 % up to the target of 99.99 % the promise is broken and nothing is owed (99.895 % (45.36 min of 30 days) owes USD 0.00, the first row USD 5.00)',
    ]);
    // 0.2 % of 28, 30 and 31 days: 80.64, 86.4 and 89.28 min; 42.2 min is 99.902 %.
    expect(found('printed-minutes', seen)).toEqual([
      'credits.0.tiers.0.downtime: 42.2 min a month is not 99.8 %; the percentage is computed (99.8 % allows 86.4 min in 30 days (80.64 min in 28, 89.28 min in 31))',
    ]);
  });

  it('slc-hosting: 99.9–100 owes nothing, 99.7–99.8 owes 10 %', () => {
    expect(found('gap', withTable([row('99.8', '99.7', '10')]))).toEqual([
      'credits.0.tiers.0.below: gap: from 99.8 % up to the target of 99.9 % the promise is broken and nothing is owed (99.85 % (64.8 min of 30 days) owes USD 0.00, the first row USD 10.00)',
    ]);
  });

  it('8x8: 99.90–99.998 and 99.50–99.899 leave 99.899–99.90 and 99.998–99.999 out', () => {
    const rows = [row('99.998', '99.90', '5'), row('99.899', '99.50', '10'), row('99.499', '99.00', '30')];
    expect(found('gap', withTable(rows, {}, '99.999'))).toEqual([
      'credits.0.tiers.0.below: gap: from 99.998 % up to the target of 99.999 % the promise is broken and nothing is owed (99.9985 % (38.88 s of 30 days) owes USD 0.00, the first row USD 5.00)',
      'credits.0.tiers.0.at_least: gap: no row says what is owed from 99.899 % up to 99.9 %; the better row is taken (99.8995 % (43.416 min of 30 days) owes USD 5.00 by that, USD 10.00 by the next row)',
      'credits.0.tiers.1.at_least: gap: no row says what is owed from 99.499 % up to 99.5 %; the better row is taken (99.4995 % (216.216 min of 30 days) owes USD 10.00 by that, USD 30.00 by the next row)',
    ]);
  });

  it('dfdesigns: "99.5 % (no more than 200 minutes)", but no month makes 99.5 % 200 minutes', () => {
    const printed = { ...tier('99.5', '10'), printedDowntimeMs: 200 * MINUTE_MS };
    expect(found('printed-minutes', withTable([printed], {}, '99.5'))).toEqual([
      'credits.0.tiers.0.downtime: 200 min a month is not 99.5 %; the percentage is computed (99.5 % allows 216 min in 30 days (201.6 min in 28, 223.2 min in 31))',
    ]);
  });

  it('minutes that some month makes right are no contradiction: 43.2 min at 99.9 %', () => {
    const printed = { ...tier('99.9', '10'), printedDowntimeMs: 43 * MINUTE_MS + 12_000 };
    expect(lintContract(withTable([printed]))).toEqual([]);
  });
});

describe('tables', () => {
  it('a complete one has no finding, in whatever order its rows stand', () => {
    expect(lintContract(withTable([row('99', '95', '25'), row('99.9', '99', '10'), tier('95', '100')]))).toEqual([]);
  });

  it('what one table leaves out may stand in another', () => {
    const table = (...rows: readonly Tier[]) => term({ kind: 'tiers_below', tiers: rows });
    const both = money({ credits: [table(tier('99', '25')), table(tier('99.9', '10'))] });
    expect(found('gap', contract({ money: both }))).toEqual([]);
    const one = money({ credits: [table(tier('99', '25')), table(tier('99.5', '10'))] });
    expect(found('gap', contract({ money: one }))).toHaveLength(2);
  });

  it('overlap: two rows for one share, by their ends or by their beginnings', () => {
    expect(found('overlap', withTable([row('99.9', '98', '10'), tier('99', '25')]))).toEqual([
      'credits.0.tiers.1.below: overlap: from 98 % up to 99 % two rows apply; the lower one is taken (98 % owes USD 10.00 by one row, USD 25.00 by the other)',
    ]);
    expect(found('overlap', withTable([tier('99.9', '10'), tier('99.9', '20')]))[0]).toContain(
      'two rows begin below 99.9 %',
    );
  });

  it('falling credit: a longer outage that costs less', () => {
    expect(found('falling-credit', withTable([tier('99.9', '25'), tier('99', '10')]))).toEqual([
      'credits.0.tiers.1.credit: not monotone: below 99 % less is owed than below 99.9 % (USD 25.00 for the shorter outage, USD 10.00 for the longer one)',
    ]);
  });

  it('low cap: a row that can never be paid in full, by its own cap or by the contract', () => {
    const rows = tiers(['99.9', '10'], ['99', '60']);
    expect(found('low-cap', withTable(rows, { cap: percentRate('50') }))).toEqual([
      'credits.0.cap: the cap is below the row of 99 %: what it promises is never paid (the row says USD 60.00 a month, the cap leaves USD 50.00)',
    ]);
    const whole = contract({
      money: money({ credits: [term({ kind: 'tiers_below', tiers: rows })], cap: percentRate('50') }),
    });
    expect(found('low-cap', whole)[0]).toMatch(/^credit_limit\.cap/);
  });

  it('row above target: a credit for a promise that was kept', () => {
    expect(found('row-above-target', withTable(tiers(['99.99', '5'], ['99.9', '10'])))).toEqual([
      'credits.0.tiers.0.below: a row above the target of 99.9 %: it owes a credit although the promise was kept (99.9 % keeps the promise and owes USD 5.00 a month)',
    ]);
  });
});

describe('terms that nothing can fulfil', () => {
  it.each([
    ['tiers.0.below', { kind: 'tiers_below', tiers: tiers(['0', '10']) }],
    [
      'block',
      { kind: 'per_block', blockMs: 40 * DAY_MS, credit: percentRate('5'), rounding: 'floor', downtime: downtime() },
    ],
    ['more_than', { kind: 'automatic_hour_waiver', moreThanMs: HOUR_MS }],
    ['longer_than', { kind: 'prorata', downtime: downtime({ counting: 'per_incident', longerThanMs: 40 * DAY_MS }) }],
  ] as const)('%s', (key, schedule) => {
    const [first] = found('never-owed', contract({ money: money({ credits: [term(schedule)] }) }));
    expect(first).toMatch(new RegExp(`^credits\\.0\\.${key}: unreachable`));
    expect(first).toContain('USD 0.00 is owed');
  });
});

describe('measuring', () => {
  it('99.999 % of a month cannot be told by a look a minute: it allows less than that', () => {
    const fine = { ...UPTIME, targetPpb: ppb('99.999') };
    // 31 d = 2,678,400 s; 0.001 % of it is 26.784 s.
    expect(found('resolution', contract({ objectives: [fine] }))).toEqual([
      'objectives.0.target: shop is looked at every 1 min, too seldom to tell 99.999 % (99.999 % allows 26.784 s in the longest period, and whatever is seen down counts for 1 min)',
    ]);
    const often = { ...fine, checks: [{ id: 'shop', everyMs: 10_000, agents: 3 }] };
    expect(found('resolution', contract({ objectives: [often] }))).toEqual([]);
    expect(found('resolution', contract({ objectives: [{ ...UPTIME, targetPpb: ppb('100') }] }))).toEqual([]);
  });

  it('a quorum of more agents than look, or more that have to report', () => {
    expect(found('quorum', contract({ objectives: [{ ...UPTIME, quorum: 4 }] }))).toEqual([
      'objectives.0.indicator.quorum: 4 agents have to see shop down, and 3 run it: it can never be down (44640 min of outage count as 0 min)',
    ]);
    expect(found('quorum', contract({ objectives: [{ ...UPTIME, minReporting: 4 }] }))[0]).toContain(
      'nothing is ever known',
    );
    expect(found('quorum', contract({ objectives: [{ ...UPTIME, quorum: 3, minReporting: 3 }] }))).toEqual([]);
  });

  it('a burn alert that a total outage does not reach', () => {
    const seen = contract({ objectives: [{ ...UPTIME, targetPpb: ppb('80') }], burnAlerts: [14.4, 6, 3, 1] });
    // 1 / 0.2 = 5.
    expect(found('burn-alert', seen)).toEqual([
      'objectives.0.target: an alert at a burn rate of 14.4 or 6 can never fire (with a target of 80 % a total outage burns at 5)',
    ]);
  });
});

describe('spans of time', () => {
  it('maintenance that has to be announced longer ahead than windows lie apart', () => {
    const every = (days: number) =>
      contract({ maintenance: { noticeMs: 10 * DAY_MS, windowsEveryMs: [days * DAY_MS] } });
    expect(found('notice', every(7))[0]).toContain('the next window comes within 10080 min');
    expect(found('notice', every(28))).toEqual([]);
  });

  const repeated = term(
    { kind: 'tiers_below', tiers: tiers(['99.9', '10']) },
    { after: { belowPpb: ppb('99.9'), periods: 3, of: 6 } },
  );

  it('three bad months in a contract of two', () => {
    const seen = contract({ bindsMs: 61 * DAY_MS, money: money({ credits: [repeated] }) });
    expect(found('span', seen)[0]).toContain('it never comes to that');
    expect(found('span', { ...seen, bindsMs: 365 * DAY_MS })).toEqual([]);
  });

  it('a credit on a rolling period, which has no end', () => {
    const rolling = contract({ objectives: [{ ...UPTIME, isRolling: true }], money: money({ credits: [repeated] }) });
    expect(found('span', rolling)[0]).toContain('it never ends');
  });

  it('a claim window that is over before the figures are settled', () => {
    expect(found('span', contract({ claimMs: DAY_MS, money: money({ credits: [repeated] }) }))[0]).toMatch(
      /^claim_window/,
    );
    expect(found('span', contract({ claimMs: 30 * DAY_MS, money: money({ credits: [repeated] }) }))).toEqual([]);
  });
});

describe('rewards and pools', () => {
  const bonus = (atLeast: string): RewardTerm => ({
    objective: 'uptime',
    atLeastPpb: ppb(atLeast),
    forPeriods: 1,
    reward: { kind: 'bonus', rate: percentRate('2') },
    cap: null,
  });

  it('a reward for a broken promise, or for what is owed anyway', () => {
    expect(found('easy-reward', contract({ money: money({ rewards: [bonus('99.5')] }) }))).toEqual([
      'rewards.0.at_least: below the target of 99.9 %: a reward for a broken promise (99.5 % breaks the promise and earns USD 2.00 a month)',
    ]);
    expect(found('easy-reward', contract({ money: money({ rewards: [bonus('99.9')] }) }))[0]).toContain('owed anyway');
    expect(found('easy-reward', contract({ money: money({ rewards: [bonus('99.95')] }) }))).toEqual([]);
  });

  it('weights that never use up the pool', () => {
    const atRisk = { poolPpb: ppb('15'), weights: [{ objective: 'uptime', ppb: ppb('60') }] };
    expect(found('pool-weights', contract({ money: money({ atRisk }) }))).toEqual([
      'at_risk.weights: the weights come to 60 %: the pool of 15 % is never used up (USD 15.00 a month stand at risk, at most USD 9.00 can be owed)',
    ]);
  });
});
