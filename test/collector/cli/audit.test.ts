import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { runProgram } from '../../../collector/src/cli/program.ts';
import { openStore } from '../../../collector/src/store/open.ts';
import { aDraft } from '../../support/ledger-contract.ts';

let folder = '';

async function call(...args: string[]) {
  const said = { out: '', err: '' };
  const context = {
    env: {},
    out: (text: string) => {
      said.out += text;
    },
    err: (text: string) => {
      said.err += text;
    },
  };
  return { code: await runProgram([...args, '--config', join(folder, 'nines.yaml')], context), ...said };
}

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'nines-audit-'));
  writeFileSync(join(folder, 'nines.yaml'), 'collector: { data: data }\n');
  const store = await openStore({ directory: join(folder, 'data') });
  await store.appendEntry(aDraft(), 0);
  await store.appendEntry(aDraft({ subject: 'exclusion/x-1', action: 'exclusion.requested' }), 0);
  await store.close();
});

describe('nines-collector audit', () => {
  it('prints who decided what about what, and when', async () => {
    const { code, out } = await call('audit');
    expect(code).toBe(0);
    expect(out.split('\n')[1]).toMatch(/^2 2026-09-21T\S+Z anna exclusion\.requested exclusion\/x-1 \{"checks":\[/);
    expect((await call('audit', '--subject', 'maintenance/m-1')).out).toMatch(/^1 .*\n$/);
  });

  it('prints with --json what is hashed and the hashes', async () => {
    const [first, second] = (await call('audit', '--json')).out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(first).toMatchObject({ sequence: 1, actor: 'anna', prev_hash: '0'.repeat(64) });
    expect(second.prev_hash).toBe(first.hash);
  });

  it('prints a head that verify finds again, and misses when it is not in the chain', async () => {
    const head = (await call('audit', '--head')).out.trim();
    expect(head).toMatch(/^2:[0-9a-f]{64}$/);
    expect((await call('verify', '--head', head)).code).toBe(0);
    const { code, out } = await call('verify', '--head', `3:${'a'.repeat(64)}`);
    expect(code).toBe(1);
    expect(out).toContain('ledger: entry 3 is missing: the chain was kept up to entry 3');
    expect((await call('verify', '--head', 'nonsense')).code).toBe(2);
  });
});
