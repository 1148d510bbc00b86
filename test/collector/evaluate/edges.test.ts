import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Edges, type Mark } from '../../../collector/src/evaluate/edges.ts';
import { Labels } from '../../../collector/src/evaluate/labels.ts';
import { timelineFrom } from '../../../collector/src/sla/timeline.ts';
import { saidAt } from './oracle.ts';

const END = 160;
const OUTCOMES = ['up', 'down', 'unknown'] as const;

interface Drawn {
  readonly atMs: number;
  readonly outcome: (typeof OUTCOMES)[number];
  readonly everyMs: number;
}

const drawn = fc.record({
  atMs: fc.integer({ min: 0, max: 120 }),
  outcome: fc.constantFrom(...OUTCOMES),
  everyMs: fc.constantFrom(5, 5, 5, 12),
});

function marksOf(all: readonly Drawn[], labels: Labels): Mark[] {
  return all.map(({ atMs, outcome, everyMs }) => ({
    atMs,
    label: labels.idOf(outcome, outcome === 'up' ? null : 'timeout', everyMs),
  }));
}

function told(edges: Edges): string {
  const timeline = timelineFrom(edges.readings(0, END), {
    expected: [{ fromMs: edges.firstAtMs ?? END, toMs: END }],
    interval: { fromMs: 0, toMs: END },
  });
  return Array.from({ length: END }, (_, at) => {
    const stretch = timeline.find((one) => one.fromMs <= at && at < one.toMs);
    return stretch === undefined ? '.' : (stretch.state[0] ?? '');
  }).join('');
}

function expected(all: readonly Drawn[]): string {
  const seen = all.map((one) => ({ ...one, check: 'c', agent: 'a', reason: null, values: {} }));
  return Array.from({ length: END }, (_, at) => saidAt(seen, at, [{ fromMs: END, toMs: END }])?.[0] ?? '.').join('');
}

describe('merged observations', () => {
  it('in order say what every single observation says, and never need the journal', () => {
    fc.assert(
      fc.property(fc.uniqueArray(drawn, { selector: (one) => one.atMs }), (all) => {
        const ordered = all.toSorted((a, b) => a.atMs - b.atMs);
        const labels = new Labels();
        const edges = new Edges(labels);
        for (const { atMs, label } of marksOf(ordered, labels)) expect(edges.add(atMs, label)).toBe(true);
        expect(told(edges)).toBe(expected(all));
      }),
    );
  });

  it('in any order are exact until one says that it is not', () => {
    fc.assert(
      fc.property(fc.array(drawn, { maxLength: 25 }), (all) => {
        const labels = new Labels();
        const edges = new Edges(labels);
        const isExact = marksOf(all, labels).map(({ atMs, label }) => edges.add(atMs, label));
        fc.pre(isExact.every(Boolean));
        // Of two at one instant the worse outcome speaks; the tie between intervals is not the oracle's.
        fc.pre(new Set(all.map((one) => `${one.atMs} ${one.outcome}`)).size === all.length);
        expect(told(edges)).toBe(expected(all));
      }),
      { numRuns: 500 },
    );
  });

  it('are exact again once the touched stretch is put in from the journal', () => {
    fc.assert(
      fc.property(fc.uniqueArray(drawn, { selector: (one) => one.atMs, maxLength: 40 }), (all) => {
        const labels = new Labels();
        const edges = new Edges(labels);
        const marks = marksOf(all, labels);
        const tens = new Set(
          marks.filter(({ atMs, label }) => !edges.add(atMs, label)).map((one) => Math.floor(one.atMs / 10)),
        );
        const hold = 24;
        for (const ten of tens) {
          const [fromMs, toMs] = [ten * 10, ten * 10 + 10];
          edges.splice(
            fromMs,
            toMs,
            marks.filter(({ atMs }) => atMs >= fromMs - hold && atMs <= toMs + hold),
          );
        }
        expect(told(edges)).toBe(expected(all));
      }),
      { numRuns: 500 },
    );
  });

  it('are exact when late ones fall into a long row, which is cut where its own observations are', () => {
    fc.assert(
      fc.property(fc.uniqueArray(drawn, { selector: (one) => one.atMs, minLength: 1, maxLength: 6 }), (late) => {
        const regular = Array.from({ length: 40 }, (_, run) => ({ atMs: 3 * run, outcome: 'up' as const, everyMs: 5 }));
        const all = [...regular.filter((one) => late.every(({ atMs }) => atMs !== one.atMs)), ...late];
        const labels = new Labels();
        const edges = new Edges(labels);
        const marks = marksOf(all, labels);
        const dirty = marks.filter(({ atMs, label }) => !edges.add(atMs, label));
        for (const ten of new Set(dirty.map((one) => Math.floor(one.atMs / 10))))
          edges.splice(ten * 10, ten * 10 + 10, marks);
        expect(told(edges)).toBe(expected(all));
      }),
      { numRuns: 500 },
    );
  });

  it('do not change when an observation comes twice', () => {
    fc.assert(
      fc.property(fc.uniqueArray(drawn, { selector: (one) => one.atMs, maxLength: 25 }), (all) => {
        const labels = new Labels();
        const edges = new Edges(labels);
        const marks = marksOf(
          all.toSorted((a, b) => a.atMs - b.atMs),
          labels,
        );
        for (const { atMs, label } of marks) edges.add(atMs, label);
        const before = told(edges);
        for (const { atMs, label } of marks) expect(edges.add(atMs, label)).toBe(true);
        expect(told(edges)).toBe(before);
      }),
    );
  });

  it('of one outcome are one row, however many', () => {
    const labels = new Labels();
    const edges = new Edges(labels);
    const up = labels.idOf('up', null, 30);
    for (let run = 0; run < 1_000; run++) edges.add(run * 30, up);
    expect(edges.length).toBe(1);
    expect([...edges.readings(0, 60_000)]).toEqual([
      { atMs: 0, holdsUntilMs: 999 * 30 + 60, outcome: 'up', reason: null },
    ]);
  });

  it('delivered newest first after an outage of the line become one row again', () => {
    const labels = new Labels();
    const edges = new Edges(labels);
    const up = labels.idOf('up', null, 30);
    for (const start of [900, 600, 300, 0]) {
      for (let run = 0; run < 10; run++) expect(edges.add(start + run * 30, up)).toBe(true);
    }
    expect(edges.length).toBe(1);
    for (let run = 1; run <= 10; run++) expect(edges.add(-30 * run, up)).toBe(true);
    expect(edges.length).toBe(1);
  });

  it('of two at one instant let the worse speak, whichever came first', () => {
    for (const order of [
      ['up', 'down'],
      ['down', 'up'],
    ] as const) {
      const labels = new Labels();
      const edges = new Edges(labels);
      for (const outcome of order) edges.add(50, labels.idOf(outcome, outcome === 'up' ? null : 'timeout', 10));
      expect([...edges.readings(0, 100)].map((one) => one.outcome)).toEqual(['down']);
    }
  });
});
