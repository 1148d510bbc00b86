import type { Event } from '@nines/shared/event.ts';
import { describe, expect, it } from 'vitest';
import { attain } from '../../../collector/src/evaluate/attain.ts';
import { Head } from '../../../collector/src/evaluate/head.ts';
import { periodOf } from '../../../collector/src/evaluate/judged-period.ts';
import type { Attainment } from '../../../collector/src/sla/attainment.ts';
import type { Indicator } from '../../../collector/src/sla/indicator.ts';
import type { Objective } from '../../../collector/src/sla/objective.ts';
import { PLAIN_PROFILE } from '../../../collector/src/sla/profile.ts';
import { MemoryStore } from '../../support/memory-store.ts';
import { anObjective } from '../../support/objectives.ts';
import { JournalInMemory } from './journal-in-memory.ts';
import { EVERY_MS, planOf } from './plan-of.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** A day in Berlin: 2026-10-20, whose midnight is 22:00 UTC of the day before. */
const DAY = '2026-10-20';
const FROM_MS = Date.UTC(2026, 9, 19, 22);

function event(stream: string, id: string, atMs: number, fields: Partial<Event> = {}): Event {
  const endedAtMs = atMs + 60_000;
  return { stream, id, agent: 'fra', revision: 1, atMs, endedAtMs, outcome: 'good', labels: {}, values: {}, ...fields };
}

async function judgedBy(
  indicator: Indicator,
  events: readonly Event[],
  {
    nowMs = FROM_MS + 2 * DAY_MS,
    seenUntilMs = nowMs,
    failing = null,
    ...fields
  }: Partial<Objective> & { nowMs?: number; seenUntilMs?: number; failing?: string | null } = {},
): Promise<Attainment> {
  const store = new MemoryStore();
  await store.putEvents({ events, receivedAtMs: nowMs });
  const journal = new JournalInMemory();
  const head = new Head({ journal });
  // The check that brings the events is up until then, or down for the reason given.
  const runs = Array.from({ length: Math.floor((seenUntilMs - FROM_MS) / EVERY_MS) - 1 }, (_, index) => ({
    check: 'source',
    atMs: FROM_MS + index * EVERY_MS,
    everyMs: EVERY_MS,
    outcome: failing === null ? ('up' as const) : ('down' as const),
    reason: failing,
    values: {},
  }));
  if (runs.length > 0) head.apply(journal.append('fra', runs));
  const profile = { ...PLAIN_PROFILE, method: { kind: 'occurrences' } as const };
  const period = { kind: 'calendar', calendar: { unit: 'day' } } as const;
  const objective = anObjective(indicator, { profile, period, targetPpb: 800_000_000, ...fields });
  const judged = periodOf(objective, DAY, nowMs);
  if (judged === null) throw new Error(`no period ${DAY}`);
  return attain(objective, { head, plan: planOf({ source: ['fra'] }), events: store, nowMs }, judged);
}

const source = { stream: 'work', checks: ['source'], at: 'begin' } as const;
const ratio: Indicator = {
  kind: 'event_ratio',
  source,
  valid: { kind: 'always' },
  good: { kind: 'outcome', in: ['good'] },
};

describe('events of a stream', () => {
  it('belong to the period in which they begin, to the millisecond of its local midnights', async () => {
    const events = [
      event('work', 'before', FROM_MS - 1),
      event('work', 'first', FROM_MS),
      event('work', 'last', FROM_MS + DAY_MS - 1, { outcome: 'failed' }),
      event('work', 'after', FROM_MS + DAY_MS),
      event('other', 'stream', FROM_MS),
    ];
    expect(await judgedBy(ratio, events)).toMatchObject({ unit: 'events', good: 1, bad: 1, verdict: 'breached' });
  });

  it('that count when they end belong to the period that begins at exactly that instant', async () => {
    const events = [event('work', 'over midnight', FROM_MS - HOUR_MS, { endedAtMs: FROM_MS })];
    const byEnd = { ...ratio, source: { ...source, at: 'end' as const } };
    expect(await judgedBy(byEnd, events)).toMatchObject({ good: 1, bad: 0 });
  });

  it('give no verdict while events may be there that nobody has seen', async () => {
    const events = [event('work', 'one', FROM_MS)];
    expect((await judgedBy(ratio, events)).verdict).toBe('met');
    expect((await judgedBy(ratio, events, { seenUntilMs: FROM_MS + HOUR_MS })).verdict).toBe('inconclusive');
  });

  it('were seen by a run that found backups wanting, and not by one that never got that far', async () => {
    const events = [event('work', 'one', FROM_MS)];
    expect((await judgedBy(ratio, events, { failing: 'backup-too-old' })).verdict).toBe('met');
    expect((await judgedBy(ratio, events, { failing: 'connection-refused' })).verdict).toBe('inconclusive');
  });

  it('outside of service hours are no part of it', async () => {
    const office = Array.from({ length: 7 }, () => [{ fromMinute: 9 * 60, toMinute: 17 * 60 }]);
    const events = [event('work', 'night', FROM_MS + 8 * HOUR_MS), event('work', 'day', FROM_MS + 9 * HOUR_MS)];
    const calendar = { timeZone: 'Europe/Berlin', week: office, holidays: [] };
    expect(await judgedBy(ratio, events, { calendar })).toMatchObject({ good: 1, bad: 0, excluded: 0 });
  });
});

describe('the last good event', () => {
  const fresh: Indicator = {
    kind: 'freshness',
    source: { ...source, at: 'end' },
    good: { kind: 'outcome', in: ['good'] },
    atMostMs: 6 * HOUR_MS,
  };
  const time = { profile: PLAIN_PROFILE };

  it('keeps the promise for its length, whether it ended before the period or in it', async () => {
    const events = [
      event('work', 'before', 0, { endedAtMs: FROM_MS - HOUR_MS }),
      event('work', 'in', 0, { endedAtMs: FROM_MS + 10 * HOUR_MS }),
    ];
    // Fresh until 5 h, and from 10 h to 16 h: 11 of 24.
    expect(await judgedBy(fresh, events, time)).toMatchObject({ unit: 'ms', good: 11 * HOUR_MS, bad: 13 * HOUR_MS });
  });

  it('may have come unseen since its source fell silent: that time is unknown', async () => {
    const events = [event('work', 'in', 0, { endedAtMs: FROM_MS })];
    const attained = await judgedBy(fresh, events, { ...time, seenUntilMs: FROM_MS + 8 * HOUR_MS });
    expect(attained).toMatchObject({ good: 6 * HOUR_MS, bad: 2 * HOUR_MS, unknown: 16 * HOUR_MS });
  });
});

it('windows of a running day that are still to come are pending, and one that goes on is open', async () => {
  const windows: Indicator = {
    kind: 'scheduled_windows',
    source: { ...source, at: 'end' },
    good: { kind: 'outcome', in: ['good'] },
    windows: {
      days: { kind: 'weekdays', weekdays: [1, 2, 3, 4, 5, 6, 7] },
      at: { fromMinute: 120, toMinute: 240 },
      timeZone: 'Europe/Berlin',
    },
  };
  const at = (hours: number) => judgedBy(windows, [], { nowMs: FROM_MS + hours * HOUR_MS });
  expect(await at(1)).toMatchObject({ good: 0, bad: 0, unknown: 0, pending: 1 });
  expect(await at(3)).toMatchObject({ good: 0, bad: 0, unknown: 1, pending: 0 });
  expect(await at(4)).toMatchObject({ good: 0, bad: 1, unknown: 0, verdict: 'breached' });
  // A window that begins when nothing is promised is not waited for.
  const week = Array.from({ length: 7 }, () => [{ fromMinute: 9 * 60, toMinute: 17 * 60 }]);
  const calendar = { timeZone: 'Europe/Berlin', week, holidays: [] };
  expect(await judgedBy(windows, [], { nowMs: FROM_MS + HOUR_MS, calendar })).toMatchObject({ pending: 0 });
});

it('sizes are compared with those before the period, which are no part of it', async () => {
  const sizes: Indicator = {
    kind: 'anomaly',
    source: { ...source, at: 'end' },
    valid: { kind: 'always' },
    value: 'bytes',
    by: [],
    last: 14,
    atLeast: 3,
    lookBackMs: 30 * DAY_MS,
    deviationsMilli: 6_000,
    tolerancePpb: 100_000_000,
    bad: 'both',
  };
  const events = [-3, -2, -1, 0].map((day) =>
    event('work', `night ${day}`, FROM_MS + day * DAY_MS, { values: { bytes: day === 0 ? 50 : 100 } }),
  );
  const attained = await judgedBy(sizes, events);
  expect(attained).toMatchObject({ unit: 'events', good: 0, bad: 1, verdict: 'breached' });
  expect(attained.incidents).toMatchObject([{ checks: ['work/night 0'], reasons: ['bytes 50 is below 90'] }]);
});
