import { describe, expect, it } from 'vitest';
import { RULE_NAMES } from '../../../collector/src/alerts/rules.ts';
import { loadYaml, mistakesOf } from '../../support/nines-file.ts';

describe('alerts', () => {
  it('all rules are on when nothing is said, and nobody is told', () => {
    const { alerts } = loadYaml('customers: []\n');
    expect(alerts.receivers).toEqual([]);
    expect(alerts.everyMs).toBe(15_000);
    expect(alerts.settings.rule('check_down', null)).toEqual({
      isEnabled: true,
      forMs: 60_000,
      keepMs: 60_000,
      flapping: { bad: 6, of: 20 },
    });
    expect(RULE_NAMES.every((name) => alerts.settings.rule(name, null).isEnabled)).toBe(true);
  });

  it('receivers are read with their secrets; an Alertmanager is named by its address', () => {
    const { alerts } = loadYaml(
      `alerts:
  alertmanagers:
    - http://127.0.0.1:9093
    - { url: https://am.example.net, timeout: 3s, basic_auth: { username: nines, password: { env: PASSWORD } } }
  webhooks: [{ name: ops, url: https://chat.example.net/hook, secret: { env: KEY } }]
  rules: { check_down: { for: 0s }, no_data: { enabled: false } }
`,
      { PASSWORD: 'geheim', KEY: 'key' },
    );
    const plain = { ca: null, basicAuth: null, timeoutMs: 10_000 };
    expect(alerts.receivers).toEqual([
      { ...plain, kind: 'alertmanager', name: '127.0.0.1:9093', url: 'http://127.0.0.1:9093' },
      {
        ...plain,
        kind: 'alertmanager',
        name: 'am.example.net',
        url: 'https://am.example.net',
        timeoutMs: 3_000,
        basicAuth: { username: 'nines', password: 'geheim' },
      },
      {
        ...plain,
        kind: 'webhook',
        name: 'ops',
        url: 'https://chat.example.net/hook',
        secret: 'key',
        headers: {},
        template: null,
        variables: {},
        terms: {
          severities: null,
          groupBy: ['alertname', 'severity'],
          groupWaitMs: 15_000,
          groupIntervalMs: 60_000,
          remindEveryMs: null,
          escalateAfterMs: null,
          tellsResolved: true,
        },
      },
    ]);
    expect(alerts.settings.rule('check_down', null).forMs).toBe(0);
    expect(alerts.settings.rule('no_data', null).isEnabled).toBe(false);
  });

  it('mistakes are named', () => {
    expect(mistakesOf('alerts: { alertmanagers: ["127.0.0.1:9093"] }\n')).toEqual([expect.stringContaining('http')]);
    expect(mistakesOf('alerts: { rules: { check_dwn: {} } }\n')).toEqual([expect.stringContaining('check_down')]);
    expect(mistakesOf('alerts: { alertmanagers: ["http://a", "http://a"] }\n')).toEqual([
      expect.stringContaining('two receivers are called "a"'),
    ]);
    expect(mistakesOf('alerts: { webhooks: [{ name: ops, url: http://a, secret: geheim }] }\n')).toEqual([
      expect.stringContaining('a secret is never written into the configuration'),
    ]);
  });

  /** A shop behind an uplink, checked each half hour, promised with a target of 80 % and one of 99.9 %. */
  const WORLD = `checks:
  - { id: uplink, probe: { type: tcp, host: a, port: 1 } }
  - { id: shop, every: 30m, probe: { type: tcp, host: a, port: 80 } }
customers: [{ id: acme }]
contracts:
  - id: hosting
    customer: acme
    objectives:
      - { id: low, indicator: { kind: availability, checks: [uplink] }, target: "80", period: calendar_month }
      - { id: slow, indicator: { kind: availability, checks: [shop] }, target: "99.9", period: calendar_month }
      - { id: uptime, indicator: { kind: availability, checks: [uplink] }, target: "99.9", period: calendar_month }
`;

  it('a check and an objective may have settings of their own, laid over those of all', () => {
    const { settings } = loadYaml(`${WORLD}
alerts:
  rules: { check_down: { for: 2m, keep: 3m }, coverage_low: { below: "80" } }
  checks: [{ ids: [shop], depends_on: [uplink], rules: { check_down: { for: 5m, flapping: off } } }]
  objectives:
    - { contract: hosting, ids: [uptime], rules: { coverage_low: { clears_at: "99" }, budget_burning: { rates: { 1h: 20 } } } }
`).alerts;
    expect(settings.rule('check_down', { check: 'uplink' })).toMatchObject({ forMs: 120_000, keepMs: 180_000 });
    expect(settings.rule('check_down', { check: 'shop' })).toEqual({
      isEnabled: true,
      forMs: 300_000,
      keepMs: 180_000,
      flapping: null,
    });
    expect(settings.dependsOn.get('shop')).toEqual(['uplink']);
    const limits = settings.limits({ contract: 'hosting', objective: 'uptime' });
    expect(limits.coverage_low).toEqual({ belowPpb: 800_000_000, clearsAtPpb: 990_000_000 });
    expect(limits.budget_burning).toEqual({ rates: { '1h': 20 } });
    expect(settings.limits({ contract: 'hosting', objective: 'low' }).budget_burning).toEqual({ rates: {} });
  });

  it.each([
    [
      'objectives: [{ contract: hosting, ids: [low], rules: { budget_burning: { rates: { 1h: 14.4 } } } }]',
      'it can never fire for low: even when everything fails the budget of this target burns only 5 times as fast',
    ],
    [
      'objectives: [{ contract: hosting, ids: [slow], rules: { budget_burning: { rates: { 1h: 10 } } } }]',
      'it can never fire for slow: its checks run too seldom: three failed runs have to fit into the window',
    ],
    ['checks: [{ ids: [shopp] }]', 'no check "shopp", did you mean shop?'],
    ['checks: [{ ids: [shop], depends_on: [shop] }]', 'a circle: shop depends on shop'],
    ['checks: [{ ids: [shop] }, { ids: [shop] }]', 'shop has its settings in alerts.checks[0] already'],
    ['objectives: [{ contract: hosting, ids: [uptim] }]', 'no objective of hosting "uptim", did you mean uptime?'],
    [
      'rules: { coverage_low: { below: "99" } }',
      'it has to clear at or above the limit below which it fires; set both',
    ],
    ['rules: { check_down: { flapping: { bad: 6, of: 50 } } }', 'at most 30'],
  ])('refused with its line: %s', (line, message) => {
    expect(mistakesOf(`${WORLD}alerts:\n  ${line}\n`)).toEqual([expect.stringContaining(message)]);
    expect(mistakesOf(`${WORLD}alerts:\n  ${line}\n`)[0]).toMatch(/^13:/);
  });

  const mistakesWith = (webhook: string, files: Readonly<Record<string, string>> = {}) =>
    mistakesOf(`alerts:\n  webhooks:\n    - { name: ops, ${webhook} }\n`, files);

  it('a template that does not compile, or gives no JSON, is refused with its place', () => {
    const own = 'url: "http://a", template: { file: own.liquid }';
    expect(mistakesWith(own, { 'own.liquid': '{\n  "text": {{ titel | json }}\n}' })).toEqual([
      expect.stringMatching(/^3:47 alerts\.webhooks\[0\]\.template: undefined variable: titel, line:2, col:14/),
    ]);
    expect(mistakesWith(own, { 'own.liquid': '{ {% if firing %} }' })).toEqual([expect.stringContaining('not closed')]);
    expect(mistakesWith(own, { 'own.liquid': '{ "text": {{ title }} }' })).toEqual([
      expect.stringContaining('does a value lack "| json"?'),
    ]);
    expect(mistakesWith(own, { 'own.liquid': '{ "text": {{ title | json }} }' })).toEqual([]);
    expect(mistakesWith('url: "http://a", template: pagerduty')).toEqual([
      expect.stringContaining('the template pagerduty wants routing_key'),
    ]);
  });

  it('an address and certificates that come from a file are looked at, too', () => {
    const files = { address: 'chat.example.net', 'ca.pem': 'no certificate' };
    expect(mistakesWith('url: { file: address }', files)).toEqual([
      expect.stringContaining('alerts.webhooks[0].url: what was read is no address'),
    ]);
    expect(mistakesWith('url: "https://a", ca: { file: ca.pem }', files)).toEqual([
      expect.stringContaining('alerts.webhooks[0].ca: this is no certificate in PEM'),
    ]);
  });

  it('mail goes over TLS with a login, and a digest is one mail for everything in so long', () => {
    const mail = (smtp: string) => `alerts:
  mail: [{ name: ops, smtp: ${smtp}, from: nines@example.net, to: [ops@example.net], digest: 1h }]
`;
    const [receiver] = loadYaml(mail('{ host: mail.example.net, username: nines, password: { env: PASSWORD } }'), {
      PASSWORD: 'geheim',
    }).alerts.receivers;
    expect(receiver).toMatchObject({
      kind: 'mail',
      smtp: { port: 587, tls: 'starttls', login: { username: 'nines', password: 'geheim' } },
      terms: { groupBy: [], groupIntervalMs: 3_600_000 },
    });
    expect(mistakesOf(mail('{ host: a, tls: none, username: a, password: { env: HOME } }'))).toEqual([
      expect.stringContaining('a password is never sent without TLS'),
    ]);
  });
});
