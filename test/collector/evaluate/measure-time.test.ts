import type { Observation } from '@nines/shared/observation.ts';
import { describe, expect, it } from 'vitest';
import { attain } from '../../../collector/src/evaluate/attain.ts';
import { Head } from '../../../collector/src/evaluate/head.ts';
import { periodOf } from '../../../collector/src/evaluate/judged-period.ts';
import { PLAIN_PROFILE } from '../../../collector/src/sla/profile.ts';
import { anObjective, areUp } from '../../support/objectives.ts';
import { JournalInMemory } from './journal-in-memory.ts';
import { EVERY_MS, planOf } from './plan-of.ts';

/** The end of October 2026 in Berlin. */
const END_MS = 1_793_487_600_000;
const MINUTE_MS = 60_000;

/** Runs around the end of the month, down from one minute to another (negative ones are before it). */
function runs(downFromMinute: number, downToMinute: number): Observation[] {
  return Array.from({ length: 120 }, (_, index) => {
    const atMs = END_MS - 30 * MINUTE_MS + index * EVERY_MS;
    const isDown = atMs >= END_MS + downFromMinute * MINUTE_MS && atMs < END_MS + downToMinute * MINUTE_MS;
    const outcome = isDown ? ('down' as const) : ('up' as const);
    return { check: 'shop', atMs, everyMs: EVERY_MS, outcome, reason: isDown ? 'timeout' : null, values: {} };
  });
}

async function badIn(month: string, seen: readonly Observation[]): Promise<number> {
  const journal = new JournalInMemory();
  const head = new Head({ journal });
  head.apply(journal.append('fra', seen));
  const objective = anObjective(areUp('shop'), {
    profile: { ...PLAIN_PROFILE, failure: { ...PLAIN_PROFILE.failure, minOutageMs: 5 * MINUTE_MS } },
  });
  const nowMs = END_MS + 20 * MINUTE_MS;
  const period = periodOf(objective, month, nowMs);
  if (period === null) throw new Error(`no period ${month}`);
  return (await attain(objective, { head, plan: planOf({ shop: ['fra'] }), nowMs }, period)).bad;
}

describe('an outage that has to last five minutes', () => {
  it('is as long as it was, also across the end of a month: each month counts its own part', async () => {
    const across = runs(-3, 2);
    expect(await badIn('2026-10', across)).toBe(3 * MINUTE_MS);
    expect(await badIn('2026-11', across)).toBe(2 * MINUTE_MS);
  });

  it('counts in neither month when it was shorter', async () => {
    expect(await badIn('2026-10', runs(-3, 1))).toBe(0);
    expect(await badIn('2026-11', runs(-3, 1))).toBe(0);
  });
});
