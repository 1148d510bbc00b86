import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { testAlerts } from '../../collector/src/cli/alert.ts';
import { temporaryFolder } from '../support/folders.ts';
import { listen } from '../support/listener.ts';
import { createAuthority } from '../support/probe-targets/certificates.ts';
import { eventually, freePort } from '../support/programs.ts';
import { startAlertmanager, startAlertmanagers } from '../support/real-servers/alertmanager.ts';
import { systemProgram } from '../support/system-program.ts';
import { Deployment } from './deployment.ts';

const suite = systemProgram({ program: 'prometheus-alertmanager', debianPackage: 'prometheus-alertmanager' });

/** What Alertmanager tells a receiver of ours. */
interface Notification {
  readonly alerts: readonly {
    readonly status: string;
    readonly startsAt: string;
    readonly labels: Readonly<Record<string, string>>;
    readonly annotations: Readonly<Record<string, string>>;
  }[];
}

suite('alerts in a real Alertmanager', () => {
  it('an outage while it is away is told once it is back, once, with its cause, and a restart of ours does not repeat it; then it resolves', async () => {
    const pager = await listen();
    const target = await listen();
    const told = () => pager.heard.flatMap(({ body }) => notification(body).alerts);
    const port = await freePort();
    const deployment = await Deployment.create(aWorld(target.url, [port]));
    writeFileSync(deployment.tokenPath('anna'), 'anna-1');
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
    expect(told()).toEqual([]);

    const alertmanager = await startAlertmanager({ folder: deployment.folder, port, pager: pager.url });
    onTestFinished(async () => {
      await alertmanager.stop();
      await pager.close();
    });
    await eventually('the pager is told', () => told().length > 0);
    await collector.stop();
    const again = await deployment.startCollector();
    onTestFinished(async () => {
      await again.stop();
    });
    await target.reopen();
    await eventually('it is resolved', () => told().some((one) => one.status === 'resolved'));
    expect(told().map(({ status }) => status)).toEqual(['firing', 'resolved']);
    expect(told()[0]?.labels).toEqual({ alertname: 'NinesCheckDown', check: 'shop', severity: 'page' });
    expect(told()[0]?.annotations).toMatchObject({
      summary: 'shop is down',
      cause: expect.stringMatching(/connection-refused.*web03/),
    });
  }, 90_000);
});

suite('several Alertmanagers', () => {
  it('both nodes of a cluster get an outage and its end, and their pager hears of one of each', async () => {
    const pager = await listen();
    const target = await listen();
    const { folder } = await Deployment.create({ agents: [], checks: [] });
    const nodes = await startAlertmanagers(folder, pager.url);
    onTestFinished(async () => {
      for (const { daemon } of nodes) await daemon.stop();
      await pager.close();
    });
    const ports = nodes.map(({ port }) => port);
    const deployment = await Deployment.create(aWorld(target.url, ports));
    writeFileSync(deployment.tokenPath('anna'), 'anna-1');
    const collector = await deployment.startCollector();
    const agent = await deployment.startAgent('web03');
    onTestFinished(async () => {
      await agent.stop();
      await collector.stop();
    });
    await eventually('the check is up', async () =>
      (await deployment.stored()).some(({ outcome }) => outcome === 'up'),
    );
    await target.close();
    const active = (port: number) => alertsOf(port, 'active');
    await eventually('both have it', async () =>
      (await Promise.all(ports.map(active))).every(({ length }) => length === 1),
    );
    expect(await Promise.all(ports.map(active))).toEqual([
      [expect.objectContaining({ check: 'shop' })],
      [expect.objectContaining({ check: 'shop' })],
    ]);
    await eventually('the pager is told', () => pager.heard.length > 0);
    // The second node waits two seconds for the first, and tells then what it has not heard of from it.
    await new Promise((resolve) => setTimeout(resolve, 4_000));
    await target.reopen();
    const told = () =>
      pager.heard.flatMap(({ body }) =>
        notification(body).alerts.map(({ status, startsAt }) => `${status} ${startsAt}`),
      );
    await eventually('it is resolved', () => told().some((one) => one.startsWith('resolved')));
    await new Promise((resolve) => setTimeout(resolve, 4_000));
    const [first = ''] = told();
    // A cluster tells at least once: on a busy machine the nodes may not have heard of each other in time.
    expect([...new Set(told())]).toEqual([first, first.replace('firing', 'resolved')]);
  }, 90_000);

  it('one over TLS with a login is told; one whose certificate nobody knows, that wants another password or is not there is named by alert test', async () => {
    const authority = createAuthority();
    onTestFinished(() => authority.remove());
    const { key, cert } = authority.issue({ names: ['127.0.0.1'] });
    const folder = temporaryFolder();
    const write = (name: string, text: string) => {
      writeFileSync(join(folder, name), text);
      return join(folder, name);
    };
    const port = await freePort();
    const web = {
      tls_server_config: { cert_file: write('cert.pem', cert), key_file: write('key.pem', key) },
      basic_auth_users: { nines: BCRYPT },
    };
    const alertmanager = await startAlertmanager({ folder, port, pager: 'http://127.0.0.1:9/', web });
    onTestFinished(async () => {
      await alertmanager.stop();
    });
    const url = `https://127.0.0.1:${port}`;
    const ca = { file: authority.caFile };
    const login = (password: string) => ({ username: 'nines', password: { file: write(password, password) } });
    const alertmanagers = [
      { name: 'known', url, ca, basic_auth: login(PASSWORD) },
      { name: 'untrusted', url, basic_auth: login(PASSWORD) },
      { name: 'stranger', url, ca, basic_auth: login('another') },
      { name: 'nowhere', url: 'http://127.0.0.1:9' },
    ];
    const config = write('nines.yaml', JSON.stringify({ alerts: { alertmanagers } }));
    let said = '';
    const say = (text: string) => {
      said += text;
    };
    await eventually('it answers', async () => {
      said = '';
      await testAlerts({ config, json: false }, { env: {}, out: say, err: say });
      return said.includes('known: taken');
    });
    expect(said.split('\n')).toEqual([
      'known: taken',
      expect.stringMatching(/^untrusted: .*certificate/),
      expect.stringMatching(/^stranger: answered 401/),
      expect.stringMatching(/^nowhere: .*ECONNREFUSED/),
      '',
    ]);
  }, 60_000);
});

suite('maintenance as silences of real Alertmanagers', () => {
  it('one for the two of a cluster, which no restart of ours doubles; what is quiet calls nobody; a cancellation ends it', async () => {
    const pager = await listen();
    const target = await listen();
    const folder = (await Deployment.create({ agents: [], checks: [] })).folder;
    const nodes = await startAlertmanagers(folder, pager.url);
    onTestFinished(async () => {
      for (const { daemon } of nodes) await daemon.stop();
      await pager.close();
    });
    const deployment = await Deployment.create(
      aWorld(
        target.url,
        nodes.map(({ port }) => port),
      ),
    );
    writeFileSync(deployment.tokenPath('anna'), 'anna-1');
    let collector = await deployment.startCollector();
    onTestFinished(async () => {
      await collector.stop();
    });
    const maintenance = async (body: object): Promise<{ id: string }> => {
      const headers = { 'content-type': 'application/json', authorization: 'Bearer anna-1' };
      const request = { method: 'POST', headers, body: JSON.stringify(body) };
      return JSON.parse(await (await fetch(`${deployment.url}/api/v1/maintenance`, request)).text());
    };
    const from = new Date().toISOString();
    const to = new Date(Date.now() + 3_600_000).toISOString();
    const { id } = await maintenance({ from, to, reason: 'kernel', checks: ['shop'] });
    const silences = () => Promise.all(nodes.map(({ port }) => silencesOf(port)));
    const isMirrored = async () => (await silences()).every((found) => found.length === 2);
    await eventually('each has the silence of the check and that of its contract', isMirrored);
    const before = await silences();
    expect(new Set(before[0]?.map(({ id }) => id))).toEqual(new Set(before[1]?.map(({ id }) => id)));
    expect(before[0]).toContainEqual(
      expect.objectContaining({ createdBy: 'anna', comment: `kernel [nines: maintenance ${id}, checks]`, endsAt: to }),
    );

    await collector.stop();
    collector = await deployment.startCollector();
    const agent = await deployment.startAgent('web03');
    onTestFinished(async () => {
      await agent.stop();
    });
    await target.close();
    await eventually('it is down, and quiet', async () => (await deployment.metric('nines_alert_quiet')) === 1);
    expect(await silences()).toEqual(before);
    expect(pager.heard).toEqual([]);
    await maintenance({ cancel: id, reason: 'postponed' });
    await eventually('the silences are gone', async () => (await silences()).every((found) => found.length === 0));
    await eventually('somebody is called', () => pager.heard.length > 0);
  }, 90_000);
});

/** One check on the target each second, and nothing but its downtime watched, twice a second. */
function aWorld(target: string, alertmanagers: readonly number[]) {
  return {
    agents: ['web03'],
    checks: [{ id: 'shop', every: '1s', timeout: '1s', probe: { type: 'http', url: target } }],
    sections: {
      people: [{ name: 'anna', roles: ['operator'], token: { file: 'tokens/anna' } }],
      alerts: {
        every: '500ms',
        alertmanagers: alertmanagers.map((port) => `http://127.0.0.1:${port}`),
        rules: { ...Object.fromEntries(QUIET.map((rule) => [rule, { enabled: false }])), check_down: SOON },
      },
    },
  };
}

const SOON = { for: '1s', keep: '1s' };
const QUIET = ['no_data', 'coverage_low', 'objective_breached', 'budget_spent', 'budget_burning', 'agent_gone'];

interface FoundSilence {
  readonly id: string;
  readonly createdBy: string;
  readonly comment: string;
  readonly endsAt: string;
  readonly status: { readonly state: string };
}

/** Those that are not over. */
async function silencesOf(port: number): Promise<FoundSilence[]> {
  const answer: FoundSilence[] = JSON.parse(await (await fetch(`http://127.0.0.1:${port}/api/v2/silences`)).text());
  return answer.filter(({ status }) => status.state !== 'expired').toSorted((a, b) => (a.id < b.id ? -1 : 1));
}

/** The labels of the alerts that it has in this state. */
async function alertsOf(port: number, state: string): Promise<Record<string, string>[]> {
  const answer: { labels: Record<string, string>; status: { state: string } }[] = JSON.parse(
    await (await fetch(`http://127.0.0.1:${port}/api/v2/alerts`)).text(),
  );
  return answer.filter(({ status }) => status.state === state).map(({ labels }) => labels);
}

/** A password and its hash, a test vector of crypt_blowfish. */
const PASSWORD = 'U*U';
const BCRYPT = '$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW';

function notification(body: string): Notification {
  return JSON.parse(body);
}
