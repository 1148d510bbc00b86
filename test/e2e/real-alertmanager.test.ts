import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { eventually, freePort } from '../support/programs.ts';
import { answersHttp, type Daemon, startDaemon } from '../support/real-servers/daemon.ts';
import { systemProgram } from '../support/system-program.ts';
import { Deployment } from './deployment.ts';

const suite = systemProgram({ program: 'prometheus-alertmanager', debianPackage: 'prometheus-alertmanager' });

/** What Alertmanager tells a receiver of ours. */
interface Notification {
  readonly alerts: readonly {
    readonly status: string;
    readonly labels: Readonly<Record<string, string>>;
    readonly annotations: Readonly<Record<string, string>>;
  }[];
}

suite('alerts in a real Alertmanager', () => {
  it('an outage while it is away is told once it is back, once, with its cause, and a restart of ours does not repeat it; then it resolves', async () => {
    const told: Notification[] = [];
    const pager = await listen((body) => told.push(JSON.parse(body)));
    const target = await listen(() => {});
    const port = await freePort();
    const deployment = await Deployment.create({
      agents: ['web03'],
      checks: [{ id: 'shop', every: '1s', timeout: '500ms', probe: { type: 'http', url: target.url } }],
      sections: {
        alerts: {
          every: '500ms',
          alertmanagers: [`http://127.0.0.1:${port}`],
          rules: { ...Object.fromEntries(QUIET.map((rule) => [rule, { enabled: false }])), check_down: SOON },
        },
      },
    });
    const collector = await deployment.startCollector();
    const agent = await deployment.startAgent('web03');
    onTestFinished(async () => {
      await agent.stop();
    });
    await eventually('the check is up', async () =>
      (await deployment.stored()).some(({ outcome }) => outcome === 'up'),
    );
    await target.close();
    const failed = `nines_alert_messages_total{receiver="127.0.0.1:${port}",result="failed"}`;
    await eventually('nobody takes the alert', async () => ((await deployment.metric(failed)) ?? 0) > 0);
    expect(told).toEqual([]);

    const alertmanager = await startAlertmanager(deployment.folder, port, pager.url);
    onTestFinished(async () => {
      await alertmanager.stop();
      await pager.close();
    });
    await eventually('the pager is told', () => told.length > 0);
    await collector.stop();
    const again = await deployment.startCollector();
    onTestFinished(async () => {
      await again.stop();
    });
    await target.reopen();
    await eventually('it is resolved', () =>
      told.some(({ alerts }) => alerts.some((one) => one.status === 'resolved')),
    );
    const alerts = told.flatMap((notification) => notification.alerts);
    expect(alerts.map(({ status }) => status)).toEqual(['firing', 'resolved']);
    expect(alerts[0]?.labels).toEqual({ alertname: 'NinesCheckDown', check: 'shop', severity: 'page' });
    expect(alerts[0]?.annotations).toMatchObject({
      summary: 'shop is down',
      cause: expect.stringMatching(/connection-refused.*web03/),
    });
  }, 90_000);
});

const SOON = { for: '1s', keep: '1s' };
const QUIET = ['no_data', 'coverage_low', 'objective_breached', 'budget_spent', 'budget_burning', 'agent_gone'];

function startAlertmanager(folder: string, port: number, pager: string): Promise<Daemon> {
  const directory = join(folder, 'alertmanager');
  mkdirSync(directory);
  const config = join(directory, 'alertmanager.yml');
  const route = { receiver: 'pager', group_by: ['alertname'], group_wait: '100ms', group_interval: '1s' };
  // JSON is YAML.
  writeFileSync(config, JSON.stringify({ route, receivers: [{ name: 'pager', webhook_configs: [{ url: pager }] }] }));
  return startDaemon({
    program: 'prometheus-alertmanager',
    args: [
      `--config.file=${config}`,
      `--storage.path=${directory}`,
      `--web.listen-address=127.0.0.1:${port}`,
      '--cluster.listen-address=',
    ],
    isReady: () => answersHttp(`http://127.0.0.1:${port}/-/ready`),
  });
}

/** A server on a port of its own that takes everything. */
async function listen(onBody: (body: string) => void) {
  const port = await freePort();
  const open = () => {
    const server = createServer((request, response) => {
      let body = '';
      request.on('data', (chunk) => {
        body += String(chunk);
      });
      request.on('end', () => {
        if (body !== '') onBody(body);
        response.end('well');
      });
    });
    return new Promise<typeof server>((resolve) => server.listen(port, '127.0.0.1', () => resolve(server)));
  };
  let server = await open();
  return {
    url: `http://127.0.0.1:${port}/`,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
    async reopen() {
      server = await open();
    },
  };
}
