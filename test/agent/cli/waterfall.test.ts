import type { Check } from '@nines/shared/check.ts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatBar, formatRun, formatRunAsJson } from '../../../agent/src/cli/waterfall.ts';
import { observation } from '../../support/agent-parts.ts';
import { options } from '../../support/probe-targets/probe.ts';

const check: Check = {
  id: 'shop-home',
  everyMs: 30_000,
  timeoutMs: 10_000,
  probe: options({ type: 'http', url: 'http://127.0.0.1:1/' }),
};

const values = { resolve: 1_000, connect: 1_000, processing: 6_000, transfer: 2_000, total: 10_000, status: 200 };

describe('formatRun', () => {
  it('shows the phases that were measured one after the other, in proportion, then the other values and the outcome', () => {
    expect(formatRun(check, { observation: observation(0, { values }), detail: null, error: null })).toBe(
      `shop-home (http)
  resolve         1.000 ms  ████
  connect         1.000 ms      ████
  processing      6.000 ms          ████████████████████████
  transfer        2.000 ms                                  ████████
  total          10.000 ms
  status               200
up
`,
    );
  });

  it('says why a run is not up', () => {
    const failed = observation(0, { outcome: 'down', reason: 'connection-refused', values: { total: 5 } });
    const text = formatRun(check, { observation: failed, detail: 'connect ECONNREFUSED', error: null });
    expect(text).toContain('\ndown: connection-refused (connect ECONNREFUSED)\n');
  });
});

describe('formatRunAsJson', () => {
  it('is one line of JSON with everything that was seen', () => {
    const seen = observation(0, { outcome: 'down', reason: 'status-unexpected', values });
    const text = formatRunAsJson({ observation: seen, detail: 'status 500', error: null });
    expect(text.indexOf('\n')).toBe(text.length - 1);
    expect(JSON.parse(text)).toEqual({
      check: 'shop-home',
      at_ms: 1_790_000_000_000,
      every_ms: 30_000,
      outcome: 'down',
      reason: 'status-unexpected',
      detail: 'status 500',
      values,
    });
  });
});

describe('formatBar', () => {
  it('is never wider than the whole, and visible however short the phase', () => {
    fc.assert(
      fc.property(fc.nat(1e9), fc.nat(1e9), fc.nat(1e9), (before, micros, after) => {
        const bar = formatBar(before, micros, Math.max(1, before + micros + after));
        expect(bar.length).toBeLessThanOrEqual(41);
        expect(bar.trim()).not.toBe('');
      }),
    );
  });
});
