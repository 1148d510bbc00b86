import { describe, expect, it } from 'vitest';
import { burnRate, exhaustsInMs } from '../../../collector/src/sla/burn-rate.ts';

describe('the burn rate', () => {
  // SRE workbook, chapter 5: at 99.9 %, 1.44 % of an hour bad burns 14.4 times too fast.
  it('is the bad share over what the target allows', () => {
    expect(burnRate({ good: 3_548_160, bad: 51_840 }, 999_000_000)).toBeCloseTo(14.4, 9);
    expect(burnRate({ good: 999, bad: 1 }, 999_000_000)).toBeCloseTo(1, 9);
    expect(burnRate({ good: 5, bad: 0 }, 999_000_000)).toBe(0);
  });

  it('is null when nothing was measured or the target allows nothing', () => {
    expect(burnRate({ good: 0, bad: 0 }, 999_000_000)).toBeNull();
    expect(burnRate({ good: 9, bad: 1 }, 1_000_000_000)).toBeNull();
  });
});

describe('the time until the budget is gone', () => {
  it('goes on at the pace of the window', () => {
    // One minute lost an hour, ten minutes left: ten hours.
    expect(exhaustsInMs(600_000, { bad: 60_000, windowMs: 3_600_000 })).toBe(36_000_000);
  });

  it('is nothing when it is gone, and never when nothing goes wrong', () => {
    expect(exhaustsInMs(0, { bad: 0, windowMs: 3_600_000 })).toBe(0);
    expect(exhaustsInMs(-5, { bad: 1, windowMs: 3_600_000 })).toBe(0);
    expect(exhaustsInMs(5, { bad: 0, windowMs: 3_600_000 })).toBeNull();
  });
});
