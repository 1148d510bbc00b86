import { describe, expect, it } from 'vitest';
import { withConsecutive } from '../../../collector/src/sla/consecutive.ts';
import type { Interval } from '../../../collector/src/sla/interval.ts';
import { appendStretch, type Stretch, type Timeline } from '../../../collector/src/sla/timeline.ts';

/** A run every 10 ms: `u`, `d` and `?` (nobody measured) each stand for one; `.` for time in which the agent has no part. */
const EVERY_MS = 10;
const STATES: Readonly<Record<string, Stretch['state']>> = { u: 'up', d: 'down', '?': 'unknown' };

function drawn(letters: string): Timeline {
  const timeline: Stretch[] = [];
  for (const [index, letter] of [...letters].entries()) {
    const state = STATES[letter];
    if (state === undefined) continue;
    const reason = state === 'up' ? null : state;
    appendStretch(timeline, { fromMs: index * EVERY_MS, toMs: (index + 1) * EVERY_MS, state, reason });
  }
  return timeline;
}

function counted(letters: string, least: number): string {
  const runsIn = ({ fromMs, toMs }: Interval) =>
    [...letters].filter((letter, at) => letter === 'd' && at * EVERY_MS >= fromMs && at * EVERY_MS < toMs).length;
  const timeline = withConsecutive(drawn(letters), { least, runsIn, everyMs: EVERY_MS });
  return [...letters]
    .map((_, at) => {
      const state = timeline.find(({ fromMs, toMs }) => fromMs <= at * EVERY_MS && at * EVERY_MS < toMs)?.state;
      return Object.entries(STATES).find(([, one]) => one === state)?.[0] ?? '.';
    })
    .join('');
}

describe('failures in a row', () => {
  it.each([
    // Exactly as many as it takes count from the first of them on.
    ['udddu', 3, 'udddu'],
    ['uddu', 3, 'uuuu'],
    ['udddduddu', 3, 'udddduuuu'],
    // The unknown run beside two failures may have been the third: all three are open.
    ['udd?u', 3, 'u???u'],
    ['u?ddu', 3, 'u???u'],
    // Two unknown runs cannot be three failures, nor can one and one.
    ['u??u', 3, 'uuuu'],
    ['ud?u', 3, 'uuuu'],
    ['u???u', 3, 'u???u'],
    // What is certain stays certain, whatever is beside it.
    ['uddd?u', 3, 'uddd?u'],
    // Time in which the agent has no part ends a row.
    ['dd.dd', 3, 'uu.uu'],
    ['d', 1, 'd'],
  ])('%s with %i of them is %s', (letters, least, expected) => {
    expect(counted(letters, least)).toBe(expected);
  });
});
