import { describe, expect, it } from 'vitest';
import { availability } from '../../../collector/src/sla/availability.ts';

const period = { fromMs: 1_000, toMs: 11_000, periodToMs: 21_000, periodName: '2026-10' };

describe('availability', () => {
  it('weighs up and down by time, keeps unknown apart, and takes untold time as unknown', () => {
    const attainment = availability(
      {
        timeline: [
          { fromMs: 0, toMs: 5_000, state: 'up', reason: null },
          { fromMs: 5_000, toMs: 6_000, state: 'down', reason: 'timeout' },
          { fromMs: 6_000, toMs: 8_000, state: 'unknown', reason: 'agent-isolated' },
          { fromMs: 8_000, toMs: 9_000, state: 'up', reason: null },
        ],
        incidents: [],
      },
      period,
      900_000_000,
    );
    // Up 1..5 and 8..9 = 5 s, down 1 s, unknown 2 s and the untold 9..11 = 2 s, of 10 s; 10 s are to come.
    expect(attainment).toEqual({
      ...period,
      unit: 'ms',
      good: 5_000,
      bad: 1_000,
      unknown: 4_000,
      attainmentPpb: 833_333_333,
      lowPpb: 500_000_000,
      highPpb: 900_000_000,
      coveragePpb: 600_000_000,
      verdict: 'inconclusive',
      budget: { total: 2_000, used: 1_000, left: 1_000 },
      incidents: [],
    });
  });
});
