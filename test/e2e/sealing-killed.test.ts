import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import Sqlite from 'better-sqlite3';
import { describe, expect, it, onTestFailed } from 'vitest';
import { openStore } from '../../collector/src/store/open.ts';
import { START_MS } from '../support/batches.ts';
import { temporaryFolder } from '../support/folders.ts';
import { seededRandom } from './seeded-random.ts';

/** NINES_ROUNDS=300 for a long run. */
const ROUNDS = Number(process.env.NINES_ROUNDS ?? 25);
const RUNS_A_BATCH = 3 * 20;
const PROCESS = fileURLToPath(new URL('../support/sealing-process.ts', import.meta.url));

/** Runs the process, kills it at a random instant, and gives back what it acknowledged. */
async function runAndKill(directory: string, first: number, afterMs: number): Promise<number[]> {
  const child = spawn(process.execPath, [PROCESS, directory, String(first)], { stdio: ['ignore', 'pipe', 'inherit'] });
  const acknowledged: number[] = [];
  const lines = createInterface({ input: child.stdout });
  lines.on('line', (line) => {
    if (line === 'ready') setTimeout(() => child.kill('SIGKILL'), afterMs);
    else acknowledged.push(Number(line));
  });
  const [, [, signal]] = await Promise.all([once(lines, 'close'), once(child, 'exit')]);
  expect(signal).toBe('SIGKILL');
  return acknowledged;
}

/** How often each batch's first run is stored, by its sequence; every batch must be whole. */
async function storedBatches(directory: string): Promise<{ sealed: number; sequences: number[] }> {
  const store = await openStore({ directory, readOnly: true });
  const totals: number[] = [];
  const interval = { fromMs: START_MS, toMs: START_MS + 30 * 86_400_000 };
  for (const { runs } of await store.sealedRuns({ checks: ['check-0', 'check-1', 'check-2'], ...interval })) {
    for (const total of runs.values[0]?.numbers ?? []) totals.push(total);
  }
  const sealed = totals.length;
  for await (const { batch } of store.tail(0)) {
    for (const { values } of batch.checks) for (const total of values.total ?? []) totals.push(total ?? Number.NaN);
  }
  await store.close();
  const bySequence = Map.groupBy(totals, (total) => Math.floor(total / 100));
  for (const ofBatch of bySequence.values()) expect(ofBatch).toHaveLength(RUNS_A_BATCH);
  return { sealed, sequences: [...bySequence.keys()] };
}

describe('a store that is killed with -9 while it takes in and seals', () => {
  it('has every acknowledged observation exactly once, whole batches only', { timeout: 1_200_000 }, async () => {
    const { random, seed } = seededRandom();
    onTestFailed(() => console.error(`NINES_SEED=${seed}`));
    const directory = temporaryFolder();
    const acknowledged = new Set<number>();
    for (let round = 0; round < ROUNDS; round++) {
      const fresh = await runAndKill(directory, round * 100_000 + 1, random() * 1_200);
      for (const sequence of fresh) acknowledged.add(sequence);
      if (round % 10 !== 9 && round !== ROUNDS - 1) continue;
      const { sealed, sequences } = await storedBatches(directory);
      expect(sealed).toBeGreaterThan(0);
      const stored = new Set(sequences);
      expect([...acknowledged].filter((sequence) => !stored.has(sequence))).toEqual([]);
      const database = new Sqlite(`${directory}/nines.db`, { readonly: true });
      expect(database.pragma('integrity_check', { simple: true })).toBe('ok');
      database.close();
    }
    expect(acknowledged.size).toBeGreaterThan(ROUNDS * 8);
  });
});
