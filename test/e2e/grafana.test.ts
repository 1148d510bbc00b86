import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type ProbeTypeName, valuesOf } from '@nines/shared/probes/index.ts';
import { SENT_AT_HEADER } from '@nines/shared/wire.ts';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { dashboards } from '../../config/grafana/source/dashboards.ts';
import { eventually } from '../support/programs.ts';
import { type Prometheus, startPrometheus } from '../support/prometheus.ts';
import { type DaemonFolder, daemonFolder } from '../support/real-servers/daemon.ts';
import { AGENT, createNinesPair } from '../support/real-servers/nines-pair.ts';
import { realSuite } from '../support/real-servers/suite.ts';

const EVERY_MS = 1_000;

/** A check of each kind that a dashboard shows. */
const CHECKS: readonly (Readonly<Record<string, unknown>> & { readonly id: string; readonly type: ProbeTypeName })[] = [
  { id: 'shop', type: 'http', url: 'https://127.0.0.1/' },
  { id: 'zone', type: 'dns', name: 'shop.example', resolver: '127.0.0.1:53' },
  { id: 'nightly', type: 'restic', repository: '/srv/backup', password: { env: 'RESTIC_PASSWORD' } },
  { id: 'verified', type: 'restic_verify', repository: '/srv/backup', password: { env: 'RESTIC_PASSWORD' } },
  { id: 'support', type: 'asterisk_ami', host: '127.0.0.1', username: 'nines', secret: { env: 'AMI_SECRET' } },
];

/** A call that was answered, a backup that was made, and one that was verified. */
const EVENTS = [
  {
    stream: 'calls',
    outcome: 'answered',
    labels: { check: 'support', queue: 'hotline' },
    values: { wait_s: 5, talk_s: 60 },
  },
  { stream: 'backups', outcome: 'good', labels: { check: 'nightly' }, values: { bytes: 1_000 } },
  { stream: 'backup_checks', outcome: 'good', labels: { check: 'verified', kind: 'verify' }, values: {} },
].map((event, index) => ({
  ...event,
  id: `event-${index}`,
  revision: 1,
  at_ms: Date.now() - 120_000,
  ended_at_ms: Date.now() - 60_000,
}));

const sections = (keyFile: string) => ({
  checks: CHECKS.map(({ id, ...probe }) => ({ id, every: '1s', probe })),
  customers: [{ id: 'acme' }],
  heartbeats: [{ id: 'report', key: { file: keyFile }, schedule: { every: '1h' } }],
  contracts: [
    {
      id: 'hosting',
      customer: 'acme',
      draft: true,
      effective: { from: '2026-01-01' },
      time_zone: 'Europe/Berlin',
      fee: { amount: '499.00', currency: 'EUR', per: 'month' },
      objectives: [
        {
          id: 'uptime',
          indicator: { kind: 'availability', checks: ['shop'] },
          target: '99.9',
          period: 'calendar_month',
        },
        {
          id: 'answered',
          indicator: {
            kind: 'phone_service_level',
            formula: 'answered_in_threshold_over_offered',
            threshold: '20s',
            checks: ['support'],
          },
          target: '80',
          period: 'calendar_month',
        },
      ],
      credits: [{ objective: 'uptime', schedule: 'tiers_below', tiers: [{ below: '99.9', credit: '10' }] }],
    },
  ],
});

realSuite('prometheus')('dashboards over a real Prometheus', () => {
  let folder: DaemonFolder;
  let prometheus: Prometheus;
  const stops: (() => unknown)[] = [];

  beforeAll(async () => {
    folder = daemonFolder();
    const keyFile = join(folder.path, 'ping-key');
    writeFileSync(keyFile, 'k'.repeat(32));
    const pair = await createNinesPair({ folder: folder.path, caFile: '', sections: sections(keyFile) });
    const collector = await pair.startCollector();
    stops.push(() => collector.stop());
    prometheus = await startPrometheus(folder.path, scraping(pair.collector));
    stops.push(() => prometheus.stop());
    const token = readFileSync(join(folder.path, 'nines/token'), 'utf8').trim();
    await post(pair.collector, { path: 'events', token, body: { version: 1, events: EVENTS } });
    let isDelivering = true;
    const deliver = async () => {
      for (let sequence = 0; isDelivering; sequence++) {
        await send(pair.collector, { token, sequence });
        await sleep(EVERY_MS);
      }
    };
    const delivering = deliver();
    stops.push(() => {
      isDelivering = false;
      return delivering;
    });
    await eventually('Prometheus has a rate of runs', async () => {
      const found = await prometheus.query('rate(nines_runs_total{outcome="up"}[5s]) > 0', Date.now());
      return found.size === CHECKS.length;
    });
    // The collector waits a minute for a source that knows better why a caller left.
    await eventually(
      'the call is counted',
      async () => (await prometheus.query('nines_phone_calls_total', Date.now())).size > 0,
    );
  }, 150_000);

  afterAll(async () => {
    for (const stop of stops.reverse()) await stop();
    folder.remove();
  });

  it.each(queriesOf())('$dashboard, $panel: $expr', async ({ expr }) => {
    const asked = expr
      .replaceAll(/\$\{?__rate_interval\}?/g, '5s')
      .replaceAll(/\$(customer|contract|check|location)/g, '.*');
    await eventually(`${asked} gives data`, async () => (await prometheus.query(asked, Date.now())).size > 0);
  });

  it('every choice has something to choose from', async () => {
    for (const { id, choices } of dashboards) {
      for (const { metric, label } of choices) {
        const found = await prometheus.query(`count by (${label}) (${metric})`, Date.now());
        expect([id, label, found.size > 0]).toEqual([id, label, true]);
      }
    }
  });
});

interface AskedQuery {
  readonly dashboard: string;
  readonly panel: string;
  readonly expr: string;
}

function queriesOf(): AskedQuery[] {
  return dashboards.flatMap(({ id, rows }) =>
    rows.flatMap(({ panels }) =>
      panels.flatMap(({ title, queries }) => queries.map(({ expr }) => ({ dashboard: id, panel: title, expr }))),
    ),
  );
}

function scraping(collector: string): string {
  return `
global: { scrape_interval: 1s, scrape_timeout: 1s }
scrape_configs: [{ job_name: nines, honor_labels: true, static_configs: [{ targets: ["${collector}"] }] }]
`;
}

/** One run of each check that measured everything its type can measure. */
async function send(collector: string, { token, sequence }: { readonly token: string; readonly sequence: number }) {
  const checks = CHECKS.map(({ id, type }) => ({
    check: id,
    every_ms: EVERY_MS,
    at_ms: [Date.now()],
    up: [1],
    reasons: {},
    values: Object.fromEntries(Object.keys(valuesOf(type)).map((name) => [name, [1_000]])),
  }));
  const body = { version: 1, agent: AGENT, spool: 'dashboards-test', sequence, checks };
  await post(collector, { path: 'batches', token, body });
}

interface Posted {
  readonly path: 'batches' | 'events';
  readonly token: string;
  readonly body: unknown;
}

async function post(collector: string, { path, token, body }: Posted): Promise<void> {
  const response = await fetch(`http://${collector}/api/v1/${path}`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${token}`,
      'content-type': 'application/json',
      [SENT_AT_HEADER]: `${Date.now()}`,
    },
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
}
