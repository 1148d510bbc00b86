import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Interval, totalMs } from '../../../collector/src/sla/interval.ts';
import { outagesOf } from '../../../collector/src/sla/outages.ts';
import { appendStretch, type Stretch } from '../../../collector/src/sla/timeline.ts';

const STATES = { u: 'up', d: 'down', '?': 'unknown' } as const;
type Letter = keyof typeof STATES;

/** `'uud?'` → a timeline, a letter a millisecond. */
function drawn(letters: readonly Letter[]): Stretch[] {
  const timeline: Stretch[] = [];
  for (const [at, letter] of letters.entries()) {
    appendStretch(timeline, { fromMs: at, toMs: at + 1, state: STATES[letter], reason: null });
  }
  return timeline;
}

/** Every way in which the unknown letters might have been up or down. */
function completions(letters: readonly Letter[]): Letter[][] {
  return letters.reduce<Letter[][]>(
    (all, letter) =>
      all.flatMap((made) => (letter === '?' ? (['u', 'd'] as const) : [letter]).map((answer) => [...made, answer])),
    [[]],
  );
}

/** Down letters in a row of at least so many, counted by hand. */
function countedDown(letters: readonly Letter[], least: number): number {
  const rows = letters.join('').match(/d+/g) ?? [];
  return rows.filter((row) => row.length >= least).reduce((sum, row) => sum + row.length, 0);
}

const lengths = (runs: readonly Interval[]) => totalMs(runs);

describe('outages that are long enough', () => {
  it('are bracketed exactly: the least and the most of all ways in which the unknown time might have gone', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom<Letter>('u', 'u', 'd', '?'), { maxLength: 11 }),
        fc.integer({ min: 0, max: 5 }),
        (letters, minOutageMs) => {
          const { best, worst } = outagesOf(drawn(letters), { minOutageMs });
          const all = completions(letters).map((one) => countedDown(one, minOutageMs));
          expect([lengths(best), lengths(worst)]).toEqual([Math.min(...all), Math.max(...all)]);
        },
      ),
      { numRuns: 300 },
    );
  });

  it('are runs that touch, whatever their reasons', () => {
    const timeline: Stretch[] = [
      { fromMs: 0, toMs: 3, state: 'down', reason: 'timeout' },
      { fromMs: 3, toMs: 5, state: 'down', reason: 'http-status' },
      { fromMs: 5, toMs: 6, state: 'up', reason: null },
    ];
    expect(outagesOf(timeline, { minOutageMs: 5 }).best).toEqual([{ fromMs: 0, toMs: 5 }]);
  });
});
