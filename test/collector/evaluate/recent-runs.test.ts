import type { Outcome } from '@nines/shared/observation.ts';
import { type CheckColumns, toColumns } from '@nines/shared/wire.ts';
import { describe, expect, it } from 'vitest';
import { forEachHour, HOUR_MS, hourOf } from '../../../collector/src/evaluate/hour-counters.ts';
import { RecentRuns } from '../../../collector/src/evaluate/recent-runs.ts';

const HOUR = 500_000;
const START_MS = HOUR * HOUR_MS;

function columns(runs: readonly { atMs: number; outcome?: Outcome; values: Record<string, number> }[]): CheckColumns {
  const [made] = toColumns(
    runs.map(({ atMs, outcome = 'up', values }) => ({
      check: 'shop',
      atMs,
      everyMs: 600_000,
      outcome,
      reason: outcome === 'up' ? null : 'timeout',
      values,
    })),
  );
  if (made === undefined) throw new Error('no columns');
  return made;
}

function append(recent: RecentRuns, one: CheckColumns): void {
  forEachHour(one.at_ms, (hour, rows) => recent.append(one, hour, rows));
}

function seen(recent: RecentRuns, value: string, toMs = START_MS + 100 * HOUR_MS) {
  const found: [number, Outcome, number | null][] = [];
  recent.forEach(value, { fromMs: 0, toMs }, (atMs, outcome, micros) => found.push([atMs - START_MS, outcome, micros]));
  return found;
}

describe('the runs of the last day', () => {
  it('come back with instant, outcome and value, in hours, whatever the batch cut', () => {
    const recent = new RecentRuns(new Set(['total']));
    append(
      recent,
      columns([
        { atMs: START_MS + HOUR_MS - 1, values: { total: 0 } },
        { atMs: START_MS + HOUR_MS, outcome: 'down', values: {} },
        { atMs: START_MS + HOUR_MS + 5, outcome: 'unknown', values: { total: 0xffff_fffe } },
      ]),
    );
    expect(seen(recent, 'total')).toEqual([
      [HOUR_MS - 1, 'up', 0],
      [HOUR_MS, 'down', null],
      [HOUR_MS + 5, 'unknown', 0xffff_fffe],
    ]);
    expect(seen(recent, 'total', START_MS + HOUR_MS)).toHaveLength(1);
  });

  it('are remembered when a value appears later, and when more come than the interval lets expect', () => {
    const recent = new RecentRuns(new Set(['total', 'tls']));
    const many = Array.from({ length: 100 }, (_, run) => ({ atMs: START_MS + run * 1_000, values: { total: run } }));
    append(recent, columns(many.slice(0, 50)));
    append(recent, columns([{ atMs: START_MS + 200_000, values: { tls: 3 } }]));
    append(recent, columns(many.slice(50)));
    expect(seen(recent, 'total').filter(([, , micros]) => micros !== null)).toHaveLength(100);
    expect(seen(recent, 'tls').filter(([, , micros]) => micros !== null)).toEqual([[200_000, 'up', 3]]);
  });

  it('are forgotten after a day and the begun hour, and what is older is no longer taken', () => {
    const recent = new RecentRuns(new Set(['total']));
    append(recent, columns([{ atMs: START_MS, values: { total: 1 } }]));
    append(recent, columns([{ atMs: START_MS + 25 * HOUR_MS, values: { total: 2 } }]));
    expect(seen(recent, 'total').map(([, , micros]) => micros)).toEqual([1, 2]);
    append(recent, columns([{ atMs: START_MS + 26 * HOUR_MS, values: { total: 3 } }]));
    append(recent, columns([{ atMs: START_MS + 5, values: { total: 9 } }]));
    expect(seen(recent, 'total').map(([, , micros]) => micros)).toEqual([2, 3]);
  });

  it('do not take over a value from the run whose place they got', () => {
    const recent = new RecentRuns(new Set(['total']));
    append(recent, columns([{ atMs: START_MS, values: { total: 2 ** 40 } }]));
    append(recent, columns([{ atMs: START_MS + 26 * HOUR_MS, values: {} }]));
    expect(seen(recent, 'total')).toEqual([[26 * HOUR_MS, 'up', null]]);
    expect(recent.isComplete(HOUR + 26, 'total')).toBe(true);
  });

  it('know for which hours they tell everything', () => {
    const recent = new RecentRuns(new Set(['total']));
    append(recent, columns([{ atMs: START_MS, values: { total: 1 } }]));
    append(recent, columns([{ atMs: START_MS + 20 * HOUR_MS, values: { total: 2 ** 32 } }]));
    expect(recent.isComplete(HOUR, 'total')).toBe(true);
    expect(recent.isComplete(HOUR + 1, 'total')).toBe(true);
    expect(recent.isComplete(HOUR - 6, 'total')).toBe(false);
    // A value that did not fit, and a value that is not kept at all.
    expect(recent.isComplete(HOUR + 20, 'total')).toBe(false);
    expect(recent.isComplete(HOUR, 'status')).toBe(false);
  });
});

it('rows are cut where an hour ends, also when they go back in time', () => {
  const cuts: [number, number, number][] = [];
  const instants = [START_MS + 1, START_MS + 2, START_MS + HOUR_MS, START_MS - 1, START_MS];
  forEachHour(instants, (hour, { first, end }) => cuts.push([hour - HOUR, first, end]));
  expect(cuts).toEqual([
    [0, 0, 2],
    [1, 2, 3],
    [-1, 3, 4],
    [0, 4, 5],
  ]);
  expect(hourOf(START_MS - 1)).toBe(HOUR - 1);
});
