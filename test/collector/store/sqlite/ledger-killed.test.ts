import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ChainCheck } from '../../../../collector/src/ledger/chain.ts';
import { openStore } from '../../../../collector/src/store/open.ts';
import { collect } from '../../../support/batches.ts';
import { temporaryFolder } from '../../../support/folders.ts';

/** Freezes statements in a child, kills it with -9 after some, and returns the last one that it said was on disk. */
async function freezeAndKill(directory: string, count: number): Promise<number> {
  const script = join(import.meta.dirname, 'deciding-child.ts');
  const child = spawn(process.execPath, [script, directory], { stdio: ['ignore', 'pipe', 'inherit'] });
  let text = '';
  child.stdout.on('data', (chunk) => {
    text += String(chunk);
    if (text.split('\n').length > count) child.kill('SIGKILL');
  });
  await once(child, 'close');
  expect(child.signalCode).toBe('SIGKILL');
  return Number(text.split('\n').at(-2));
}

describe('a collector that is killed with -9 while it freezes statements', () => {
  it('has each of them whole or not at all, every one that it acknowledged, and a chain that holds', async () => {
    const directory = temporaryFolder();
    for (const count of [12, 1, 25]) {
      const acknowledged = await freezeAndKill(directory, count);
      const store = await openStore({ directory });
      const entries = await collect(store.ledger());
      const check = new ChainCheck();
      expect(entries.map((entry) => check.follow(entry)).filter((broken) => broken !== null)).toEqual([]);
      expect(check.head).toEqual(await store.ledgerHead());
      // One more may be on disk whose acknowledgement was lost with the process.
      expect([acknowledged, acknowledged + 1]).toContain(entries.length);
      await store.close();
    }
  });
});
