import { describe, expect, it } from 'vitest';
import { judge } from '../../../collector/src/sla/judge.ts';
import { PLAIN_PROFILE } from '../../../collector/src/sla/profile.ts';
import {
  addRunCounts,
  availabilityTally,
  latencyTally,
  missingRuns,
  NO_RUNS,
  type RunCounts,
} from '../../../collector/src/sla/run-tally.ts';

const latency = (counts: RunCounts) =>
  judge(latencyTally(counts), { targetPpb: 950_000_000, unknown: PLAIN_PROFILE.unknown });

describe('a latency objective', () => {
  it('counts runs within the threshold among the successful ones', () => {
    const attainment = latency({ up: 100, measured: 100, down: 0, within: [96], missing: 0, pending: 0 });
    expect(attainment).toMatchObject({ good: 96, bad: 4, attainmentPpb: 960_000_000, verdict: 'met' });
    expect(attainment.budget).toEqual({ total: 5, used: 4, left: 1 });
  });

  it('counts a run that is missing or reported no value as unknown, not as slow', () => {
    const attainment = latency({ up: 100, measured: 98, down: 0, within: [94], missing: 20, pending: 0 });
    // 94 good, 4 slow, 22 unknown of 120: between 78.3 % and 96.7 %.
    expect(attainment).toMatchObject({
      good: 94,
      bad: 4,
      unknown: 22,
      lowPpb: 783_333_333,
      highPpb: 966_666_666,
      verdict: 'inconclusive',
    });
  });

  it('estimates the budget of a running period from the runs that are still to come', () => {
    const attainment = latency({ up: 120, measured: 120, down: 0, within: [120], missing: 0, pending: 120 });
    expect(attainment).toMatchObject({ verdict: 'inconclusive', budget: { total: 12, used: 0, left: 12 } });
  });

  it('of a period without a successful run is inconclusive', () => {
    expect(latency(NO_RUNS)).toMatchObject({ attainmentPpb: null, verdict: 'inconclusive' });
  });
});

it('with a limit of slowness a run that was up and says no duration may have been quick or slow', () => {
  const counts = { up: 10, measured: 7, down: 2, within: [5], missing: 1, pending: 4 };
  // Five quick; two failed and two slow; three without a duration and one that is missing.
  expect(availabilityTally(counts)).toEqual({ good: 5, bad: 4, unknown: 4, pending: 4 });
  // Without a limit nobody asks how long they took.
  expect(availabilityTally({ ...counts, within: [] })).toEqual({ good: 10, bad: 2, unknown: 1, pending: 4 });
});

it('unknown time is worth every interval that began in it', () => {
  expect(missingRuns(0, 30_000)).toBe(0);
  expect(missingRuns(1, 30_000)).toBe(1);
  expect(missingRuns(60_000, 30_000)).toBe(2);
  expect(missingRuns(60_001, 30_000)).toBe(3);
});

it('runs of several series add up', () => {
  const one = { up: 1, measured: 2, down: 0, within: [3], missing: 4, pending: 5 };
  expect(addRunCounts(one, one)).toEqual({ up: 2, measured: 4, down: 0, within: [6], missing: 8, pending: 10 });
});
