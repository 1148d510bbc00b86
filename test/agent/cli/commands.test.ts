import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { runProgram } from '../../../agent/src/cli/program.ts';
import { FakeCollector } from '../../support/fake-collector.ts';
import { temporaryFolder } from '../../support/folders.ts';
import { listen } from '../../support/probe-targets/listening.ts';

async function nines(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  let out = '';
  let err = '';
  const code = await runProgram(args, {
    env: { TOKEN: 'a-token' },
    out: (text) => {
      out += text;
    },
    err: (text) => {
      err += text;
    },
  });
  return { code, out, err };
}

async function site(status = 200): Promise<string> {
  const listening = await listen(
    createServer((_, response) => {
      response.writeHead(status);
      response.end('hello');
    }),
  );
  onTestFinished(() => listening.close());
  return `http://127.0.0.1:${listening.port}/`;
}

function configFile(collectorUrl: string): string {
  const path = join(temporaryFolder(), 'agent.yaml');
  writeFileSync(path, `collector: { url: "${collectorUrl}", token: { env: TOKEN } }\nspool: { directory: spool }\n`);
  return path;
}

const checkOf = (id: string, url: string) => ({
  id,
  every_ms: 30_000,
  timeout_ms: 10_000,
  probe: { type: 'http', url },
});

describe('nines-agent', () => {
  it.each(['run', 'check', 'probe', 'check-config'])('%s --help has an example and ends with 0', async (command) => {
    const { code, out } = await nines(command, '--help');
    expect(code).toBe(0);
    expect(out).toContain(`Example:\n  $ nines-agent ${command}`);
  });

  it('--version is a version', async () => {
    expect(await nines('--version')).toMatchObject({ code: 0, out: expect.stringMatching(/^\d+\.\d+\.\d+\n$/) });
  });

  it.each([
    [['rn'], /unknown command 'rn'/],
    [['run', '--confg', 'x'], /unknown option '--confg'/],
    [['check'], /missing required argument 'name'/],
    [['run', '--log-level', 'loud'], /--log-level/],
    [['run', '--config', '/nowhere/agent.yaml'], /\/nowhere\/agent\.yaml: no such file/],
    [['probe', 'htp', 'url=http://127.0.0.1/'], /did you mean http\?/],
    [['probe', 'http', 'url'], /expected key=value, not "url"/],
    [
      ['probe', 'http', 'url=http://127.0.0.1/', 'expect.staus=[200]'],
      /expect\.staus: unknown key, did you mean status\?/,
    ],
    [['probe', 'http', 'url=[', 'x'], /url=\[/],
    [['probe', 'http', 'url=http://127.0.0.1/', '__proto__.x=1'], /"__proto__\.x" is no option/],
    [['probe', 'http', 'url=http://127.0.0.1/', 'headers.__proto__=1'], /"headers\.__proto__" is no option/],
    [['probe', 'http', 'url=http://127.0.0.1/', 'constructor.prototype.x=1'], /constructor: unknown key/],
    [['probe', 'http', 'url=http://127.0.0.1/', '--timeout', 'soon'], /--timeout: expected a duration/],
  ])('%j is a mistake: one message, exit code 2', async (args, message) => {
    const { code, err } = await nines(...args);
    expect(code).toBe(2);
    expect(err).toMatch(message);
    expect(err).not.toMatch(/\n\s+at /);
    expect({}).not.toHaveProperty('x');
  });
});

describe('nines-agent probe', () => {
  it('runs a probe once: 0 and its phases when it is up', async () => {
    const { code, out } = await nines('probe', 'http', `url=${await site()}`, 'expect.status=[200]');
    expect(code).toBe(0);
    expect(out).toMatch(/processing +\d+\.\d{3} ms/);
    expect(out).toMatch(/\nup\n$/);
  });

  it('1 and the reason when it is not', async () => {
    const { code, out } = await nines('probe', 'http', `url=${await site(500)}`);
    expect(code).toBe(1);
    expect(out).toMatch(/down: status-unexpected/);
  });

  it('--json prints data', async () => {
    const { out } = await nines('probe', 'http', `url=${await site()}`, '--json');
    expect(JSON.parse(out)).toMatchObject({ outcome: 'up', reason: null, values: { status: 200 } });
  });

  it('without an agent.yaml no secret is allowed', async () => {
    const { code, out } = await nines('probe', 'http', `url=${await site()}`, 'headers={x: {env: TOKEN}}');
    expect(code).toBe(1);
    expect(out).toContain('unknown: not-allowed');
  });
});

describe('nines-agent check', () => {
  it("runs the collector's check of that name", async () => {
    const collector = await FakeCollector.start();
    collector.assign('fra-web03', [checkOf('home', await site()), checkOf('shop', await site(503))]);
    const config = configFile(collector.url);
    expect(await nines('check', 'home', '--config', config)).toMatchObject({
      code: 0,
      out: expect.stringMatching(/up/),
    });
    expect(await nines('check', 'shop', '--config', config)).toMatchObject({ code: 1 });
    expect(await nines('check', 'hme', '--config', config)).toMatchObject({
      code: 2,
      err: expect.stringMatching(/did you mean home\?/),
    });
  });

  it('without collector it uses the checks that the agent has cached, and says so', async () => {
    const config = configFile('http://127.0.0.1:1');
    const missing = await nines('check', 'home', '--config', config);
    expect(missing).toMatchObject({ code: 2, err: expect.stringMatching(/none are cached/) });
    const assignment = { version: 1, agent: 'fra-web03', checks: [checkOf('home', await site())] };
    mkdirSync(join(config, '..', 'spool'));
    writeFileSync(join(config, '..', 'spool', 'assignment.json'), JSON.stringify({ etag: '"1"', assignment }));
    const cached = await nines('check', 'home', '--config', config);
    expect(cached).toMatchObject({ code: 0, err: expect.stringMatching(/using those it gave last/) });
  });
});

describe('nines-agent check-config', () => {
  it('says that a file is correct, and makes nothing', async () => {
    const config = configFile('http://127.0.0.1:1');
    expect(await nines('check-config', '--config', config)).toMatchObject({ code: 0, out: `${config}: correct\n` });
    expect(existsSync(join(config, '..', 'spool'))).toBe(false);
  });

  it('lists every mistake with its place', async () => {
    const config = join(temporaryFolder(), 'agent.yaml');
    writeFileSync(config, 'collector: { url: nowhere, token: { env: TOKEN } }\nconcurency: 5\n');
    const { code, err } = await nines('check-config', '--config', config);
    expect(code).toBe(2);
    expect(err.trim().split('\n')).toEqual([
      expect.stringContaining(`${config}:1:19 collector.url: `),
      `${config}:2:1 concurency: unknown key, did you mean concurrency?`,
    ]);
  });

  it('a certificate file that cannot be read is a mistake', async () => {
    const config = configFile('http://127.0.0.1:1');
    writeFileSync(config, 'collector: { url: "http://x", token: { env: TOKEN } }\ntrust: { ca_file: missing.pem }\n');
    expect(await nines('check-config', '--config', config)).toMatchObject({
      code: 2,
      err: expect.stringMatching(/missing\.pem/),
    });
  });
});
