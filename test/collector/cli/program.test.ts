import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { runProgram } from '../../../collector/src/cli/program.ts';
import { Collector } from '../../../collector/src/collector.ts';
import { loadNines } from '../../../collector/src/config/nines.ts';
import { openStore } from '../../../collector/src/store/open.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { listen } from '../../support/probe-targets/listening.ts';

const YAML = `
collector: { listen: 127.0.0.1:0, data: data }
agents: [{ name: web03, location: fra, token: { env: TOKEN } }, { name: nyc }]
checks: [{ id: shop, probe: { type: tcp, host: 127.0.0.1, port: 9 } }]
customers: [{ id: acme }]
contracts:
  - id: hosting
    customer: acme
    objectives: [{ id: uptime, indicator: { kind: availability, checks: [shop] }, target: "99", period: calendar_month }]
`;

const env = { TOKEN: 'token-of-web03' };

let config = '';
const closing: (() => Promise<void>)[] = [];

beforeEach(() => {
  config = join(mkdtempSync(join(tmpdir(), 'nines-cli-')), 'nines.yaml');
  writeFileSync(config, YAML);
});

afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

interface Outcome {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

async function call(...args: string[]): Promise<Outcome> {
  const said = { out: '', err: '' };
  const code = await runProgram(args, {
    env,
    out: (text) => {
      said.out += text;
    },
    err: (text) => {
      said.err += text;
    },
  });
  return { code, ...said };
}

async function startCollector(): Promise<Collector> {
  const load = () => loadNines(config, env);
  const nines = load();
  const store = await openStore({ directory: nines.dataDirectory });
  const collector = await Collector.start({
    nines,
    store,
    clock: new ManualClock(),
    log: pino({ level: 'silent' }),
    load,
  });
  closing.push(() => collector.stop());
  await collector.readJournal();
  return collector;
}

describe('nines-collector', () => {
  it.each([
    [['--help']],
    [['serve', '--help']],
    [['check-config', '--help']],
    [['attainment', '--help']],
    [['agent', '--help']],
    [['agent', 'add', '--help']],
    [['agent', 'list', '--help']],
    [['agent', 'revoke', '--help']],
  ])('%j explains itself with an example', async (args) => {
    const { code, out } = await call(...args);
    expect(code).toBe(0);
    expect(out).toContain('Example:\n  $ nines-collector ');
  });

  it('prints its version', async () => {
    const { version } = JSON.parse(readFileSync(new URL('../../../collector/package.json', import.meta.url), 'utf8'));
    expect(await call('--version')).toMatchObject({ code: 0, out: `${version}\n` });
  });

  it('calls an unknown command or option a mistake, and names the one that was meant', async () => {
    expect(await call('serv')).toMatchObject({ code: 2, err: expect.stringContaining('Did you mean serve?') });
    expect(await call('check-config', '--confg', 'x')).toMatchObject({ code: 2 });
  });

  it('check-config says what a right file amounts to, and every mistake of a wrong one without a stack', async () => {
    expect(await call('check-config', '--config', config)).toEqual({
      code: 0,
      out: expect.stringMatching(/: 2 agents, 1 check, 1 objective; no mistakes\n.*, version 1 /),
      err: '',
    });
    writeFileSync(config, YAML.replace('probe: {', 'prob: {').replace('"99"', '"101"'));
    const { code, err } = await call('check-config', '--config', config);
    expect([code, err]).toEqual([
      2,
      `${config}:4:22 checks[0].prob: unknown key, did you mean probe?\n` +
        `${config}:9:91 contracts[0].objectives[0].target: expected a percentage from "0" to "100" with at most 7 decimals, not "101"\n`,
    ]);
  });

  it('a missing file is a mistake, named without a stack', async () => {
    expect(await call('check-config', '--config', '/nowhere/nines.yaml')).toEqual({
      code: 2,
      out: '',
      err: '/nowhere/nines.yaml: no such file\n',
    });
  });

  it('issues, lists and revokes tokens beside the running collector, and keeps only their hash', async () => {
    const collector = await startCollector();
    const { code, out } = await call('agent', 'add', 'nyc', '--config', config, '--json');
    expect(code).toBe(0);
    const { token } = JSON.parse(out);
    const { dataDirectory } = loadNines(config, env);
    const files = ['nines.db', 'nines.db-wal'].map((name) => readFileSync(join(dataDirectory, name), 'latin1'));
    expect(files.join('')).not.toContain(token);
    const rows = async () => JSON.parse((await call('agent', 'list', '--config', config, '--json')).out).agents;
    expect(await rows()).toEqual([
      { name: 'web03', location: 'fra', configured_token: true, issued_tokens: 0, revoked_tokens: 0 },
      { name: 'nyc', location: 'nyc', configured_token: false, issued_tokens: 1, revoked_tokens: 0 },
    ]);
    expect((await call('agent', 'revoke', 'web03', '--config', config)).out).toBe('1 tokens of web03 revoked\n');
    expect((await call('agent', 'revoke', 'web03', '--config', config)).code).toBe(1);
    expect((await rows())[0]).toMatchObject({ configured_token: true, revoked_tokens: 1 });
    expect(collector.address).toMatch(/^http:/);
  });

  it('issues a token for an importer too, and lists it with its streams', async () => {
    writeFileSync(config, `${YAML}importers: [{ name: helpdesk, streams: [tickets, leads] }]\n`);
    expect((await call('agent', 'add', 'helpdesk', '--config', config)).code).toBe(0);
    expect((await call('agent', 'list', '--config', config)).out).toMatch(/^helpdesk +→ tickets leads +1 issued/m);
  });

  it('refuses a token for an agent that nobody configured', async () => {
    expect(await call('agent', 'add', 'ams', '--config', config)).toMatchObject({
      code: 2,
      err: `${config} agents: no agent "ams"; add it under agents: (or importers:) first\n`,
    });
  });

  it('attainment asks the running collector, and says so when there is none', async () => {
    const { address } = await startCollector();
    const asked = await call('attainment', '--url', address);
    expect(asked.code).toBe(0);
    expect(asked.out).toMatch(/^hosting\/uptime +2026-09 +inconclusive +no data of 99 %, coverage 0\.0000000 %/);
    expect(JSON.parse((await call('attainment', '--url', address, '--json')).out).attainments).toHaveLength(1);
    expect(await call('attainment', '--url', address, '--contract', 'none')).toMatchObject({ code: 4 });
    expect(await call('attainment', '--url', 'http://127.0.0.1:9')).toMatchObject({
      code: 4,
      err: expect.stringContaining('is the collector running?'),
    });
  });

  it.each([
    [
      'a promise is breached, whatever else is open',
      [
        ['breached', true],
        ['inconclusive', false],
      ],
      1,
    ],
    [
      'none is, but of a period that is over nobody can say',
      [
        ['met', false],
        ['inconclusive', false],
      ],
      3,
    ],
    [
      'what runs is open, as it has to be',
      [
        ['inconclusive', true],
        ['met', false],
      ],
      0,
    ],
    ['there is nothing to say', [], 0],
  ] as const)('attainment ends with its verdict: %s', async (_, verdicts, code) => {
    const money = { currency: null, credits: [], rewards: [] };
    const one = {
      ...money,
      contract: 'hosting',
      objective: 'uptime',
      target: '99.9',
      attainment: null,
      coverage: null,
    };
    const attainments = verdicts.map(([verdict, running]) => ({
      ...one,
      ...{ verdict, unit: 'ms', scale: 1, error_budget: { left: 0 }, period: { name: '2026-10', running } },
    }));
    const collector = await listen(createServer((_request, response) => response.end(JSON.stringify({ attainments }))));
    onTestFinished(() => collector.close());
    expect((await call('attainment', '--url', `http://127.0.0.1:${collector.port}`)).code).toBe(code);
  });

  it('attainment names a wrong address as a mistake, and does not print what is no collector', async () => {
    expect(await call('attainment', '--url', 'nowhere')).toMatchObject({
      code: 2,
      err: expect.stringContaining('"nowhere"'),
    });
    const { address } = await startCollector();
    const elsewhere = await call('attainment', '--url', address, '--period', 'May');
    expect(elsewhere).toMatchObject({ code: 4, out: '', err: expect.stringContaining('has a period "May"') });
  });

  it('check-config says which check nobody runs', async () => {
    writeFileSync(config, 'checks: [{ id: shop, probe: { type: tcp, host: 127.0.0.1, port: 9 } }]');
    const { code, err } = await call('check-config', '--config', config);
    expect([code, err]).toEqual([0, `${config}: nobody runs check shop: there is no agent yet\n`]);
  });

  it('refuses a data folder that another collector uses, in one sentence', async () => {
    await startCollector();
    const { code, err } = await call('serve', '--config', config, '--log-level', 'silent');
    expect([code, err.trim().split('\n').length]).toEqual([1, 1]);
  });
});
