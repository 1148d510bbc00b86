import { describe, expect, it } from 'vitest';
import { loadYaml } from '../../support/nines-file.ts';

const AROUND = `
agents: [{ name: fra }]
checks: [{ id: shop, probe: { type: tcp, host: shop.example, port: 443 } }]
calendars:
  - { id: office, time_zone: Europe/Berlin, open: { mon-fri: 09:00-17:00 }, holidays: [2026-12-25, { yearly: 05-01 }] }
customers: [{ id: acme }]
`;

const PLAIN = `${AROUND}
contracts:
  - id: hosting
    customer: acme
    effective: { from: 2026-03-01 }
    time_zone: Europe/Berlin
    maintenance: { notice: 48h, cap: 4h per month, recurring: [{ every: day, at: 02:00-05:00 }] }
    objectives:
      - { id: uptime, indicator: { kind: availability, checks: [shop] }, target: "99.95", period: calendar_month, calendar: office }
    claim_window: 30d
`;

/** The same contract by somebody who writes differently: other keys first, comments, blocks, defaults, other units. */
const OTHERWISE = `
customers: [{ id: acme, name: ACME GmbH }]
contracts:
  - claim_window: 720h
    time_zone: Europe/Berlin
    version: 1 # the first
    approvals: []
    effective:
      after_gap: false
      from: "2026-03-01"
    maintenance:
      denominator: excluded
      recurring:
        - at: 02:00-05:00
          every: mon-sun
      cap: 240m per month
      notice: 2d
    objectives:
      - period: calendar_month
        target: "99.950"
        calendar: office
        id: uptime
        # a majority unless something else is said
        indicator:
          checks:
            - shop
          quorum: majority
          kind: availability
    customer: acme
    id: hosting
calendars:
  - id: office
    holidays: [{ yearly: 05-01 }, { from: 2026-12-25, to: 2026-12-25 }]
    open: { mon-thu: [09:00-17:00], fri: 09:00-17:00 }
    time_zone: Europe/Berlin
agents: [{ name: fra }]
checks: [{ id: shop, probe: { type: tcp, host: shop.example, port: 443 } }]
`;

function digestOf(yaml: string): string | undefined {
  return loadYaml(yaml).contracts[0]?.digest;
}

describe('the digest of a contract version', () => {
  it('is SHA-256 of its canonical form, in which there are integers and no fractions', () => {
    const [contract] = loadYaml(PLAIN).contracts;
    expect(contract?.digest).toMatch(/^[0-9a-f]{64}$/);
    expect(contract?.canonical).toContain('"target":999500000');
    expect(contract?.canonical).toContain('"notice":172800000');
    expect(contract?.canonical).not.toMatch(/\d\.\d/);
  });

  it('does not depend on how the contract is written: order, comments, units, defaults spelled out', () => {
    expect(loadYaml(OTHERWISE).contracts[0]?.canonical).toBe(loadYaml(PLAIN).contracts[0]?.canonical);
    expect(digestOf(OTHERWISE)).toBe(digestOf(PLAIN));
  });

  it('does not depend on what is no part of the agreement: names of customers, other contracts, being a draft', () => {
    expect(digestOf(PLAIN.replace('id: acme }', 'id: acme, name: Other }'))).toBe(digestOf(PLAIN));
    expect(digestOf(PLAIN.replace('customer: acme', 'draft: true\n    customer: acme'))).toBe(digestOf(PLAIN));
    const more = PLAIN.replace('open: { mon', 'open: { mon').concat(`
  - { id: other, customer: acme, objectives: [{ id: a, indicator: { kind: availability, checks: [shop] }, target: "9", period: calendar_day }] }
`);
    expect(digestOf(more)).toBe(digestOf(PLAIN));
  });

  it.each([
    ['the target', '"99.95"', '"99.951"'],
    ['the period', 'calendar_month,', 'calendar_week,'],
    ['the quorum', 'checks: [shop] }', 'checks: [shop], quorum: all }'],
    ['the checks', 'checks: [shop] }', 'checks: [shop, shop] }'],
    ['the zone', 'time_zone: Europe/Berlin\n', 'time_zone: Europe/Paris\n'],
    ['the beginning', '2026-03-01', '2026-03-02'],
    ['the end', 'from: 2026-03-01', 'from: 2026-03-01, to: 2027-12-31'],
    ['the version', 'customer: acme', 'version: 2\n    customer: acme'],
    ['the notice', 'notice: 48h', 'notice: 47h'],
    ['the cap', '4h per month', '4h per quarter'],
    ['the denominator', 'notice: 48h', 'notice: 48h, denominator: kept'],
    ['a recurring window', '02:00-05:00', '02:00-05:01'],
    ['the days of a recurring window', 'every: day', 'every: mon-sat'],
    ['the claim window', 'claim_window: 30d', 'claim_window: 31d'],
    ['an hour of the calendar', 'mon-fri: 09:00-17:00', 'mon-fri: 09:00-17:30'],
    ['a holiday of the calendar', '2026-12-25', '2026-12-26'],
    ['the zone of the calendar', 'office, time_zone: Europe/Berlin', 'office, time_zone: Europe/Paris'],
    ['whose hours count', ', calendar: office', ''],
    ['who approves', 'claim_window: 30d', 'claim_window: 30d\n    approvals: [{ role: customer }]'],
  ])('changes with %s', (_, from, to) => {
    expect(PLAIN).toContain(from);
    expect(digestOf(PLAIN.replace(from, to))).not.toBe(digestOf(PLAIN));
  });

  it('changes with the hours in which a limit counts', () => {
    const indicator = '{ kind: duration_target, stream: tickets, limits: [{ within: 4h, calendar: office }] }';
    const yaml = PLAIN.replace('{ kind: availability, checks: [shop] }', indicator).replace(
      'calendar_month, calendar: office }',
      'calendar_month }',
    );
    expect(digestOf(yaml.replace('mon-fri: 09:00-17:00', 'mon-fri: 09:00-18:00'))).not.toBe(digestOf(yaml));
  });

  it('is the same for ever: what was approved years ago is still found', () => {
    // Made by this program once; if this fails, every installation would refuse its contracts after the next update.
    expect(loadYaml(PLAIN).contracts[0]?.canonical).toBe(
      '{"calendars":{"office":{"holidays":["dates 2026-12-25 2026-12-25","yearly 05-01 05-01"],"time_zone":"Europe/Berlin",' +
        '"week":[[[540,1020]],[[540,1020]],[[540,1020]],[[540,1020]],[[540,1020]],[],[]]}},' +
        '"contract":{"claim_window":2592000000,"customer":"acme","effective":{"from":"2026-03-01"},"id":"hosting",' +
        '"maintenance":{"cap":{"ms":14400000,"per":"month"},"notice":172800000,' +
        '"recurring":[{"at":{"fromMinute":120,"toMinute":300},"every":{"kind":"weekdays","weekdays":[1,2,3,4,5,6,7]}}]},' +
        '"objectives":[{"calendar":"office","id":"uptime","indicator":{"checks":["shop"],"kind":"availability"},' +
        '"period":"calendar_month","target":999500000}],"time_zone":"Europe/Berlin"},"form":1}',
    );
  });
});
