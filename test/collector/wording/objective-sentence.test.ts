import { describe, expect, it } from 'vitest';
import type { Contract } from '../../../collector/src/sla/contract.ts';
import type { Indicator } from '../../../collector/src/sla/indicator.ts';
import type { Objective } from '../../../collector/src/sla/objective.ts';
import type { Profile } from '../../../collector/src/sla/profile.ts';
import { objectiveSentence } from '../../../collector/src/wording/objective-sentence.ts';
import { loadYaml } from '../../support/nines-file.ts';

const YAML = `
agents: [{ name: fra }, { name: ams }, { name: nyc }]
checks:
  - { id: shop-home, probe: { type: tcp, host: shop.example, port: 443 } }
  - { id: shop-cart, probe: { type: tcp, host: shop.example, port: 443 } }
calendars: [{ id: office, time_zone: Europe/Berlin, open: { mon-thu: 09:00-17:00, fri: [09:00-12:00, 13:00-15:00] }, holidays: [2026-12-25] }]
customers: [{ id: acme }]
contracts:
  - id: hosting
    customer: acme
    time_zone: Europe/Berlin
    maintenance: { notice: 48h, cap: 4h per month }
    objectives:
      - { id: uptime, indicator: { kind: availability, checks: [shop-home, shop-cart] }, target: "99.95", period: calendar_month }
`;

/** The contract and its objective, one of them or both changed. */
function sentence(changes: Partial<Objective> = {}, terms: Partial<Contract> = {}, runners = 3): string {
  const [contract] = loadYaml(YAML).contracts;
  const [objective] = contract?.objectives ?? [];
  if (contract === undefined || objective === undefined) throw new Error('the example has no objective');
  const names = Array.from({ length: runners }, (_, index) => ({ name: `agent-${index}`, location: `place-${index}` }));
  return objectiveSentence({ ...objective, ...changes }, { ...contract, ...terms }, () => names);
}

function profile(changes: Partial<Profile>): Profile {
  const [objective] = loadYaml(YAML).objectives;
  if (objective === undefined) throw new Error('the example has no objective');
  return { ...objective.profile, ...changes };
}

const NOTHING_EXCLUDED = { maintenance: { notice: null, cap: null, denominator: 'excluded', recurring: [] } } as const;

describe('the sentence of an objective', () => {
  it('says everything that decides the figure', () => {
    const { failure } = profile({});
    expect(sentence({ profile: profile({ failure: { ...failure, minOutageMs: 60_000 } }) })).toBe(
      'Uptime: shop-home and shop-cart must both be up, as seen by a majority of 3 locations, at least 99.95 % of each ' +
        'calendar month in Europe/Berlin, not counting maintenance announced 48 h ahead, at most 4 h a month; outages ' +
        'under 60 s do not count.',
    );
  });

  it('of a contract that excludes nothing, seen from one place, is short', () => {
    expect(sentence({}, NOTHING_EXCLUDED, 1)).toBe(
      'Uptime: shop-home and shop-cart must both be up, at least 99.95 % of each calendar month in Europe/Berlin.',
    );
  });

  it.each([
    [
      { kind: 'calendar', calendar: { unit: 'weeks', count: 2, anchor: '2026-01-05' } },
      'each 2 weeks counted from 2026-01-05 in Europe/Berlin',
    ],
    [
      { kind: 'calendar', calendar: { unit: 'months', count: 1, anchor: '2026-01-06' } },
      'each billing month from the 6th in Europe/Berlin',
    ],
    [
      { kind: 'calendar', calendar: { unit: 'months', count: 1, anchor: '2026-01-31' } },
      "each billing month from the 31st, or the month's last day, in Europe/Berlin",
    ],
    [{ kind: 'rolling', lengthMs: 30 * 86_400_000 }, 'the last 30 d at any time'],
  ] as const)('names the period %o', (period, words) => {
    expect(sentence({ period }, NOTHING_EXCLUDED, 1)).toBe(
      `Uptime: shop-home and shop-cart must both be up, at least 99.95 % of ${words}.`,
    );
  });

  it('names service hours, and what they are closed on', () => {
    const [objective] = loadYaml(YAML.replace('calendar_month }', 'calendar_month, calendar: office }')).objectives;
    expect(sentence({ calendar: objective?.calendar ?? null }, NOTHING_EXCLUDED, 1)).toContain(
      ', only within Mon–Thu 09:00–17:00, Fri 09:00–12:00 and 13:00–15:00 in Europe/Berlin, not on holidays.',
    );
  });

  it('names standing windows and notice in working days', () => {
    const at = { fromMinute: 120, toMinute: 300 };
    const maintenance = {
      notice: null,
      cap: null,
      denominator: 'kept',
      recurring: [
        { days: { kind: 'weekdays', weekdays: [1, 2, 3, 4, 5, 6, 7] }, at, timeZone: 'Europe/Berlin' },
        { days: { kind: 'nth_weekday', nth: 2, weekday: 2 }, at, timeZone: 'UTC' },
      ],
    } as const;
    expect(sentence({ profile: profile({ denominator: 'kept' }) }, { maintenance }, 1)).toContain(
      ', not counting the window daily 02:00–05:00 in Europe/Berlin and the window the 2nd Tuesday of each month ' +
        '02:00–05:00 in UTC; time that is not counted stays in the total as good.',
    );
  });

  it.each([
    [
      {
        method: {
          kind: 'slices',
          slice: { lengthMs: 300_000, minSamples: 1, empty: 'good' },
          rule: { kind: 'error_share', atLeastPpb: 50_000_000 },
        },
      },
      'in at least 99.95 % of the 5 min slices of each calendar month in Europe/Berlin; a slice is bad when at least 5 % of its runs failed.',
    ],
    [
      { method: { kind: 'occurrences' } },
      'at least 99.95 % of the runs of shop-home and shop-cart in each calendar month in Europe/Berlin.',
    ],
    [
      { quorum: { need: 2, minReporting: 2 } },
      'as seen by at least 2 of 3 locations, of which 2 have to report, at least 99.95 %',
    ],
    [{ combination: { kind: 'any' } }, 'shop-home or shop-cart must be up, as seen'],
    [
      { unknown: { countsAs: 'good', coverageFloorPpb: 900_000_000 } },
      '; what was not measured counts as good while at least 90 % was measured.',
    ],
  ] as const)('words the rules %o', (changes, words) => {
    expect(sentence({ profile: profile(changes) }, NOTHING_EXCLUDED)).toContain(words);
  });

  const source = { stream: 'calls', checks: [], at: 'end' } as const;
  const good = { kind: 'value', name: 'wait', atLeast: null, atMost: 20_000 } as const;
  const kinds: readonly (readonly [Indicator, string])[] = [
    [
      { kind: 'latency', checks: ['shop-home'], value: 'total', withinMicros: 800_000, rank: 'share' },
      'successful runs of shop-home must end within 800 ms, at least 99.95 % of them in each',
    ],
    [
      { kind: 'latency', checks: ['shop-home'], value: 'total', withinMicros: 800_000, rank: 'nearest_rank' },
      'must end within 800 ms, judged by the 99.95 % percentile (nearest rank) of each calendar month',
    ],
    [
      { kind: 'event_ratio', source, valid: { kind: 'always' }, good },
      'calls events must be good (wait is at most 20000), at least 99.95 % of them in each calendar month in Europe/Berlin.',
    ],
    [
      {
        kind: 'event_statistic',
        source,
        valid: { kind: 'always' },
        value: 'wait',
        statistic: { kind: 'mean' },
        atMost: 30_000,
      },
      'the mean wait of the calls events must be at most 30000, in each calendar month in Europe/Berlin.',
    ],
    [
      {
        kind: 'duration_target',
        source: { ...source, stream: 'tickets' },
        valid: { kind: 'always' },
        until: 'length',
        paused: 'waiting_s',
        limits: [
          { where: { kind: 'label', name: 'severity', in: ['p1'] }, withinMs: 3_600_000, hours: null },
          { where: { kind: 'always' }, withinMs: 86_400_000, hours: null },
        ],
      },
      'tickets must be done within 60 min when severity is p1 or 24 h and standing still for waiting_s, at least 99.95 % of them in each',
    ],
    [
      {
        kind: 'freshness',
        source: { ...source, stream: 'backups' },
        good: { kind: 'outcome', in: ['good'] },
        atMostMs: 26 * 3_600_000,
      },
      'the last backups event where the outcome is good must be at most 26 h old, at least 99.95 % of each',
    ],
    [
      {
        kind: 'scheduled_windows',
        source: { ...source, stream: 'backups' },
        good: { kind: 'outcome', in: ['good'] },
        windows: {
          days: { kind: 'weekdays', weekdays: [1, 2, 3, 4, 5, 6, 7] },
          at: { fromMinute: 60, toMinute: 300 },
          timeZone: 'UTC',
        },
      },
      'daily 01:00–05:00 in UTC must bring a backups event where the outcome is good, at least 99.95 % of the windows of each',
    ],
    [
      {
        kind: 'anomaly',
        source: { ...source, stream: 'backups' },
        valid: { kind: 'outcome', in: ['good'] },
        value: 'bytes',
        by: ['host'],
        last: 14,
        atLeast: 5,
        lookBackMs: 60 * 86_400_000,
        deviationsMilli: 3_500,
        tolerancePpb: 100_000_000,
        bad: 'smaller',
      },
      'bytes of each backups event where the outcome is good must be at most 3.5 median absolute deviations, or 10 % if that is more, below the median of the last 14 of the same host in 60 d before it, for at least 99.95 % of them in each',
    ],
    [
      { kind: 'gauge', checks: ['shop-home'], value: 'queue', atLeast: null, atMost: 5 },
      'queue of shop-home must be at most 5, at least 99.95 % of each',
    ],
  ];
  it('says how many events have to come', () => {
    const where = { kind: 'label', name: 'quality', in: ['qualified'] } as const;
    const indicator = { kind: 'event_count', source: { ...source, stream: 'leads' }, where, atLeast: 40 } as const;
    expect(sentence({ id: 'leads', indicator, targetPpb: 1_000_000_000 }, NOTHING_EXCLUDED)).toBe(
      'Leads: at least 40 leads events where quality is qualified must come, in each calendar month in Europe/Berlin.',
    );
    expect(sentence({ indicator, targetPpb: 950_000_000 }, NOTHING_EXCLUDED)).toContain(', of which 95 % are enough.');
  });

  it.each(kinds)('has words for $kind', (indicator, words) => {
    expect(sentence({ indicator }, NOTHING_EXCLUDED, 1)).toContain(words);
  });

  it('is followed by what is owed and what is earned', () => {
    const withMoney = YAML.replace(
      '    objectives:',
      `    fee: { amount: "499.00", currency: EUR, per: month }
    credits: [{ objective: uptime, schedule: tiers_below, tiers: [{ below: "99.95", credit: "10" }, { below: "99.0", credit: "25" }], cap: "100" }]
    rewards: [{ objective: uptime, at_least: "99.99", for_periods: 3, reward: { cancel_credit: 1 } }]
    objectives:`,
    );
    const [contract] = loadYaml(withMoney).contracts;
    expect(sentence({}, { money: contract?.money ?? null })).toMatch(
      / at most 4 h a month\. The credit is 10 % below 99\.95 %, 25 % below 99 %, at most 100 %\. The provider earns the credits of the period before back for at least 99\.99 % in 3 periods in a row\.$/,
    );
  });
});
