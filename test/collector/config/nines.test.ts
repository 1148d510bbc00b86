import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadYaml as load, mistakesOf } from '../../support/nines-file.ts';

const WHOLE = `
agents:
  - { name: web03, location: fra }
  - { name: web04, location: fra }
  - { name: nyc }
checks:
  - id: shop
    every: 30s
    from: [fra]
    probe: { type: http, url: https://shop.example/, expect: { certificate_valid_for: 14d } }
  - { id: mail, every: 5s, probe: { type: tcp, host: mail.example, port: 25 } }
customers: [{ id: acme, name: ACME GmbH }]
contracts:
  - id: hosting
    customer: acme
    effective: { from: 2026-03-01 }
    time_zone: Europe/Berlin
    objectives:
      - { id: uptime, indicator: { kind: availability, checks: [shop, mail] }, target: "99.95", period: calendar_month }
      - { id: fast, indicator: { kind: latency, checks: [shop], within: 300ms }, target: "95", period: { rolling: 7d } }
      - { id: biweekly, indicator: { kind: availability, checks: [mail], quorum: all }, target: "99", period: { weeks: 2, anchor: 2026-01-05 } }
`;

describe('nines.yaml', () => {
  it('resolves locations to agents, and a check without "from" runs on every agent', () => {
    const nines = load(WHOLE);
    expect(nines.checks.map(({ id, agents }) => [id, agents])).toEqual([
      ['shop', ['web03', 'web04']],
      ['mail', ['web03', 'web04', 'nyc']],
    ]);
  });

  it('is reached at public_url without a slash at its end, whichever way it is written', () => {
    for (const url of ['https://sla.example.net', 'https://sla.example.net/', 'https://example.net/sla/']) {
      expect(load(`collector: { public_url: "${url}" }`).publicUrl).toBe(url.replace(/\/$/, ''));
    }
  });

  it('hands the probe on as it was written, with no default filled in', () => {
    expect(load(WHOLE).checks[0]?.writtenProbe).toEqual({
      type: 'http',
      url: 'https://shop.example/',
      expect: { certificate_valid_for: '14d' },
    });
  });

  it('has a timeout of 10 s, or of the interval when that is shorter', () => {
    expect(load(WHOLE).checks.map((check) => check.timeoutMs)).toEqual([10_000, 5_000]);
  });

  it('a check may have a schedule instead of an interval: a timeout of an hour, and an interval as long as its longest gap', () => {
    const schedule = '{ cron: "30 3 * * sun", time_zone: Europe/Berlin }';
    const probe = 'probe: { type: tcp, host: mail.example, port: 25 }';
    const [check] = load(`{ checks: [{ id: weekly, schedule: ${schedule}, ${probe} }] }`).checks;
    expect(check).toMatchObject({
      // A week and the hour of the autumn change.
      everyMs: 169 * 3_600_000,
      timeoutMs: 3_600_000,
      schedule: { cron: '30 3 * * sun', timeZone: 'Europe/Berlin' },
    });
    expect(mistakesOf(`{ checks: [{ id: weekly, every: 1m, schedule: ${schedule}, ${probe} }] }`)).toEqual([
      expect.stringContaining('either every or schedule, not both'),
    ]);
    expect(mistakesOf(`{ checks: [{ id: x, schedule: { cron: "0 4 * * *" }, timeout: 25h, ${probe} }] }`)).toEqual([
      expect.stringContaining('longer than the time between two instants of the schedule'),
    ]);
  });

  it('reads objectives in the words of the mathematics: parts per billion, microseconds, an instant in the zone', () => {
    const [uptime, fast, biweekly] = load(WHOLE).objectives;
    expect(uptime).toMatchObject({
      customer: 'acme',
      contract: 'hosting',
      targetPpb: 999_500_000,
      indicator: { kind: 'availability', checks: ['shop', 'mail'] },
      profile: { method: { kind: 'time' }, quorum: { need: 'majority', minReporting: null } },
      period: { kind: 'calendar', calendar: { unit: 'month' } },
      // 2026-03-01 begins in Berlin at 23:00 UTC of the day before.
      effectiveFromMs: Date.UTC(2026, 1, 28, 23),
    });
    expect(fast).toMatchObject({
      indicator: { withinMicros: 300_000, value: 'total' },
      period: { kind: 'rolling', lengthMs: 604_800_000 },
    });
    expect(biweekly?.period).toEqual({ kind: 'calendar', calendar: { unit: 'weeks', count: 2, anchor: '2026-01-05' } });
  });

  it('keeps its data in ./data of the working directory, or beside the file when a folder is named', () => {
    expect(load('checks: []').dataDirectory).toBe(resolve('data'));
    const named = load('collector: { data: there }');
    expect(named.dataDirectory).toBe(join(named.path, '..', 'there'));
  });

  it('keeps 256 MiB of the disk free unless it is told otherwise', () => {
    expect(load('checks: []').minFreeBytes).toBe(256 * 2 ** 20);
    expect(load('collector: { min_free: 2GiB }').minFreeBytes).toBe(2 * 2 ** 30);
  });

  it('durations are kept exactly unless half a percent is declared, and nothing else can be', () => {
    expect(load('collector: {}').precision).toBe('exact');
    expect(load('collector: { precision: half_percent }').precision).toBe('half_percent');
    expect(() => load('collector: { precision: rough }')).toThrow(/collector\.precision/);
  });

  it('reads a token from the environment and says which variable is missing without a guess', () => {
    const yaml = 'agents: [{ name: a, token: { env: TOKEN_A } }]';
    expect(load(yaml, { TOKEN_A: 'geheim' }).agents[0]?.token).toBe('geheim');
    expect(() => load(yaml)).toThrow('environment variable TOKEN_A is not set');
  });

  it('names every secret that is missing, each at its place', () => {
    const yaml = `collector: { admin_token: { env: ADMIN } }
agents: [{ name: a }, { name: b, token: { env: TOKEN_B } }]
importers: [{ name: desk, streams: [tickets], token: { file: absent } }]
people: [{ name: eva, roles: [operator], token: { env: EVA } }, { name: jan, roles: [operator], token: { env: JAN } }]
heartbeats: [{ id: dump, key: { env: DUMP }, schedule: { every: 1h }, grace: 5m }]
alerts:
  alertmanagers: [{ url: "http://127.0.0.1:9093", basic_auth: { username: nines, password: { env: AM } } }]
  webhooks: [{ name: pager, url: "http://127.0.0.1:9094", secret: { env: HOOK } }]
`;
    const places = mistakesOf(yaml).map((mistake) => mistake.replace(/:\d+ (\S+): .*/, ' $1'));
    expect(places.toSorted()).toEqual([
      '1 collector.admin_token',
      '2 agents[1].token',
      '3 importers[0].token',
      '4 people[0].token',
      '4 people[1].token',
      '5 heartbeats[0].key',
      '7 alerts.alertmanagers[0].basic_auth.password',
      '8 alerts.webhooks[0].secret',
    ]);
  });

  it('names every dangling reference with its place and the name that was probably meant', () => {
    const broken = WHOLE.replace('from: [fra]', 'from: [fre]')
      .replace('customer: acme', 'customer: acne')
      .replace('checks: [shop, mail]', 'checks: [shop, mall]');
    expect(mistakesOf(broken)).toEqual([
      '9:12 checks[0].from[0]: no agent or location "fre", did you mean fra?',
      '15:15 contracts[0].customer: no customer "acne", did you mean acme?',
      '19:71 contracts[0].objectives[0].indicator.checks[1]: no check "mall", did you mean mail?',
    ]);
  });

  it('lets no importer write what only the collector itself may say', () => {
    expect(mistakesOf('importers: [{ name: a, streams: [tickets, heartbeats] }]')).toEqual([
      '1:43 importers[0].streams[1]: heartbeats is the collector’s own stream: jobs report themselves at /ping/KEY',
    ]);
  });

  it('refuses a name used twice, with both places', () => {
    expect(mistakesOf('agents: [{ name: a }, { name: b }, { name: a }]')).toEqual([
      '1:44 agents[2].name: "a" is also the name of agents[0]',
    ]);
    expect(mistakesOf('agents: [{ name: a }]\nimporters: [{ name: a, streams: [tickets] }]')).toEqual([
      '2:21 importers[0].name: "a" is also the name of an agent',
    ]);
    expect(mistakesOf(WHOLE.replace('id: fast', 'id: uptime'))).toEqual([
      '20:15 contracts[0].objectives[1].id: "uptime" is also the id of objectives[0]',
    ]);
  });

  it('refuses a latency objective over something that the probe does not measure', () => {
    expect(mistakesOf(WHOLE.replace('within: 300ms', 'within: 300ms, value: status'))).toEqual([
      '20:87 contracts[0].objectives[1].indicator.value: http does not measure a duration "status"',
    ]);
  });

  it('refuses a timeout longer than the interval', () => {
    expect(mistakesOf(WHOLE.replace('every: 30s', 'every: 30s\n    timeout: 1m'))).toEqual([
      '9:14 checks[0].timeout: longer than every: runs of one check never overlap',
    ]);
  });

  it('refuses a percentage written as a number, because it would pass through a float', () => {
    expect(mistakesOf(WHOLE.replace('"99.95"', '99.95'))[0]).toMatch(/target: expected a percentage as text in quotes/);
  });
});
