import { describe, expect, it } from 'vitest';
import { loadYaml, mistakesOf } from '../../support/nines-file.ts';

describe('alerts', () => {
  it('all rules are on when nothing is said, and nobody is told', () => {
    const { alerts } = loadYaml('customers: []\n');
    expect(alerts.receivers).toEqual([]);
    expect(alerts.everyMs).toBe(15_000);
    expect(alerts.rules.check_down).toEqual({ isEnabled: true, forMs: 60_000, keepMs: 60_000 });
    expect(Object.values(alerts.rules).every(({ isEnabled }) => isEnabled)).toBe(true);
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
    const plain = { ca: null, basicAuth: null, timeoutMs: 10_000, secret: null };
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
      { ...plain, kind: 'webhook', name: 'ops', url: 'https://chat.example.net/hook', secret: 'key' },
    ]);
    expect(alerts.rules.check_down.forMs).toBe(0);
    expect(alerts.rules.no_data.isEnabled).toBe(false);
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
});
