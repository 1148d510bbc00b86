import { describe, expect, it } from 'vitest';
import { loadYaml, mistakesOf } from '../../support/nines-file.ts';

const OBJECTIVE =
  '{ id: uptime, indicator: { kind: availability, checks: [shop] }, target: "99.9", period: calendar_month }';

/** Two versions of one contract, the first as `first` and the second as `second` say. */
function versions(first: string, second: string): string {
  return `
checks: [{ id: shop, probe: { type: tcp, host: shop.example, port: 443 } }]
customers: [{ id: acme }, { id: other }]
contracts:
  - { id: hosting, customer: acme, ${first}, objectives: [${OBJECTIVE}] }
  - { id: hosting, customer: acme, ${second}, objectives: [${OBJECTIVE}] }
`;
}

/** One contract with further lines. */
function contract(lines: string, around = ''): string {
  return `
checks: [{ id: shop, probe: { type: tcp, host: shop.example, port: 443 } }]
customers: [{ id: acme }]
catalogue: [{ id: managed-hosting, includes: [availability, backups] }]
calendars: [{ id: office, time_zone: Europe/Berlin, open: { mon-fri: 09:00-17:00 } }]
${around}
contracts:
  - id: hosting
    customer: acme
    time_zone: Europe/Berlin
${lines}
`;
}

describe('versions of a contract', () => {
  it('end where the next one begins, without being touched', () => {
    const { contracts } = loadYaml(
      versions('effective: { from: 2026-01-01 }', 'version: 2, effective: { from: 2026-07-15 }'),
    );
    const change = Date.UTC(2026, 6, 15);
    expect(contracts.map(({ version, effective }) => [version, effective])).toEqual([
      [1, { fromMs: Date.UTC(2026, 0, 1), toMs: change }],
      [2, { fromMs: change, toMs: null }],
    ]);
    expect(contracts[0]?.objectives[0]).toMatchObject({ contractVersion: 1, effectiveToMs: change });
  });

  it('may have a last day, which still belongs to them', () => {
    const [only] = loadYaml(
      contract(`    effective: { from: 2026-03-01, to: 2026-10-25 }\n    objectives: [${OBJECTIVE}]`),
    ).contracts;
    expect(only?.effective).toEqual({ fromMs: Date.UTC(2026, 1, 28, 23), toMs: Date.UTC(2026, 9, 25, 23) });
  });

  it('may be ended early by one that says so, and may lie apart when that is said', () => {
    const early = versions(
      'effective: { from: 2026-01-01, to: 2026-12-31 }',
      'version: 2, supersedes: 1, effective: { from: 2026-07-01 }',
    );
    expect(loadYaml(early).contracts[0]?.effective.toMs).toBe(Date.UTC(2026, 6, 1));
    const apart = versions(
      'effective: { from: 2026-01-01, to: 2026-03-31 }',
      'version: 2, effective: { from: 2026-07-01, after_gap: true }',
    );
    expect(loadYaml(apart).contracts[0]?.effective.toMs).toBe(Date.UTC(2026, 3, 1));
  });

  it.each([
    [
      'the same number twice',
      'version: 1',
      'version: 1',
      '6:11 contracts[1].id: version 1 of "hosting" stands at contracts[0] already; a change is a new version',
    ],
    [
      'a number left out',
      'version: 1',
      'version: 3, effective: { from: 2026-07-01 }',
      '6:45 contracts[1].version: expected 2: version 1 is the last before it',
    ],
    [
      'no beginning',
      'version: 1',
      'version: 2',
      '6:45 contracts[1].version: says no effective.from, so version 1 would not end',
    ],
    [
      'an overlap',
      'effective: { to: 2026-06-30 }',
      'version: 2, effective: { from: 2026-06-30 }',
      '6:67 contracts[1].effective.from: overlaps version 1, which binds to 2026-06-30; expected 2026-07-01, or supersedes: 1 to end it early',
    ],
    [
      'a gap',
      'effective: { to: 2026-06-30 }',
      'version: 2, effective: { from: 2026-07-02 }',
      '6:67 contracts[1].effective.from: leaves a gap after 2026-06-30, the last day of version 1; expected 2026-07-01, or after_gap: true',
    ],
    [
      'a gap that is none',
      'effective: { to: 2026-06-30 }',
      'version: 2, effective: { from: 2026-07-01, after_gap: true }',
      '6:67 contracts[1].effective.from: after_gap: there is no gap after 2026-06-30',
    ],
    [
      'a beginning before that of the one before',
      'effective: { from: 2026-01-01 }',
      'version: 2, effective: { from: 2025-01-01 }',
      '6:67 contracts[1].effective.from: expected a day after 2026-01-01, on which version 1 begins',
    ],
    [
      'a predecessor that is none',
      'version: 1',
      'version: 2, supersedes: 4, effective: { from: 2026-07-01 }',
      '6:60 contracts[1].supersedes: expected 1, the version before',
    ],
  ])('are refused with %s', (_, first, second, mistake) => {
    expect(mistakesOf(versions(first, second))).toEqual([mistake]);
  });

  it('are refused when they are with another customer, or end before they begin', () => {
    const other = versions('version: 1', 'version: 2, effective: { from: 2026-07-01 }').replace(
      /acme, version: 2/,
      'other, version: 2',
    );
    expect(mistakesOf(other)).toEqual([
      '6:30 contracts[1].customer: version 1 is with acme; another customer needs another contract',
    ]);
    expect(
      mistakesOf(
        versions('effective: { from: 2026-07-01, to: 2026-06-30 }', 'version: 2, effective: { from: 2027-01-01 }'),
      ),
    ).toEqual(['5:71 contracts[0].effective.to: before the day on which it begins']);
  });
});

describe('a calendar', () => {
  const withCalendar = (fields: string) => `calendars: [{ id: office, time_zone: Europe/Berlin, ${fields} }]`;

  it.each([
    ['open: { mon-fry: 09:00-17:00 }', '1:60 calendars[0].open.mon-fry: expected weekdays such as mon-fri or sat'],
    [
      'open: { mon-fri: 09:00-17:00, fri: 09:00-12:00 }',
      '1:82 calendars[0].open.fri: fri is in mon-fri too; write each day once',
    ],
    ['open: { mon: [09:00-12:00, 11:00-13:00] }', '1:60 calendars[0].open.mon: two of these hours overlap'],
    [
      'open: { mon: 9-17 }',
      '1:60 calendars[0].open.mon: expected hours such as 09:00-17:00, 22:00-06:00 or 00:00-24:00, or a list of them, not "9-17"',
    ],
    [
      'open: { mon: 09:00-09:00 }',
      '1:60 calendars[0].open.mon: expected hours such as 09:00-17:00, 22:00-06:00 or 00:00-24:00, or a list of them, not "09:00-09:00"',
    ],
    ['open: {}', '1:58 calendars[0].open: never open: name a weekday'],
    [
      'open: { mon: 09:00-17:00 }, holidays: [2026-02-30]',
      '1:90 calendars[0].holidays[0]: expected a date such as 2026-12-25, { from: 2026-12-24, to: 2027-01-01 }, { yearly: 12-25 } or { yearly_from: 12-24, yearly_to: 01-01 }, not "2026-02-30"',
    ],
    [
      'open: { mon: 09:00-17:00 }, holidays: [{ yearly: 13-01 }]',
      '1:100 calendars[0].holidays[0].yearly: expected a month and a day such as 12-25, not "13-01"',
    ],
    [
      'open: { mon: 09:00-17:00 }, holidays: [{ from: 2026-12-27, to: 2026-12-24 }]',
      '1:116 calendars[0].holidays[0].to: before its beginning',
    ],
  ])('is refused with %s', (fields, mistake) => {
    expect(mistakesOf(withCalendar(fields))).toEqual([expect.stringContaining(mistake.slice(mistake.indexOf(' ')))]);
  });

  it('reads weekdays by name and by range, over midnight and over the end of the week', () => {
    const yaml = contract(
      `    objectives: [${OBJECTIVE.replace('calendar_month }', 'calendar_month, calendar: odd }')}]`,
    ).replace(
      'calendars: [',
      'calendars: [{ id: odd, time_zone: UTC, open: { sat-mon: 22:00-06:00, wed: [08:00-12:00, 13:00-24:00] } }, ',
    );
    const night = [{ fromMinute: 1_320, toMinute: 1_800 }];
    expect(loadYaml(yaml).objectives[0]?.calendar?.week).toEqual([
      night,
      [],
      [
        { fromMinute: 480, toMinute: 720 },
        { fromMinute: 780, toMinute: 1_440 },
      ],
      [],
      [],
      night,
      night,
    ]);
  });
});

describe('the terms of a contract', () => {
  it('are read in the words of the mathematics', () => {
    const [read] = loadYaml(
      contract(`    effective: { from: 2026-01-31 }
    maintenance: { notice: { working_days: 5, calendar: office }, cap: 4h per month, denominator: kept, recurring: [{ every: last sun, at: 02:00-05:00 }, { every: mon-fri, at: 23:00-01:00, time_zone: UTC }] }
    objectives: [${OBJECTIVE.replace('calendar_month', '{ months: 1, anchor: 2026-01-31 }')}]
    approvals: [{ role: provider }, { role: customer }]
    reports: [{ every: 2 weeks, to: [state], formats: [html] }, { every: month, formats: [pdf, csv] }]
    reviews: { every: 3 months }
    claim_window: { periods: 2 }`),
    ).contracts;
    expect(read?.maintenance).toMatchObject({
      notice: { kind: 'working_days', days: 5, hours: { timeZone: 'Europe/Berlin' } },
      cap: { ms: 4 * 3_600_000, per: 'month' },
      denominator: 'kept',
      recurring: [
        {
          days: { kind: 'nth_weekday', nth: -1, weekday: 7 },
          at: { fromMinute: 120, toMinute: 300 },
          timeZone: 'Europe/Berlin',
        },
        {
          days: { kind: 'weekdays', weekdays: [1, 2, 3, 4, 5] },
          at: { fromMinute: 1_380, toMinute: 1_500 },
          timeZone: 'UTC',
        },
      ],
    });
    expect(read?.objectives[0]?.period).toEqual({
      kind: 'calendar',
      calendar: { unit: 'months', count: 1, anchor: '2026-01-31' },
    });
    expect(read?.approvals).toEqual([{ role: 'provider' }, { role: 'customer' }]);
    expect(read?.reports.map(({ every }) => every)).toEqual([
      { unit: 'weeks', count: 2, anchor: '2026-01-31' },
      { unit: 'month' },
    ]);
    expect(read?.reviews).toEqual({ unit: 'months', count: 3, anchor: '2026-01-31' });
    expect(read?.claimWindow).toEqual({ kind: 'periods', periods: 2 });
  });

  const withTerms = (terms: string) => contract(`    ${terms}\n    objectives: [${OBJECTIVE}]`);

  it.each([
    ['maintenance: { notice: 2 days }', 'maintenance.notice: expected 48h or { working_days: 5, calendar: office }'],
    [
      'maintenance: { notice: { working_days: 5, calendar: offise } }',
      'maintenance.notice.calendar: no calendar "offise", did you mean office?',
    ],
    [
      'maintenance: { cap: 4h }',
      'maintenance.cap: expected a cap such as 4h per month (or per day, week, quarter, year, period), not "4h"',
    ],
    ['maintenance: { denominator: excluding }', 'maintenance.denominator: expected one of excluded, kept'],
    [
      'maintenance: { recurring: [{ every: 6th tue, at: 02:00-05:00 }] }',
      'maintenance.recurring[0].every: expected day, sun, mon-fri, 2nd tue or last sun, not "6th tue"',
    ],
    ['approvals: [{ role: provder }]', 'approvals[0].role: did you mean provider?'],
    [
      'reports: [{ every: fortnight, formats: [html] }]',
      'reports[0].every: expected month, week, quarter, year, 2 weeks, 3 months …, not "fortnight"',
    ],
    [
      'reports: [{ every: 2 weeks, formats: [html] }]',
      'reports[0].every: 2 weeks counted from when? add anchor: 2026-01-05, or effective.from',
    ],
    [
      'reviews: { every: 3 months }',
      'reviews.every: 3 months counted from when? add anchor: 2026-01-05, or effective.from',
    ],
    ['claim_window: 36h', 'claim_window: expected whole days, such as 30d'],
    [
      'maintenance: { recurring: [{ every: mon-fri, at: 00:00-24:00 }, { every: sat-sun, at: 00:00-24:00 }] }',
      'objectives[0].id: nothing is left to be judged: maintenance.recurring takes all time away',
    ],
  ])('are refused with %s', (terms, mistake) => {
    expect(mistakesOf(withTerms(terms))).toEqual([expect.stringMatching(/^\d+:\d+ contracts\[0\]\./)]);
    expect(mistakesOf(withTerms(terms))[0]).toContain(mistake);
  });
});

describe('an objective is refused', () => {
  const objective = (text: string) => contract(`    objectives: [${text}]`);

  it.each([
    [
      OBJECTIVE.replace('calendar_month }', 'calendar_month, calendar: offic }'),
      'calendar: no calendar "offic", did you mean office?',
    ],
    [
      OBJECTIVE.replace('calendar_month }', 'calendar_month, service: managed-hostin }'),
      'service: no service "managed-hostin", did you mean managed-hosting?',
    ],
    [
      OBJECTIVE.replace('[shop]', '[shop], min_outage: 2d').replace('calendar_month', 'calendar_day'),
      'indicator.min_outage: longer than the period (1d): no outage would ever count',
    ],
    [OBJECTIVE.replace('calendar_month', '{ months: 1, anchor: 2026-02-30 }'), 'period.anchor: expected a date'],
    [
      '{ id: backup, indicator: { kind: scheduled_windows, stream: backups, good: { outcome: good }, windows: { every: sun, at: 01:00-05:00, time_zone: UTC } }, target: "100", period: calendar_day }',
      'period: shorter than the time between two windows',
    ],
  ])('%s', (text, mistake) => {
    expect(mistakesOf(objective(text))).toEqual([expect.stringContaining(`contracts[0].objectives[0].${mistake}`)]);
  });

  it('when standing windows take all of its service hours away', () => {
    const yaml = contract(`    maintenance: { recurring: [{ every: day, at: 08:00-18:00 }] }
    objectives: [${OBJECTIVE.replace('calendar_month }', 'calendar_month, calendar: office }')}]`);
    expect(mistakesOf(yaml)).toEqual([
      expect.stringContaining('nothing is left to be judged: maintenance.recurring takes all hours of office away'),
    ]);
  });
});
