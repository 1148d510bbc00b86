import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { besideFile, loadDocument, readSecret } from '@nines/shared/config/load.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

let folder = '';
let config = '';

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'nines-config-'));
  config = join(folder, 'agent.yaml');
  writeFileSync(config, 'name: fra\n');
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('loadDocument', () => {
  it('reads the file', () => {
    expect(loadDocument(config).value).toEqual({ name: 'fra' });
  });

  it('a file that is not there is the operator’s mistake, told in one line', () => {
    const path = join(folder, 'absent.yaml');
    expect(() => loadDocument(path)).toThrow(
      expect.objectContaining({ name: 'ConfigError', message: `${path}: no such file` }),
    );
  });

  it('a folder in place of the file is told as such', () => {
    expect(() => loadDocument(folder)).toThrow(/EISDIR/);
  });
});

describe('readSecret', () => {
  it('a file is beside the configuration, and a line break at its end is no part of the secret', () => {
    writeFileSync(join(folder, 'token'), 'hunter2\n');
    expect(readSecret({ file: 'token' }, config, {})).toBe('hunter2');
  });

  it('a variable comes from the environment that is passed in', () => {
    expect(readSecret({ env: 'TOKEN' }, config, { TOKEN: 'hunter2' })).toBe('hunter2');
  });

  it.each([
    ['an unset variable', { env: 'TOKEN' }, 'environment variable TOKEN is not set'],
    ['a file that is not there', { file: 'absent' }, 'absent: no such file'],
    ['an empty file', { file: 'empty' }, 'empty is empty'],
  ])('%s is a mistake that names the source', (_, source, message) => {
    writeFileSync(join(folder, 'empty'), '\n');
    expect(() => readSecret(source, config, {})).toThrow(
      expect.objectContaining({ name: 'ConfigError', message: expect.stringContaining(message) }),
    );
  });
});

describe('besideFile', () => {
  it('a relative path counts from the folder of the file, an absolute one stands', () => {
    expect(besideFile('/etc/nines/nines.yaml', 'tokens/fra')).toBe('/etc/nines/tokens/fra');
    expect(besideFile('/etc/nines/nines.yaml', '/var/lib/nines')).toBe('/var/lib/nines');
  });
});
