import { closeSync, copyFileSync, openSync, readFileSync, statSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { openStore } from '../../../../collector/src/store/open.ts';
import type { Finding } from '../../../../collector/src/store/sqlite/finding.ts';
import { verifyStore } from '../../../../collector/src/store/sqlite/verify-store.ts';
import { aDelivery, collect, START_MS } from '../../../support/batches.ts';
import { temporaryFolder } from '../../../support/folders.ts';
import { columnsOf, eventOf, LATER_MS } from '../../../support/sealing-batches.ts';

// What a power cut leaves of a write-ahead log: its beginning up to any byte, and of what was not synced any page or none.
// Everything acknowledged was synced before (`synchronous = FULL`), so it stands before the place where the log is whole.

const BATCHES = 30;
/** https://www.sqlite.org/fileformat2.html#the_write_ahead_log */
const WAL_HEADER_BYTES = 32;
const FRAME_BYTES = 24 + 8_192;

/** Each look at the log opens a store with all its threads and verifies it. */
const OPENINGS_TAKE_MS = 90_000;

interface Acknowledged {
  readonly sequence: number;
  /** How long the log was when the batch and its event were acknowledged. */
  readonly walBytes: number;
}

/** A store with batches, events and sealing in its log, as it lay on disk while it was open. */
async function written(): Promise<{ file: string; wal: Buffer; acknowledged: Acknowledged[] }> {
  const directory = temporaryFolder();
  const file = join(directory, 'nines.db');
  const store = await openStore({ directory });
  const acknowledged: Acknowledged[] = [];
  for (let sequence = 1; sequence <= BATCHES; sequence++) {
    const delivery = aDelivery({ sequence, checks: columnsOf(sequence) });
    await store.append({ ...delivery, receivedAtMs: LATER_MS, skewMs: 0 });
    await store.putEvents({ events: [eventOf(sequence)], receivedAtMs: LATER_MS });
    acknowledged.push({ sequence, walBytes: statSync(`${file}-wal`).size });
    if (sequence % 10 === 0) await store.upkeep(LATER_MS);
  }
  const copy = join(temporaryFolder(), 'nines.db');
  copyFileSync(file, copy);
  const wal = readFileSync(`${file}-wal`);
  await store.close();
  return { file: copy, wal, acknowledged };
}

/** Which batches, sealed or not, and events a store with this log has. */
async function openedWith(file: string, wal: Uint8Array): Promise<{ batches: number[]; events: number }> {
  const directory = temporaryFolder();
  copyFileSync(file, join(directory, 'nines.db'));
  const descriptor = openSync(join(directory, 'nines.db-wal'), 'w');
  writeSync(descriptor, wal);
  closeSync(descriptor);
  const store = await openStore({ directory });
  const interval = { fromMs: START_MS, toMs: LATER_MS };
  const [sealed] = await store.sealedRuns({ checks: ['check-0'], ...interval });
  const totals = [...(sealed?.runs.values[0]?.numbers ?? [])];
  for (const { batch } of await collect(store.tail(0)))
    totals.push(...(batch.checks[0]?.values.total ?? []).map(Number));
  const events = await collect(store.events({ stream: 'calls', ...interval }));
  await store.close();
  const found: Finding[] = [];
  verifyStore(directory, (finding) => found.push(finding));
  expect(found).toEqual([]);
  expect(new Set(totals).size).toBe(totals.length);
  const batches = [...new Set(totals.map((total) => Math.floor(total / 100)))].sort((a, b) => a - b);
  expect(totals).toHaveLength(batches.length * 20);
  return { batches, events: events.length };
}

/** The first so many batches, whole, and every one that was acknowledged before the log ended. */
function expectEarlierState(state: { batches: number[]; events: number }, all: readonly Acknowledged[], bytes: number) {
  expect(state.batches).toEqual(all.slice(0, state.batches.length).map(({ sequence }) => sequence));
  const safe = all.filter(({ walBytes }) => walBytes <= bytes).length;
  expect(state.batches.length).toBeGreaterThanOrEqual(safe);
  expect(state.events).toBeGreaterThanOrEqual(safe);
}

describe('a power cut', () => {
  it(
    'at any byte of the log leaves an earlier state, whole, with everything acknowledged by then',
    async () => {
      const { file, wal, acknowledged } = await written();
      const property = fc.asyncProperty(fc.integer({ min: 0, max: wal.length }), async (bytes) => {
        expectEarlierState(await openedWith(file, wal.subarray(0, bytes)), acknowledged, bytes);
      });
      await fc.assert(property, { numRuns: 6 });
      expectEarlierState(await openedWith(file, wal), acknowledged, wal.length);
    },
    OPENINGS_TAKE_MS,
  );

  it(
    'that loses or tears pages of what was not synced leaves what was before them',
    async () => {
      const { file, wal, acknowledged } = await written();
      const frames = Math.floor((wal.length - WAL_HEADER_BYTES) / FRAME_BYTES);
      const lost = fc.record({
        frame: fc.integer({ min: 0, max: frames - 1 }),
        from: fc.integer({ min: 0, max: FRAME_BYTES - 1 }),
        length: fc.integer({ min: 1, max: 4 * FRAME_BYTES }),
      });
      const property = fc.asyncProperty(lost, async ({ frame, from, length }) => {
        const torn = Buffer.from(wal);
        const first = WAL_HEADER_BYTES + frame * FRAME_BYTES;
        torn.fill(0, first + from, Math.min(torn.length, first + from + length));
        expectEarlierState(await openedWith(file, torn), acknowledged, first);
      });
      await fc.assert(property, { numRuns: 6 });
    },
    OPENINGS_TAKE_MS,
  );
});
