import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { stringify } from 'yaml';
import { settingsOf } from '../../../collector/src/alerts/settings.ts';
import { runProgram } from '../../../collector/src/cli/program.ts';
import { rulesDocument } from '../../../collector/src/prometheus/rules-document.ts';
import { temporaryFolder } from '../../support/folders.ts';
import { realSuite } from '../../support/real-servers/suite.ts';
import { runTool } from '../../support/real-servers/tool.ts';

const OF = '{customer="acme",contract="hosting",objective="uptime"';
const MONTH = { series: `nines_objective_period_seconds${OF}}`, values: '2592000x400' };

interface AlertTest {
  readonly about: string;
  /** One value a minute. */
  readonly series: readonly { readonly series: string; readonly values: string }[];
  readonly atMinutes: number;
  readonly alertname: string;
  /** Labels of those that fire. */
  readonly fires: readonly Readonly<Record<string, string>>[];
}

const objective = { customer: 'acme', contract: 'hosting', objective: 'uptime' };
const success = (agent: string, values: string) => ({ series: `probe_success{check="shop",agent="${agent}"}`, values });
/** A burn rate over a window that was measured as a whole, unless a share is given. */
const burn = (window: string, values: string, coverage = '1x400') => [
  { series: `nines_objective_burn_rate${OF},window="${window}"}`, values },
  { series: `nines_objective_burn_coverage_ratio${OF},window="${window}"}`, values: coverage },
];
const left = (values: string) => ({ series: `nines_objective_error_budget_remaining_ratio${OF}}`, values });

/** An outage of 99.9 % a month: a minute of it is 2.31 % of the budget. */
const TESTS: readonly AlertTest[] = [
  {
    about: 'a check that most locations see down fires after a minute',
    series: [success('a', '1x5 0x20'), success('b', '1x5 0x20'), success('c', '1x30')],
    atMinutes: 8,
    alertname: 'NinesCheckDown',
    fires: [{ check: 'shop', severity: 'page' }],
  },
  {
    about: 'one of three that is cut off calls nobody',
    series: [success('a', '0x30'), success('b', '1x30'), success('c', '1x30')],
    atMinutes: 20,
    alertname: 'NinesCheckDown',
    fires: [],
  },
  {
    about: 'an agent that is silent is no outage',
    series: [success('a', '1x5 _x20'), success('b', '1x30')],
    atMinutes: 15,
    alertname: 'NinesCheckDown',
    fires: [],
  },
  {
    about: 'a check that nobody reports has no data, and is not down',
    series: [
      { series: 'nines_runs_total{check="shop",agent="a",outcome="up"}', values: '5x30' },
      { series: 'nines_run_timestamp_seconds{check="shop",agent="a"}', values: '1x2 stale' },
    ],
    atMinutes: 15,
    alertname: 'NinesNoData',
    fires: [{ check: 'shop', severity: 'ticket' }],
  },
  {
    about: 'a budget that burns now and burned for an hour pages',
    series: [MONTH, ...burn('1h', '0x9 20x60'), left('1x9 1-0.0231x60')],
    atMinutes: 20,
    alertname: 'NinesErrorBudgetBurning',
    fires: [{ ...objective, severity: 'page', window: '1h' }],
  },
  {
    about: 'a minute of data makes no hour, however it was',
    series: [MONTH, ...burn('1h', '277x60', '0.017x60'), left('1-0.0231x60')],
    atMinutes: 20,
    alertname: 'NinesErrorBudgetBurning',
    fires: [],
  },
  {
    about: 'an hour that burned and a budget that stands still page nobody',
    series: [MONTH, ...burn('1h', '20x60'), left('0.7x60')],
    atMinutes: 30,
    alertname: 'NinesErrorBudgetBurning',
    fires: [],
  },
  {
    about: 'over a week the limit of an hour is lower: 2 % of its budget are 3.36 times its pace',
    series: [
      { series: `nines_objective_period_seconds${OF}}`, values: '604800x400' },
      ...burn('1h', '4x60'),
      left('1-0.001x60'),
    ],
    atMinutes: 20,
    alertname: 'NinesErrorBudgetBurning',
    fires: [{ ...objective, severity: 'page', window: '1h' }],
  },
  {
    about: 'of a promise over an hour nothing burns for days',
    series: [
      { series: `nines_objective_period_seconds${OF}}`, values: '3600x400' },
      ...burn('3d', '0.5x60'),
      left('1-0.01x60'),
    ],
    atMinutes: 30,
    alertname: 'NinesErrorBudgetBurning',
    fires: [],
  },
  {
    about: 'a budget is spent by halves, three quarters and whole',
    series: [left('0.2x60')],
    atMinutes: 5,
    alertname: 'NinesErrorBudgetSpent',
    fires: [
      { ...objective, severity: 'info', spent: '50' },
      { ...objective, severity: 'ticket', spent: '75' },
    ],
  },
  {
    about: 'a breach is told at once',
    series: [{ series: `nines_objective_verdict${OF},verdict="breached"}`, values: '0x5 1x5' }],
    atMinutes: 7,
    alertname: 'NinesObjectiveBreached',
    fires: [{ ...objective, severity: 'ticket', verdict: 'breached' }],
  },
  {
    about: 'an agent that has not delivered for three minutes is gone',
    series: [{ series: 'nines_agent_last_received_timestamp_seconds{agent="a",location="fra"}', values: '60x20' }],
    atMinutes: 10,
    alertname: 'NinesAgentGone',
    fires: [{ agent: 'a', location: 'fra', severity: 'ticket' }],
  },
  {
    about: 'a certificate that ends within two weeks has somebody see to it, and calls nobody yet',
    series: [{ series: 'probe_ssl_earliest_cert_expiry{check="shop",agent="a"}', values: '864000x30' }],
    atMinutes: 10,
    alertname: 'NinesCertificateExpiring',
    fires: [{ check: 'shop', severity: 'ticket' }],
  },
  {
    about: 'a backup is overdue by what was promised of it',
    series: [
      { series: 'nines_backup_newest_timestamp_seconds{check="nightly",agent="a"}', values: '0x60' },
      { series: 'nines_backup_max_age_seconds{check="nightly",repository="/srv/backup"}', values: '600x60' },
    ],
    atMinutes: 20,
    alertname: 'NinesBackupOverdue',
    fires: [{ check: 'nightly', severity: 'ticket' }],
  },
  {
    about: 'a backup of which nothing was promised may be a day old',
    series: [{ series: 'nines_backup_newest_timestamp_seconds{check="nightly",agent="a"}', values: '0x60' }],
    atMinutes: 50,
    alertname: 'NinesBackupOverdue',
    fires: [],
  },
  {
    about: 'nobody at the telephones while somebody waits',
    series: [
      { series: 'nines_phone_members_logged_in{check="support",agent="a"}', values: '0x30' },
      { series: 'nines_phone_callers_waiting{check="support",agent="a"}', values: '2x30' },
    ],
    atMinutes: 10,
    alertname: 'NinesPhoneNobodyThere',
    fires: [{ check: 'support', severity: 'page' }],
  },
  {
    about: 'a caller who waits for six minutes',
    series: [{ series: 'nines_phone_longest_wait_seconds{check="support",agent="a"}', values: '360x30' }],
    atMinutes: 10,
    alertname: 'NinesPhoneLongWait',
    fires: [{ check: 'support', severity: 'page' }],
  },
  {
    about: 'an agent whose observations are not believed',
    series: [{ series: 'nines_agent_disbelieved_observations_total{agent="a",location="fra"}', values: '0+5x30' }],
    atMinutes: 15,
    alertname: 'NinesAgentClockWrong',
    fires: [{ agent: 'a', location: 'fra', severity: 'ticket' }],
  },
  {
    about: 'a job that did not report itself',
    series: [{ series: 'nines_heartbeat_state{heartbeat="nightly",state="down"}', values: '1x5' }],
    atMinutes: 2,
    alertname: 'NinesHeartbeatDown',
    fires: [{ heartbeat: 'nightly', state: 'down', severity: 'page' }],
  },
];

const CONFIG = `
collector: { data: data, public_url: https://sla.example.net }
agents: [{ name: fra-1, location: fra, metrics: "web03.example.net:9641" }, { name: ams-1 }]
alerts:
  rules:
    no_data: { enabled: false }
    check_down: { for: 3m }
`;

async function run(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  const path = join(temporaryFolder(), 'nines.yaml');
  writeFileSync(path, CONFIG);
  const said = { out: '', err: '' };
  const code = await runProgram([...args, '--config', path], {
    env: {},
    out: (text) => {
      said.out += text;
    },
    err: (text) => {
      said.err += text;
    },
  });
  return { code, ...said };
}

realSuite('promtool')('rules for Prometheus', () => {
  it('are right as promtool has it, and follow the configuration', async () => {
    const { code, out } = await run('rules');
    expect(code).toBe(0);
    const path = join(temporaryFolder(), 'nines.rules.yml');
    writeFileSync(path, out);
    expect(await runTool('promtool', ['check', 'rules', path])).toMatchObject({ code: 0 });
    expect(out).toContain('alert: NinesCheckDown\n        expr: avg by (check) (probe_success) < 0.5\n        for: 3m');
    expect(out).toContain('link: https://sla.example.net');
    expect(out).not.toContain('NinesNoData');
  });

  it.each(TESTS)('$about', async ({ series, atMinutes, alertname, fires }) => {
    const folder = temporaryFolder();
    const none = { rules: {}, limits: {} };
    const settings = settingsOf({ all: none, own: new Map(), dependsOn: new Map() });
    const document = rulesDocument({ settings, publicUrl: null });
    writeFileSync(join(folder, 'rules.yml'), stringify(withoutAnnotations(document)));
    const expected = {
      eval_time: `${atMinutes}m`,
      alertname,
      exp_alerts: fires.map((labels) => ({ exp_labels: labels })),
    };
    const test = { interval: '1m', input_series: series, alert_rule_test: [expected] };
    const path = join(folder, 'test.yml');
    writeFileSync(path, stringify({ rule_files: ['rules.yml'], evaluation_interval: '1m', tests: [test] }));
    const { code, out, err } = await runTool('promtool', ['test', 'rules', path]);
    expect({ code, said: code === 0 ? '' : out + err }).toEqual({ code: 0, said: '' });
  });

  it('agents that say where their metrics are can be discovered', async () => {
    const { code, out } = await run('targets');
    const targets = [{ targets: ['web03.example.net:9641'], labels: { agent: 'fra-1', location: 'fra' } }];
    expect({ code, targets: JSON.parse(out) }).toEqual({ code: 0, targets });
    const folder = temporaryFolder();
    const [list, config] = [join(folder, 'agents.json'), join(folder, 'prometheus.yml')];
    writeFileSync(list, out);
    writeFileSync(
      config,
      stringify({ scrape_configs: [{ job_name: 'agents', file_sd_configs: [{ files: [list] }] }] }),
    );
    expect(await runTool('promtool', ['check', 'config', config])).toMatchObject({ code: 0 });
  });
});

/** Their words are not compared: each would have to stand in every test. */
function withoutAnnotations({ groups }: ReturnType<typeof rulesDocument>) {
  return {
    groups: groups.map((group) => ({
      ...group,
      rules: group.rules.map((rule) => ({ ...rule, annotations: undefined })),
    })),
  };
}
