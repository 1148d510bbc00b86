import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  decimalsBeside,
  formatAmount,
  formatBounds,
  formatBytes,
  formatCount,
  formatLatency,
  formatPercent,
  formatSpan,
  formatTarget,
  formatUtc,
  formatZoned,
} from '../../../collector/src/web/format.ts';

const PPB = 1_000_000_000;

describe('percentages', () => {
  it('are truncated, so a breach never looks like the promise', () => {
    expect(formatPercent(998_958_333)).toBe('99.895 %');
    expect(formatPercent(999_999_999)).toBe('99.999 %');
    expect(formatPercent(PPB)).toBe('100.000 %');
    expect(formatPercent(0)).toBe('0.000 %');
    expect(formatPercent(12_345)).toBe('0.001 %');
  });

  it('never show more than was measured, and less than one unit of their last digit under it', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: PPB }), fc.integer({ min: 3, max: 7 }), (ppb, decimals) => {
        // Digits without the point are an integer of 10^-decimals percent.
        const shownPpb = Number(formatPercent(ppb, decimals).replace(/\D/g, '')) * 10 ** (7 - decimals);
        expect(shownPpb).toBeLessThanOrEqual(ppb);
        expect(shownPpb).toBeGreaterThan(ppb - 10 ** (7 - decimals));
      }),
    );
  });

  it('say that there is no data instead of a number', () => {
    expect(formatPercent(null)).toBe('no data');
  });

  it('of a target are shown in full', () => {
    expect([999_500_000, 990_000_000, PPB, 999_999_990].map(formatTarget)).toEqual([
      '99.95 %',
      '99 %',
      '100 %',
      '99.999999 %',
    ]);
  });

  it('beside a target tell kept from broken: one is below the target as shown exactly when it is below it', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: PPB }), fc.integer({ min: -20_000, max: 20_000 }), (targetPpb, offset) => {
        const ppb = Math.min(PPB, Math.max(0, targetPpb + offset));
        const shown = Number(formatPercent(ppb, decimalsBeside(targetPpb)).slice(0, -2));
        expect(shown < Number(formatTarget(targetPpb).slice(0, -2))).toBe(ppb < targetPpb);
      }),
    );
  });

  it('as bounds take the decimals that tell them apart, and are left out when equal', () => {
    expect(formatBounds(994_120_000, 999_500_000)).toBe('99.412–99.950 %');
    expect(formatBounds(999_500_001, 999_500_099)).toBe('99.950000–99.950009 %');
    expect(formatBounds(999_500_000, 999_500_000)).toBeNull();
    expect(formatBounds(null, null)).toBeNull();
  });
});

describe('lengths of time', () => {
  it.each([
    [0, '0s'],
    [1, '1ms'],
    [999, '999ms'],
    [4_299, '4.2s'],
    [59_999, '59s'],
    [2_592_000, '43m 12s'],
    [3_600_000, '1h'],
    [26_064_000, '7h 14m 24s'],
    [86_400_000, '1d'],
    [184_499_999, '2d 3h 14m'],
    [-754_000, '12m 34s'],
  ])('%d ms is %s', (spanMs, text) => {
    expect(formatSpan(spanMs)).toBe(text);
  });

  it('that are not nothing never read as nothing', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 10 ** 12 }), (spanMs) => {
        expect(formatSpan(spanMs)).toMatch(/^[1-9]|^\d+\.[1-9]s$/);
      }),
    );
  });
});

describe('other figures', () => {
  it('an amount is a length of time, or runs', () => {
    expect(formatAmount(754_000, 'ms')).toBe('12m 34s');
    expect(formatAmount(-1_200, 'runs')).toBe('1,200 runs');
    expect(formatAmount(1, 'runs')).toBe('1 run');
  });

  it('counts are grouped by thousands', () => {
    expect([0, 999, 1_000, 1_234_567].map(formatCount)).toEqual(['0', '999', '1,000', '1,234,567']);
  });

  it('no latency looks quicker than it was', () => {
    expect([850, 999.2, 1_000, 300_401, 999_950, 1_203_400].map(formatLatency)).toEqual([
      '850 µs',
      '1000 µs',
      '1.0 ms',
      '300.5 ms',
      '1.000 s',
      '1.204 s',
    ]);
  });

  it('bytes are in binary units', () => {
    expect([0, 1_023, 1_536, 12 * 2 ** 20, 5 * 2 ** 40].map(formatBytes)).toEqual([
      '0 B',
      '1023 B',
      '1.5 KiB',
      '12.0 MiB',
      '5120.0 GiB',
    ]);
  });

  it('an instant has its date unless it is today, and always its zone', () => {
    const nowMs = Date.UTC(2026, 9, 25, 12);
    expect(formatUtc(Date.UTC(2026, 9, 25, 0, 0, 1), nowMs)).toBe('00:00:01 UTC');
    expect(formatUtc(Date.UTC(2026, 9, 24, 23, 59, 59), nowMs)).toBe('2026-10-24 23:59:59 UTC');
    // Berlin has 02:30 twice that night: the offset tells which.
    expect(formatZoned(Date.UTC(2026, 9, 25, 0, 30), 'Europe/Berlin')).toBe('2026-10-25 02:30:00 +02:00');
    expect(formatZoned(Date.UTC(2026, 9, 25, 1, 30), 'Europe/Berlin')).toBe('2026-10-25 02:30:00 +01:00');
  });
});
