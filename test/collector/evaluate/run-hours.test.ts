import { describe, expect, it } from 'vitest';
import { MovedEntries } from '../../../collector/src/evaluate/clock-skew.ts';
import { Head } from '../../../collector/src/evaluate/head.ts';
import { HOUR_MS, hourOf } from '../../../collector/src/evaluate/hour-counters.ts';
import { JournalReader } from '../../../collector/src/evaluate/journal-reader.ts';
import { RunHours } from '../../../collector/src/evaluate/run-hours.ts';
import type { Series } from '../../../collector/src/evaluate/series.ts';
import { JournalInMemory } from './journal-in-memory.ts';

const BEGIN_MS = Date.UTC(2026, 9, 1);
const HOURS = 40;
const EVERY_MS = 10 * 60_000;

/** A run every ten minutes, six an hour, of which only so many are kept once they were read. */
function history(maxRuns: number): { journal: JournalInMemory; hours: RunHours; series: Series } {
  const journal = new JournalInMemory();
  const head = new Head({ journal });
  for (let hour = 0; hour < HOURS; hour++) {
    const row = Array.from({ length: 6 }, (_, index) => {
      const atMs = BEGIN_MS + hour * HOUR_MS + index * EVERY_MS;
      return { check: 'shop', atMs, everyMs: EVERY_MS, outcome: 'up', reason: null, values: { total: hour } } as const;
    });
    head.apply(journal.append('fra', row));
  }
  const [series] = head.seriesOf('shop');
  if (series === undefined) throw new Error('nobody was heard');
  const reader = new JournalReader({ journal, maxSkewMs: 30_000, moved: new MovedEntries() });
  return { journal, hours: new RunHours(reader, maxRuns), series };
}

function hoursFrom(first: number, count: number): number[] {
  return Array.from({ length: count }, (_, index) => hourOf(BEGIN_MS) + first + index);
}

describe('the runs of the hours of one question', () => {
  it('are all there, also when they are more than is kept: none of them makes room for another', async () => {
    const { hours, series } = history(6 * 3);
    const asked = hoursFrom(0, HOURS);
    const runs = await hours.load([{ series, hours: asked }], 'total');
    expect(asked.map((hour) => runs(series, hour).length)).toEqual(asked.map(() => 6));
    expect(asked.map((hour) => runs(series, hour)[0]?.value)).toEqual(asked.map((_, index) => index));
  });

  it('stay those that were loaded, whatever others ask for before they are looked at', async () => {
    const { hours, series } = history(6);
    const [first, second] = await Promise.all([
      hours.load([{ series, hours: hoursFrom(0, 1) }], 'total'),
      hours.load([{ series, hours: hoursFrom(1, 1) }], 'total'),
    ]);
    expect(first(series, hourOf(BEGIN_MS))).toHaveLength(6);
    expect(second(series, hourOf(BEGIN_MS) + 1)).toHaveLength(6);
  });

  it('are read once while they are kept, and again when others took their room', async () => {
    const { journal, hours, series } = history(6 * 3);
    const readsFor = async (first: number, count: number) => {
      const before = journal.reads;
      await hours.load([{ series, hours: hoursFrom(first, count) }], 'total');
      return journal.reads - before;
    };
    expect(await readsFor(0, 3)).toBe(1);
    expect(await readsFor(0, 3)).toBe(0);
    expect(await readsFor(3, 3)).toBe(1);
    expect(await readsFor(0, 3)).toBe(1);
  });
});
