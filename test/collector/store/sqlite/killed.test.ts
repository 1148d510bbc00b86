import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openStore } from '../../../../collector/src/store/open.ts';
import { aDelivery, collect } from '../../../support/batches.ts';
import { temporaryFolder } from '../../../support/folders.ts';

/** Runs the appending child, kills it with -9 after some acknowledgements, and returns what it had acknowledged. */
async function appendAndKill(directory: string, firstSequence: number, acknowledgements: number): Promise<number[]> {
  const script = join(import.meta.dirname, 'appending-child.ts');
  const child = spawn(process.execPath, [script, directory, String(firstSequence)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let text = '';
  child.stdout.on('data', (chunk) => {
    text += String(chunk);
    if (text.split('\n').length > acknowledgements) child.kill('SIGKILL');
  });
  await once(child, 'close');
  expect(child.signalCode).toBe('SIGKILL');
  return text.split('\n').slice(0, -1).map(Number);
}

describe('a collector that is killed with -9 while it stores', () => {
  it('keeps every batch that it acknowledged exactly once, killed again and again', async () => {
    const directory = temporaryFolder();
    const acknowledged: number[] = [];
    for (const [round, count] of [50, 333, 7].entries()) {
      acknowledged.push(...(await appendAndKill(directory, round * 1_000_000, count)));
      const store = await openStore({ directory });
      const stored = (await collect(store.tail(0))).map(({ batch }) => batch.sequence);
      await store.close();
      expect(new Set(stored).size).toBe(stored.length);
      expect(acknowledged.filter((sequence) => !stored.includes(sequence))).toEqual([]);
    }
    expect(acknowledged.length).toBeGreaterThan(390);
  });

  it('knows a batch as a duplicate that it stored but whose acknowledgement was lost with the process', async () => {
    const directory = temporaryFolder();
    await appendAndKill(directory, 0, 20);
    const store = await openStore({ directory });
    const stored = await collect(store.tail(0));
    for (const { batch, position } of stored) {
      expect(await store.append(aDelivery({ sequence: batch.sequence }))).toEqual({ position, duplicate: true });
    }
    expect((await store.size()).batches).toBe(stored.length);
    await store.close();
  });
});
