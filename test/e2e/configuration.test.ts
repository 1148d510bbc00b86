import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../support/folders.ts';
import { httpTarget } from '../support/probe-targets/http-targets.ts';
import { eventually, runCommand } from '../support/programs.ts';
import { ADMIN_TOKEN, type CheckSettings, Deployment } from './deployment.ts';

/** A mistake of every kind: unknown key, wrong unit, duplicate id, dangling reference. */
const WRONG_NINES = `collector: { listen: 127.0.0.1:9640, data: ./data, max_skw: 30s }
agents:
  - { name: fra }
  - { name: fra }
checks:
  - { id: home, every: 30, probe: { type: http, url: https://shop.example/ } }
  - { id: home, every: 30s, from: [ams], probe: { type: http, url: https://shop.example/ } }
customers: [{ id: acme }]
contracts:
  - id: hosting
    customer: acne
    objectives:
      - { id: up, indicator: { kind: availability, checks: [hom] }, target: 99.9, period: calendar_month }
`;

const WRONG_AGENT = `collector: { url: sla.example.net, token: open-sesame }
spool: { directory: spool, max_size: 1GB, max_aeg: 30d }
batch_interval: 5
`;

describe('a configuration with mistakes', () => {
  it.each(['serve', 'check-config'])(
    '%s lists those of form, each with its place, and ends with 2',
    async (command) => {
      const cwd = temporaryFolder();
      const path = join(cwd, 'nines.yaml');
      writeFileSync(path, WRONG_NINES);
      const { code, out, err } = await runCommand('collector', [command, '--config', path], { cwd });
      expect({ code, out }).toEqual({ code: 2, out: '' });
      expect(placesIn(err, path)).toEqual([
        '1:52 collector.max_skw: unknown key, did you mean max_skew?',
        expect.stringMatching(/^6:24 checks\[0\]\.every: .*30s.*not the number 30/),
        expect.stringMatching(/^13:77 contracts\[0\]\.objectives\[0\]\.target: .*in quotes/),
      ]);
    },
  );

  it('then those of meaning: what is there twice, and what points nowhere', async () => {
    const cwd = temporaryFolder();
    const path = join(cwd, 'nines.yaml');
    const wellFormed = WRONG_NINES.replace(', max_skw: 30s', '')
      .replace('every: 30,', 'every: 30s,')
      .replace('99.9', '"99.9"');
    writeFileSync(path, wellFormed);
    const { code, out, err } = await runCommand('collector', ['serve', '--config', path], { cwd });
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(placesIn(err, path)).toEqual([
      expect.stringMatching(/^4:\d+ agents\[1\]\.name: .*fra/),
      expect.stringMatching(/^7:\d+ checks\[1\]\.id: .*home/),
      expect.stringMatching(/^7:\d+ checks\[1\]\.from\[0\]: .*ams/),
      expect.stringMatching(/^11:\d+ contracts\[0\]\.customer: .*"acne", did you mean acme\?/),
      expect.stringMatching(/^13:\d+ .*checks\[0\]: .*"hom", did you mean home\?/),
    ]);
  });

  it.each(['run', 'check-config'])(
    'nines-agent %s: the same, without echoing what may be a secret',
    async (command) => {
      const cwd = temporaryFolder();
      const path = join(cwd, 'agent.yaml');
      writeFileSync(path, WRONG_AGENT);
      const { code, out, err } = await runCommand('agent', [command, '--config', path], { cwd });
      expect({ code, out }).toEqual({ code: 2, out: '' });
      expect(placesIn(err, path)).toEqual([
        expect.stringMatching(/^1:\d+ collector\.url: .*http/),
        expect.stringMatching(/^1:\d+ collector\.token: /),
        '2:43 spool.max_aeg: unknown key, did you mean max_age?',
        expect.stringMatching(/^3:\d+ batch_interval: .*not the number 5/),
      ]);
      expect(err).not.toContain('sesame');
    },
  );

  it.each(['collector', 'agent'] as const)('a file that is not there: %s says so and ends with 2', async (program) => {
    const cwd = temporaryFolder();
    const { code, err } = await runCommand(program, ['check-config', '--config', 'nowhere.yaml'], { cwd });
    expect({ code, err }).toEqual({ code: 2, err: 'nowhere.yaml: no such file\n' });
  });
});

describe('a reload', () => {
  it('with a broken file keeps the old configuration and says so; with a good one agents pick up the new checks', {
    timeout: 90_000,
  }, async () => {
    const target = await httpTarget((_, response) => response.end('hello'));
    const check = (id: string): CheckSettings => ({ id, every: '200ms', probe: { type: 'http', url: target.url } });
    const deployment = await Deployment.create({ agents: ['fra'], checks: [check('home')] });
    const collector = await deployment.startCollector();
    const agent = await deployment.startAgent('fra');
    const checksOfAgent = () => deployment.metric('nines_agent_checks{agent="fra",location="fra"}');
    await eventually('it delivers', async () => (await checksOfAgent()) === 1);
    const successful = () => deployment.metric('nines_config_last_reload_successful');
    expect(await successful()).toBe(1);

    writeFileSync(deployment.ninesPath, WRONG_NINES);
    collector.signal('SIGHUP');
    await eventually('it says so', async () => (await successful()) === 0);
    const said = deployment.logged(deployment.collectorLog).find(({ level }) => level === 50);
    expect(said).toMatchObject({ mistakes: { length: 3 }, msg: expect.stringContaining('the one before stays') });
    const refused = await reload(deployment, ADMIN_TOKEN);
    expect(refused.status).toBe(400);
    expect(refused.text).toContain('nines.yaml:1:52 collector.max_skw');
    const count = deployment.recorded('fra').length;
    await eventually('it goes on measuring', () => deployment.recorded('fra').length > count);
    expect(await checksOfAgent()).toBe(1);

    deployment.configure({ checks: [check('home'), check('basket')] });
    collector.signal('SIGHUP');
    await eventually('it is taken', async () => (await successful()) === 1);
    await eventually('the agent runs the new check', () =>
      deployment.recorded('fra').some(({ check: id }) => id === 'basket'),
    );
    await eventually('and it is stored', async () =>
      (await deployment.stored()).some(({ check: id }) => id === 'basket'),
    );
    expect((await deployment.attainment('basket', Date.now() - 60_000, Date.now())).good).toBeGreaterThan(0);
    expect(await agent.stop()).toEqual({ code: 0, signal: null });
    expect(await collector.stop()).toEqual({ code: 0, signal: null });
    await target.close();
  });

  it('is done for an administrator over HTTP, and for nobody else', async () => {
    const deployment = await Deployment.create({ agents: ['fra'], checks: [] });
    await deployment.startCollector();
    const since = await deployment.metric('nines_config_last_reload_success_timestamp_seconds');
    for (const token of ['guess', '', 'the-token-of-fra']) expect((await reload(deployment, token)).status).toBe(401);
    expect(await deployment.metric('nines_config_last_reload_success_timestamp_seconds')).toBe(since);
    expect(await reload(deployment, ADMIN_TOKEN)).toEqual({ status: 200, text: '{"reloaded":true}' });
    expect(await deployment.metric('nines_config_last_reload_success_timestamp_seconds')).toBeGreaterThan(since ?? 0);
  });
});

/** The mistakes on stderr without the file's name: every line has to be one. */
function placesIn(err: string, path: string): string[] {
  const lines = err.trimEnd().split('\n');
  expect(lines.filter((line) => !line.startsWith(`${path}:`))).toEqual([]);
  return lines.map((line) => line.slice(path.length + 1));
}

async function reload({ url }: Deployment, token: string): Promise<{ status: number; text: string }> {
  const response = await fetch(`${url}/-/reload`, { method: 'POST', headers: { authorization: `Bearer ${token}` } });
  return { status: response.status, text: await response.text() };
}
