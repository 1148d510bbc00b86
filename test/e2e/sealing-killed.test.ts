import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, onTestFailed } from 'vitest';
import { openStore } from '../../collector/src/store/open.ts';
import type { Finding } from '../../collector/src/store/sqlite/finding.ts';
import { verifyStore } from '../../collector/src/store/sqlite/verify-store.ts';
import type { Store } from '../../collector/src/store/store.ts';
import { temporaryFolder } from '../support/folders.ts';
import { CHECKS, columnsOf, EVENTS_KEPT_FROM_MS, eventOf, KEPT_FROM_MS, LATER_MS } from '../support/sealing-batches.ts';
import { seededRandom } from './seeded-random.ts';

/** NINES_ROUNDS=200 for a long run. */
const ROUNDS = Number(process.env.NINES_ROUNDS ?? 25);
const PROCESS = fileURLToPath(new URL('../support/sealing-process.ts', import.meta.url));

/** Runs the process, kills it so long after it said a word, and gives back what it acknowledged. */
async function runAndKill(directory: string, first: number, { word, afterMs }: Moment): Promise<number[]> {
  const child = spawn(process.execPath, [PROCESS, directory, String(first)], { stdio: ['ignore', 'pipe', 'inherit'] });
  const acknowledged: number[] = [];
  const lines = createInterface({ input: child.stdout });
  lines.on('line', (line) => {
    if (line === word) setTimeout(() => child.kill('SIGKILL'), afterMs);
    if (/^\d+$/.test(line)) acknowledged.push(Number(line));
  });
  const [, [, signal]] = await Promise.all([once(lines, 'close'), once(child, 'exit')]);
  expect(signal).toBe('SIGKILL');
  return acknowledged;
}

/** When a process is killed. */
interface Moment {
  readonly word: 'ready' | 'sealing';
  readonly afterMs: number;
}

/** Totals of a check's runs of a time that retention keeps, sealed or not; every one must be there once. */
async function storedTotals(store: Store, check: string): Promise<Set<number>> {
  const all: number[] = [];
  const add = (atMs: number, total: number | null | undefined) => {
    if (atMs >= KEPT_FROM_MS) all.push(total ?? Number.NaN);
  };
  for (const { runs } of await store.sealedRuns({ checks: [check], fromMs: 0, toMs: LATER_MS })) {
    for (const [row, atMs] of runs.atMs.entries()) add(atMs, runs.values[0]?.numbers[row]);
  }
  for await (const { batch } of store.tail(0)) {
    for (const columns of batch.checks.filter((one) => one.check === check)) {
      for (const [row, atMs] of columns.at_ms.entries()) add(atMs, columns.values.total?.[row]);
    }
  }
  expect(new Set(all).size).toBe(all.length);
  return new Set(all);
}

/** Nothing of what was acknowledged is missing, of no batch there is a part, and verify finds nothing. */
async function expectWhole(directory: string, acknowledged: ReadonlySet<number>): Promise<void> {
  const store = await openStore({ directory, readOnly: true });
  for (let check = 0; check < CHECKS; check++) {
    const totals = await storedTotals(store, `check-${check}`);
    const begun = new Set([...totals].map((total) => Math.floor(total / 100)));
    for (const sequence of new Set([...acknowledged, ...begun])) {
      const { at_ms: instants = [], values } = columnsOf(sequence)[check] ?? {};
      const missing = instants.filter((atMs, run) => atMs >= KEPT_FROM_MS && !totals.has(values?.total?.[run] ?? 0));
      expect(missing).toEqual([]);
    }
  }
  const events = new Set<string>();
  for await (const { id } of store.events({ stream: 'calls', fromMs: 0, toMs: LATER_MS })) events.add(id);
  const expected = [...acknowledged].map(eventOf).filter(({ endedAtMs }) => (endedAtMs ?? 0) >= EVENTS_KEPT_FROM_MS);
  expect(expected.filter(({ id }) => !events.has(id))).toEqual([]);
  await store.close();
  const found: Finding[] = [];
  verifyStore(directory, (finding) => found.push(finding));
  expect(found).toEqual([]);
}

describe('a store that is killed with -9 while it takes in, seals and forgets', () => {
  it('has every acknowledged observation and event that it keeps exactly once', { timeout: 1_200_000 }, async () => {
    const { random, seed } = seededRandom();
    onTestFailed(() => console.error(`NINES_SEED=${seed}`));
    const directory = temporaryFolder();
    const acknowledged = new Set<number>();
    for (let round = 0; round < ROUNDS; round++) {
      // On a busy machine the sealing thread takes longer to start than any life of the others lasts.
      const word = round % 2 === 0 ? 'ready' : 'sealing';
      const fresh = await runAndKill(directory, round * 100_000 + 1, { word, afterMs: random() * 1_000 });
      for (const sequence of fresh) acknowledged.add(sequence);
      if (round % 10 === 9 || round === ROUNDS - 1) await expectWhole(directory, acknowledged);
    }
    expect(acknowledged.size).toBeGreaterThan(ROUNDS * 4);
    const store = await openStore({ directory, readOnly: true });
    expect(await store.covered()).toMatchObject({
      observationsFromMs: KEPT_FROM_MS,
      eventsFromMs: EVENTS_KEPT_FROM_MS,
    });
    await store.close();
    console.info(`${ROUNDS} kills, ${acknowledged.size} batches acknowledged`);
  });
});
