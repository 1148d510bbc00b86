import { describe, expect, it } from 'vitest';
import { describeTotals, renderStrip, stripSharePpb, stripTotals, untilNow } from '../../../collector/src/web/strip.ts';
import { exampleStrip, NOW_MS } from './example-model.ts';

const CELL_MS = 900_000;

function draw(exceptions: Parameters<typeof exampleStrip>[0]): string {
  return String(renderStrip(exampleStrip(exceptions), NOW_MS));
}

/** `class x width height` of each rectangle that is not a pattern. */
function blocks(markup: string): readonly string[] {
  const shape = /<rect class="([a-z-]+)" x="([\d.]+%)" y="\d+" width="([\d.]+%)" height="(\d+)"/g;
  return [...markup.matchAll(shape)].map(([, ...parts]) => parts.join(' '));
}

describe('the strip of a check', () => {
  it('is one block for a quiet day', () => {
    expect(blocks(draw({}))).toEqual(['up 0% 100% 12']);
  });

  it('shows an outage taller, at its place, and taller still the more of the cell it takes', () => {
    // Cell 24 of 96 begins at a quarter; a cell is 1.0417 % wide. A third of a cell down: 18 + 12 × 1/3.
    expect(blocks(draw({ 24: [CELL_MS / 3, 0], 25: [CELL_MS, 0] }))).toEqual([
      'up 0% 25% 12',
      'down 25% 1.042% 22',
      'down 26.042% 1.041% 30',
      'up 27.083% 72.917% 12',
    ]);
  });

  it('shows an outage of one millisecond', () => {
    expect(blocks(draw({ 95: [1, 0] })).at(-1)).toBe('down 98.958% 1.042% 18');
  });

  it('hatches what is unknown, wholly or in part, and draws it neither up nor down', () => {
    const markup = draw({ 0: [0, CELL_MS], 1: [0, 1_000] });
    expect(blocks(markup).slice(0, 2)).toEqual(['unknown 0% 1.042% 12', 'partly-unknown 1.042% 1.041% 12']);
    expect(markup.match(/url\(#hatch\)/g)).toHaveLength(2);
  });

  it('says in words what it draws', () => {
    const markup = draw({ 60: [120_000, 0], 61: [CELL_MS, 0], 70: [0, 60_000] });
    // 24 h − 17 min − 1 min. Cells 60 and 61 are one outage, from 15 h to 15 h 30 after yesterday's 14:03:22.
    expect(markup).toContain(
      'aria-label="Last 24 hours: up 23h 42m, down 17m, unknown 1m. Last outage between 05:03:22 UTC and 05:33:22 UTC."',
    );
    expect(markup).toContain('<title>Between 05:03:22 UTC and 05:18:22 UTC: up 13m, down 2m</title>');
  });

  it('does not take a cell in which nothing was observed for up', () => {
    const silent = exampleStrip().map((cell, index) => (index < 48 ? { ...cell, upMs: 0 } : cell));
    expect(blocks(String(renderStrip(silent, NOW_MS)))).toEqual(['unknown 0% 50% 12', 'up 50% 50% 12']);
  });

  it('ends now, though its newest cell ends later, and an outage there is as tall as the time that has passed says', () => {
    const nowMs = NOW_MS - CELL_MS / 2;
    const cells = exampleStrip().map((cell, index) => (index < 95 ? cell : { ...cell, upMs: 0, downMs: CELL_MS / 2 }));
    expect(untilNow(cells, nowMs).at(-1)?.toMs).toBe(nowMs);
    expect(blocks(String(renderStrip(untilNow(cells, nowMs), nowMs))).at(-1)).toBe('down 99.476% 0.524% 30');
    expect(untilNow(cells, NOW_MS - CELL_MS)).toHaveLength(95);
  });

  it('is left out when nothing was ever observed', () => {
    expect(renderStrip([], NOW_MS)).toBeNull();
    expect(describeTotals(stripTotals([]))).toBe('nothing observed');
  });
});

describe('the share of a day that was up', () => {
  it('is of the measured time, and truncated', () => {
    expect(stripSharePpb({ upMs: 2, downMs: 1 })).toBe(666_666_666);
  });

  it('is null when all of it is unknown', () => {
    expect(
      stripSharePpb(stripTotals(exampleStrip().map((cell) => ({ ...cell, upMs: 0, unknownMs: CELL_MS })))),
    ).toBeNull();
  });
});
