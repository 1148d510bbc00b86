import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Exposition, encodeLabels, suffix } from '../../shared/src/exposition.ts';

describe('an exposition', () => {
  it('writes HELP and TYPE once, before the first sample, and nothing of a family without samples', () => {
    const page = new Exposition();
    page.family('a_ratio', 'gauge', 'A share.');
    page.family('b_total', 'counter', 'Of "these"\nand those.');
    page.sample(encodeLabels({}), 1);
    page.sample(encodeLabels({ x: 'y' }), 2);
    expect(page.toString()).toBe(
      '# HELP b_total Of "these"\\nand those.\n# TYPE b_total counter\nb_total 1\nb_total{x="y"} 2\n',
    );
  });

  it('puts what tells the samples of a family apart behind the labels of the series', () => {
    const page = new Exposition();
    page.family('d_seconds', 'histogram', 'Duration.');
    page.sample(encodeLabels({ check: 'shop' }), 3, suffix('_bucket', { le: '0.5' }));
    page.sample(encodeLabels({}), 3, suffix('_bucket', { le: '0.5' }));
    page.sample(encodeLabels({ check: 'shop' }), 3, suffix('_count'));
    expect(page.toString().split('\n').slice(2)).toEqual([
      'd_seconds_bucket{check="shop",le="0.5"} 3',
      'd_seconds_bucket{le="0.5"} 3',
      'd_seconds_count{check="shop"} 3',
      '',
    ]);
  });

  it('as OpenMetrics names counters without _total, has exemplars and an end', () => {
    const page = new Exposition('openmetrics');
    page.family('runs_total', 'counter', 'The "runs".');
    page.sample(encodeLabels({}), 2, undefined, { labels: { reason: 'refused' }, value: 1, atMs: 1_500 });
    page.end();
    expect(page.toString()).toBe(
      '# HELP runs The \\"runs\\".\n# TYPE runs counter\nruns_total 2 # {reason="refused"} 1 1.500\n# EOF\n',
    );
  });

  it('writes every number so that it is read as the same number', () => {
    const decimals = fc.tuple(fc.maxSafeInteger(), fc.constantFrom(1, 10, 1e3, 1e6, 1e7)).map(([n, unit]) => n / unit);
    const numbers = fc.oneof(
      fc.double(),
      fc.maxSafeInteger(),
      fc.integer(),
      decimals,
      fc.integer().map((n) => n / 1e6),
    );
    fc.assert(
      fc.property(numbers, (value) => {
        const page = new Exposition();
        page.family('x', 'gauge', 'X.');
        page.sample(encodeLabels({}), value);
        const text = page.toString().split('\n')[2]?.slice(2) ?? '';
        expect(Number(text.replace('Inf', 'Infinity'))).toBe(value === 0 ? 0 : value);
      }),
      { numRuns: 2_000 },
    );
  });

  it('reads the same in pieces as in one, whatever the labels are and however long', () => {
    const labels = fc.dictionary(fc.constantFrom('check', 'agent'), fc.string({ unit: 'binary', maxLength: 40_000 }));
    fc.assert(
      fc.property(fc.array(labels, { maxLength: 20 }), (series) => {
        const [whole, parted] = [new Exposition(), new Exposition()];
        const pieces: Uint8Array[] = [];
        for (const page of [whole, parted]) page.family('x', 'gauge', 'X.');
        for (const [index, one] of series.entries()) {
          whole.sample(encodeLabels(one), index);
          parted.sample(encodeLabels(one), index);
          if (parted.isFull) pieces.push(parted.take());
        }
        pieces.push(parted.take());
        expect(Buffer.concat(pieces).toString()).toBe(whole.toString());
        expect(
          whole
            .toString()
            .split('\n')
            .filter((line) => line.startsWith('x')),
        ).toHaveLength(series.length);
      }),
      { numRuns: 30 },
    );
  });
});
