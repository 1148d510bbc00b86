import { mkdirSync, realpathSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ConfigError } from '@nines/shared/errors.ts';
import { describe, expect, it } from 'vitest';
import { createAllowance } from '../../agent/src/allowance.ts';
import { type AgentConfig, loadAgentConfig } from '../../agent/src/config.ts';
import { NotAllowedError } from '../../agent/src/failure-reason.ts';
import { temporaryFolder } from '../support/folders.ts';

function load(yaml: string, env: Record<string, string> = { TOKEN: 'a-token' }): AgentConfig {
  const path = join(temporaryFolder(), 'agent.yaml');
  writeFileSync(path, yaml);
  return loadAgentConfig(path, env);
}

function mistakesIn(yaml: string): string[] {
  try {
    load(yaml);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.mistakes.map(({ line, column, path, message }) => `${line}:${column} ${path}: ${message}`);
  }
  return [];
}

const COLLECTOR = 'collector: { url: "https://sla.example.net:9640", token: { env: TOKEN } }\n';

describe('agent.yaml', () => {
  it('needs no more than the collector; the rest has defaults', () => {
    const config = load(COLLECTOR);
    expect(config).toMatchObject({
      token: 'a-token',
      listen: { host: '127.0.0.1', port: 9641 },
      spool: { max_size: 2 ** 30, max_age: 30 * 86_400_000 },
      allow: { commands: [], files: [], env: [] },
      isolation: {},
      concurrency: 200,
      batch_interval: 5_000,
      caFile: null,
      postQuantum: false,
    });
    expect(config.spoolDirectory).toMatch(/^\/.*\/data\/agent$/);
  });

  it('takes everything that a host may decide; paths are beside the file', () => {
    const config = load(`${COLLECTOR}name: fra-web03
listen: "[::1]:9700"
spool: { directory: spool, max_size: 10MiB, max_age: 7d }
allow: { commands: [/usr/bin/true], files: [/srv/backup], env: [PASSWORD] }
trust: { ca_file: ca.pem, post_quantum: true }
isolation: { canaries: ["192.0.2.1:53"] }
concurrency: 50
batch_interval: 10s
`);
    expect(config).toMatchObject({
      name: 'fra-web03',
      listen: { host: '::1', port: 9_700 },
      isolation: { canaries: [{ host: '192.0.2.1', port: 53 }] },
      concurrency: 50,
      batch_interval: 10_000,
      postQuantum: true,
    });
    expect(config.caFile).toBe(join(config.path, '..', 'ca.pem'));
    expect(config.spoolDirectory).toBe(join(config.path, '..', 'spool'));
    expect(load(`${COLLECTOR}isolation: off\n`).isolation).toBe('off');
  });

  it('every mistake is listed with its place', () => {
    expect(
      mistakesIn(`collector: { url: ftp://example.net, tokn: { env: TOKEN } }
spool: { max_size: 1 GB }
allow: { files: [relative/path] }
concurrency: 0
batch_intervall: 5s
`),
    ).toEqual([
      expect.stringMatching(/^1:19 collector\.url: expected an address/),
      expect.stringMatching(/^1:38 collector\.tokn: unknown key, did you mean token\?/),
      expect.stringMatching(/^2:20 spool\.max_size: expected a size/),
      expect.stringMatching(/^3:18 allow\.files\[0\]: expected the absolute path/),
      expect.stringMatching(/^4:14 concurrency: /),
      expect.stringMatching(/^5:1 batch_intervall: unknown key, did you mean batch_interval\?/),
    ]);
  });

  it('a secret written into the file is a mistake, and is not repeated', () => {
    const mistakes = mistakesIn('collector: { url: "https://example.net", token: hunter2 }\n');
    expect(mistakes).toHaveLength(1);
    expect(mistakes.join()).not.toContain('hunter2');
  });

  it('a token that is not there is a mistake, at the place that names it', () => {
    expect(() => load(COLLECTOR, {})).toThrow(/:1:\d+ collector\.token: environment variable TOKEN is not set$/);
  });
});

describe('what a check may touch', () => {
  function allowing(
    allow: { files?: string[]; env?: string[]; commands?: string[] },
    env: Record<string, string> = { PASSWORD: 'secret' },
  ) {
    return createAllowance(
      {
        allow: { files: [], env: [], commands: [], ...allow },
        scratch: { directory: '/var/lib/nines-agent/scratch', maxBytes: 2 ** 30 },
        path: '/etc/nines/agent.yaml',
      },
      env,
    );
  }

  it('a variable is read only when allow.env names it', () => {
    expect(allowing({ env: ['PASSWORD'] }).secret({ env: 'PASSWORD' })).toBe('secret');
    expect(() => allowing({ env: ['OTHER'] }).secret({ env: 'PASSWORD' })).toThrow(NotAllowedError);
    expect(() => allowing({ env: ['PASSWORD'] }, {}).secret({ env: 'PASSWORD' })).toThrow(NotAllowedError);
  });

  it('a file is read when it, or a folder that it is in, is allowed', () => {
    const folder = temporaryFolder();
    const file = join(folder, 'password');
    writeFileSync(file, 'secret\n');
    expect(allowing({ files: [file] }).secret({ file })).toBe('secret');
    expect(allowing({ files: [folder] }).secret({ file })).toBe('secret');
    expect(allowing({ files: [`${folder}/`] }).secret({ file })).toBe('secret');
  });

  it('no way leads out of an allowed folder: not "..", not a symbolic link, not a similar name, not a relative path', () => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, 'allowed'));
    mkdirSync(join(folder, 'allowed-not'));
    writeFileSync(join(folder, 'shadow'), 'secret');
    writeFileSync(join(folder, 'allowed-not', 'shadow'), 'secret');
    symlinkSync(join(folder, 'shadow'), join(folder, 'allowed', 'link'));
    const allowed = allowing({ files: [join(folder, 'allowed')] });
    for (const file of [
      `${folder}/allowed/../shadow`,
      join(folder, 'allowed', 'link'),
      join(folder, 'allowed-not', 'shadow'),
      'shadow',
    ]) {
      expect(() => allowed.secret({ file })).toThrow(NotAllowedError);
      expect(() => allowed.file(file)).toThrow(NotAllowedError);
    }
  });

  it('a file that is not there is still inside of what is allowed, or outside', () => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, 'allowed'));
    symlinkSync(folder, join(folder, 'allowed', 'out'));
    const { file, secret } = allowing({ files: [join(folder, 'allowed')] });
    const missing = join(folder, 'allowed', 'a', 'b');
    expect(file(missing)).toBe(join(realpathSync(folder), 'allowed', 'a', 'b'));
    expect(() => secret({ file: missing })).toThrow(NotAllowedError);
    for (const outside of ['allowed/out/b', 'allowed/a/../../b', 'b']) {
      expect(() => file(`${folder}/${outside}`)).toThrow(NotAllowedError);
    }
  });

  it('a file that is allowed is named by its real path', () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'queue_log.1'), '');
    symlinkSync(join(folder, 'queue_log.1'), join(folder, 'queue_log'));
    expect(allowing({ files: [folder] }).file(join(folder, 'queue_log'))).toBe(
      realpathSync(join(folder, 'queue_log.1')),
    );
  });

  it('a program runs only when allow.commands names exactly its path', () => {
    const { command } = allowing({ commands: ['/usr/bin/restic'] });
    expect(command('/usr/bin/restic')).toBe('/usr/bin/restic');
    for (const other of ['restic', '/usr/bin/restic2', '/usr/bin/../bin/restic', '/usr/bin']) {
      expect(() => command(other)).toThrow(NotAllowedError);
    }
  });
});
