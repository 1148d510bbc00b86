import type { Observation } from '@nines/shared/observation.ts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Head } from '../../../collector/src/evaluate/head.ts';
import { HOUR_MS, hourOf } from '../../../collector/src/evaluate/hour-counters.ts';
import type { RebuiltStretch } from '../../../collector/src/evaluate/settle.ts';
import { StoreError } from '../../../collector/src/store/store.ts';
import { deal, observations, START_MS, STEP_MS, STEPS, shuffle } from './arbitrary-observations.ts';
import { JournalInMemory } from './journal-in-memory.ts';
import type { Seen } from './oracle.ts';

const WHOLE = { fromMs: START_MS - HOUR_MS, toMs: START_MS + STEPS * STEP_MS };
const THRESHOLDS = ['shop', 'mail'].map((check) => ({ check, value: 'total', withinMicros: 500_000 }));

function up(atMs: number, total?: number): Observation {
  const values = total === undefined ? {} : { total };
  return { check: 'shop', atMs, everyMs: 30_000, outcome: 'up', reason: null, values };
}

function down(atMs: number): Observation {
  return { check: 'shop', atMs, everyMs: 30_000, outcome: 'down', reason: 'timeout', values: {} };
}

/** Everything that a head tells about the past, in a form that can be compared. */
function figures(head: Head) {
  const [firstHour, endHour] = [hourOf(WHOLE.fromMs), hourOf(WHOLE.toMs) + 1];
  return [...head.series()]
    .map((series) => ({
      key: `${series.check} ${series.agent}`,
      timeline: series.timeline(WHOLE, [WHOLE]),
      spoken: series.timeline(WHOLE, []),
      runs: series.runsTotal,
      hours: Array.from({ length: endHour - firstHour }, (_, index) =>
        series.runsBetween(firstHour + index, firstHour + index + 1),
      ),
      within: series.threshold('total', 500_000)?.sum(firstHour, endHour),
      durations: [series.durations.counts(), series.durations.sumMicros],
      last: series.last,
    }))
    .sort((a, b) => (a.key < b.key ? -1 : 1));
}

function inOrder(all: readonly Seen[]): Head {
  const journal = new JournalInMemory();
  const head = new Head({ journal });
  head.setThresholds(THRESHOLDS);
  for (const one of all.toSorted((a, b) => a.atMs - b.atMs)) head.apply(journal.append(one.agent, [one]));
  expect(head.isSettled).toBe(true);
  return head;
}

describe('the head', () => {
  it('is the same for every order of arrival and every split into batches', async () => {
    await fc.assert(
      fc.asyncProperty(observations, shuffle, async (all, order) => {
        const journal = new JournalInMemory();
        const head = new Head({ journal });
        head.setThresholds(THRESHOLDS);
        for (const batch of deal(all, order)) head.apply(journal.append(batch.agent, batch.observations));
        await head.settle();
        expect(head.isSettled).toBe(true);
        expect(figures(head)).toEqual(figures(inOrder(all)));
      }),
      { numRuns: 300 },
    );
  });

  it('is the same when observations arrive while it reads the journal again', async () => {
    await fc.assert(
      fc.asyncProperty(observations, shuffle, fc.nat({ max: 10 }), async (all, order, early) => {
        const journal = new JournalInMemory();
        const head = new Head({ journal });
        head.setThresholds(THRESHOLDS);
        const batches = deal(all, order);
        for (const batch of batches.slice(0, early)) head.apply(journal.append(batch.agent, batch.observations));
        const waiting = batches.slice(early);
        journal.beforeEach = async () => {
          const batch = waiting.shift();
          if (batch !== undefined) head.apply(journal.append(batch.agent, batch.observations));
        };
        await head.settle();
        for (const batch of waiting.splice(0)) head.apply(journal.append(batch.agent, batch.observations));
        await head.settle();
        expect(figures(head)).toEqual(figures(inOrder(all)));
      }),
      { numRuns: 300 },
    );
  });

  it('takes an entry in once, whatever the order of positions', () => {
    const journal = new JournalInMemory();
    const head = new Head({ journal });
    const first = journal.append('fra', [up(START_MS)]);
    const second = journal.append('fra', [up(START_MS + 30_000)]);
    expect([second, first, second, first].map((entry) => head.apply(entry))).toEqual([true, true, false, false]);
    expect(head.seriesOf('shop')[0]?.runsTotal).toEqual({ up: 2, down: 0, unknown: 0 });
    expect(head.position).toBe(2);
  });

  it('tells those who depend on it which stretch a late outage changed, in whole hours', async () => {
    const journal = new JournalInMemory();
    const told: RebuiltStretch[][] = [];
    const head = new Head({ journal, onRebuilt: (stretches) => told.push([...stretches]) });
    const hour = Math.ceil(START_MS / HOUR_MS) * HOUR_MS;
    head.apply(journal.append('fra', [up(hour), up(hour + 30_000), up(hour + 60_000)]));
    head.apply(journal.append('fra', [down(hour + 45_000)]));
    expect(head.isSettled).toBe(false);
    await head.settle();
    expect(told).toEqual([[{ check: 'shop', agent: 'fra', fromMs: hour, toMs: hour + HOUR_MS }]]);
    const timeline = head.seriesOf('shop')[0]?.timeline({ fromMs: hour, toMs: hour + 90_000 }, []);
    expect(timeline?.map(({ fromMs, toMs, state }) => [fromMs - hour, toMs - hour, state])).toEqual([
      [0, 45_000, 'up'],
      [45_000, 60_000, 'down'],
      [60_000, 90_000, 'up'],
    ]);
  });

  it('loses nothing of a row that grows across the end of a stretch while that is read again', async () => {
    const journal = new JournalInMemory();
    const head = new Head({ journal });
    const hour = Math.ceil(START_MS / HOUR_MS) * HOUR_MS;
    const nextHour = hour + HOUR_MS;
    const every30s = (fromMs: number, count: number) =>
      Array.from({ length: count }, (_, run) => up(fromMs + run * 30_000));
    head.apply(journal.append('fra', every30s(nextHour - 60_000, 2)));
    head.apply(journal.append('fra', every30s(nextHour + 300_000, 10)));
    head.apply(journal.append('fra', [down(nextHour - 45_000)]));
    let isFilled = false;
    journal.beforeEach = async () => {
      if (isFilled) return;
      isFilled = true;
      head.apply(journal.append('fra', every30s(nextHour, 10)));
    };
    await head.settle();
    const timeline = head.seriesOf('shop')[0]?.timeline({ fromMs: nextHour - 60_000, toMs: nextHour + 600_000 }, []);
    expect(timeline?.map(({ fromMs, state }) => [fromMs - nextHour, state])).toEqual([
      [-60_000, 'up'],
      [-45_000, 'down'],
      [-30_000, 'up'],
    ]);
  });

  it('stays unsettled when the journal cannot be read, and tries again', async () => {
    const journal = new JournalInMemory();
    const head = new Head({ journal });
    head.apply(journal.append('fra', [up(START_MS), up(START_MS + 60_000)]));
    head.apply(journal.append('fra', [down(START_MS + 30_000)]));
    journal.beforeEach = () => Promise.reject(new StoreError('io', 'the disk is gone'));
    await expect(head.settle()).rejects.toThrow('the disk is gone');
    expect(head.isSettled).toBe(false);
    journal.beforeEach = async () => {};
    await head.settle();
    expect(head.isSettled).toBe(true);
    expect(head.seriesOf('shop')[0]?.timeline({ fromMs: START_MS, toMs: START_MS + 60_000 }, [])).toHaveLength(2);
  });

  it('shows the newest observation with its values, also after an older one came late', () => {
    const journal = new JournalInMemory();
    const head = new Head({ journal });
    head.apply(journal.append('fra', [up(START_MS + 60_000, 42)]));
    head.apply(journal.append('fra', [up(START_MS, 7)]));
    expect(head.seriesOf('shop')[0]?.last).toEqual(up(START_MS + 60_000, 42));
  });

  it('counts durations in the buckets of Prometheus, a bound belonging to its bucket', () => {
    const journal = new JournalInMemory();
    const head = new Head({ journal });
    const totals = [4_999, 5_000, 5_001, 10_000_000, 10_000_001];
    head.apply(
      journal.append(
        'fra',
        totals.map((total, run) => up(START_MS + run * 30_000, total)),
      ),
    );
    const durations = head.seriesOf('shop')[0]?.durations;
    expect(durations?.counts()).toEqual([2, 1, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1]);
    expect(durations?.sumMicros).toBe(20_015_001);
  });

  it('keeps the newest status of an agent by its own clock, and its last measured skew', () => {
    const journal = new JournalInMemory();
    const head = new Head({ journal });
    const status = (at_ms: number, runs: number) => ({
      at_ms,
      version: '1',
      started_at_ms: 0,
      checks: 1,
      runs,
      late_runs: 0,
      isolated: false,
      isolated_runs: 0,
      agent_errors: 0,
      spool_bytes: 0,
      spool_batches: 0,
      spool_oldest_at_ms: null,
      dropped_observations: 0,
      refused_batches: 0,
    });
    const newest = journal.append('fra', [up(START_MS + 60_000)], { skewMs: 12, receivedAtMs: START_MS + 61_000 });
    const backlog = journal.append('fra', [up(START_MS)], { skewMs: 15, receivedAtMs: START_MS + 62_000 });
    head.apply({ ...newest, batch: { ...newest.batch, status: status(START_MS + 60_000, 9) } });
    head.apply({ ...backlog, batch: { ...backlog.batch, status: status(START_MS, 3) } });
    expect(head.agent('fra')).toMatchObject({
      skewMs: 15,
      lastReceivedAtMs: START_MS + 62_000,
      status: { runs: 9 },
      disbelieved: 0,
    });
    expect(head.agents()).toHaveLength(1);
    expect(head.agent('nyc')).toBeNull();
  });
});

describe('a threshold that is named later', () => {
  it('is not ready until the runs of the past are counted, and then counts as if it had always been there', async () => {
    await fc.assert(
      fc.asyncProperty(observations, shuffle, fc.nat({ max: 12 }), async (all, order, early) => {
        const journal = new JournalInMemory();
        const head = new Head({ journal });
        const batches = deal(all, order)
          .map((batch) => journal.append(batch.agent, batch.observations))
          .reverse();
        // Some are stored and taken in, some stored only: they are taken in while the past is being counted.
        const [waiting, first] = [batches.slice(early), batches.slice(0, early)];
        for (const entry of first) head.apply(entry);
        head.setThresholds(THRESHOLDS);
        journal.beforeEach = async () => {
          const entry = waiting.shift();
          if (entry !== undefined) head.apply(entry);
        };
        if (early > 0) expect(head.isSettled).toBe(false);
        await head.settle();
        for (const entry of waiting.splice(0)) head.apply(entry);
        await head.settle();
        for (const series of head.series()) expect(series.thresholds.map((one) => one.isReady)).toEqual([true]);
        expect(figures(head)).toEqual(figures(inOrder(all)));
      }),
      { numRuns: 200 },
    );
  });

  it('keeps the counters that were there and forgets those no longer named', async () => {
    const journal = new JournalInMemory();
    const head = new Head({ journal });
    head.setThresholds([{ check: 'shop', value: 'total', withinMicros: 100 }]);
    head.apply(journal.append('fra', [up(START_MS, 90), up(START_MS + 30_000, 110)]));
    head.setThresholds([
      { check: 'shop', value: 'total', withinMicros: 100 },
      { check: 'shop', value: 'total', withinMicros: 200 },
    ]);
    const [hundred, twoHundred] = head.seriesOf('shop')[0]?.thresholds ?? [];
    expect([hundred?.isReady, twoHundred?.isReady]).toEqual([true, false]);
    await head.settle();
    const hours = [hourOf(START_MS), hourOf(START_MS) + 1] as const;
    expect(hundred?.sum(...hours)).toEqual({ measured: 2, within: 1 });
    expect(twoHundred?.sum(...hours)).toEqual({ measured: 2, within: 2 });
    head.setThresholds([]);
    expect(head.seriesOf('shop')[0]?.thresholds).toEqual([]);
    expect(head.isSettled).toBe(true);
  });
});
