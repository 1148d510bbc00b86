import type { Event } from '@nines/shared/event.ts';
import { probeOptions } from '@nines/shared/probes/index.ts';
import { describe, expect, it } from 'vitest';
import { backupReports } from '../../../collector/src/backups/report.ts';
import type { ConfiguredCheck } from '../../../collector/src/config/nines.ts';
import { planOf } from '../../../collector/src/config/plan.ts';
import { Head } from '../../../collector/src/evaluate/head.ts';
import type { Indicator } from '../../../collector/src/sla/indicator.ts';
import { MemoryStore } from '../../support/memory-store.ts';
import { JournalInMemory } from '../evaluate/journal-in-memory.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** Noon in UTC, so that the night that ended is over. */
const NOW_MS = Date.UTC(2026, 3, 15, 12);

function check(id: string, probe: Record<string, unknown>, agents = ['web03']): ConfiguredCheck {
  return {
    id,
    everyMs: HOUR_MS,
    timeoutMs: 10_000,
    schedule: null,
    agents,
    probe: probeOptions.parse(probe),
    writtenProbe: probe,
  };
}

const restic = { type: 'restic', repository: '/backup', password: { env: 'P' } };
const CHECKS = [
  check('nightly', { ...restic, expect: { max_age: '26h' } }),
  check('verify', { ...restic, type: 'restic_verify' }),
  check('restore', { ...restic, type: 'restic_restore' }),
  check('other-host', restic, ['web04']),
  check('dumps', { type: 'files', directory: '/dumps' }),
  check('site', { type: 'tcp', host: 'shop.example', port: 443 }),
];

function event(stream: string, of: string, endedAtMs: number, fields: Partial<Event> = {}): Event {
  const labels = { check: of, ...fields.labels };
  return {
    stream,
    id: `${of} ${endedAtMs}`.replaceAll(' ', '-'),
    agent: 'web03',
    revision: 0,
    atMs: endedAtMs - 60_000,
    endedAtMs,
    outcome: 'good',
    values: {},
    ...fields,
    labels,
  };
}

/** A backup of each night at 02:00 of so many days ago, larger every night. */
function nights(daysAgo: readonly number[]): Event[] {
  return daysAgo.map((days) =>
    event('backups', 'nightly', NOW_MS - days * DAY_MS - 10 * HOUR_MS, { values: { bytes: 1_000 - days } }),
  );
}

const windows: Indicator = {
  kind: 'scheduled_windows',
  source: { stream: 'backups', checks: ['nightly'], at: 'end' },
  good: { kind: 'outcome', in: ['good'] },
  windows: {
    days: { kind: 'weekdays', weekdays: [1, 2, 3, 4, 5, 6, 7] },
    at: { fromMinute: 60, toMinute: 240 },
    timeZone: 'UTC',
  },
};
const rpo: Indicator = {
  kind: 'freshness',
  source: windows.source,
  good: windows.good,
  atMostMs: 25 * HOUR_MS,
};

async function reportsOf(events: readonly Event[], indicators: readonly Indicator[] = [], checks = CHECKS) {
  const store = new MemoryStore();
  await store.putEvents({ events, receivedAtMs: NOW_MS });
  const journal = new JournalInMemory();
  const head = new Head({ journal });
  const values = { points: 5, oldest_at: NOW_MS / 1000 - 30 * 86_400 };
  head.apply(
    journal.append('web03', [
      { check: 'nightly', atMs: NOW_MS - HOUR_MS / 2, everyMs: HOUR_MS, outcome: 'up', reason: null, values },
    ]),
  );
  const agents = ['web03', 'web04'].map((name) => ({
    name,
    location: name,
    local: false,
    token: null,
    metricsAt: null,
  }));
  const assignments = checks.flatMap(({ id, agents: of }) =>
    of.map((agent) => ({ check: id, agent, fromMs: 0, toMs: null })),
  );
  const evaluation = { head, plan: planOf({ checks, agents }, assignments), events: store, nowMs: NOW_MS };
  return backupReports({ checks, objectives: indicators.map((indicator) => ({ indicator })), evaluation });
}

describe('repositories', () => {
  it('are what checks on the same agents name alike; a check without one stands for itself, and a site for none', async () => {
    const reports = await reportsOf([]);
    expect(
      reports.map(({ repository: { name, agents, listedBy, triedBy } }) => [
        name,
        agents.join(),
        listedBy.map(({ id }) => id).join(),
        triedBy.map(({ id }) => id).join(),
      ]),
    ).toEqual([
      ['/backup', 'web03', 'nightly', 'verify,restore'],
      ['/backup', 'web04', 'other-host', ''],
      ['dumps', 'web03', 'dumps', ''],
    ]);
  });

  it('nothing is read when there are none', async () => {
    const events = { async *events() {} };
    const head = new Head({ journal: new JournalInMemory() });
    const plan = planOf({ checks: [], agents: [] }, []);
    expect(
      await backupReports({ checks: [], objectives: [], evaluation: { head, plan, events, nowMs: NOW_MS } }),
    ).toEqual([]);
  });
});

describe('a repository', () => {
  it('tells its backups, what can be restored, and which nights were missed', async () => {
    const [report] = await reportsOf(nights([5, 4, 2, 1, 0]), [windows, rpo]);
    expect(report?.backups.map(({ bytes }) => bytes)).toEqual([995, 996, 998, 999, 1_000]);
    expect(report).toMatchObject({ points: 5, oldestAtMs: NOW_MS - 30 * DAY_MS });
    // From the night of the first backup that was ever seen.
    expect(report?.windows.map(({ state }) => state)).toEqual(['good', 'good', 'bad', 'good', 'good', 'good']);
    expect(report?.windows[2]).toMatchObject({ fromMs: NOW_MS - 3 * DAY_MS - 11 * HOUR_MS, reason: 'missed' });
  });

  it('may be as old as the strictest says: a contract or the check itself', async () => {
    const ages = async (indicators: readonly Indicator[]) =>
      (await reportsOf([], indicators)).map(({ promises }) => promises.maxAgeMs);
    expect(await ages([])).toEqual([26 * HOUR_MS, null, null]);
    expect(await ages([rpo])).toEqual([25 * HOUR_MS, null, null]);
  });

  it('without promised windows shows its days, of which today is not over', async () => {
    const [report] = await reportsOf(nights([1]));
    expect(report?.promises.windows).toBeNull();
    expect(report?.windows.map(({ state }) => state)).toEqual(['good', 'unknown']);
  });

  it('tells how it was tried last, and when that last was good', async () => {
    const tried = (kind: string, days: number, fields: Partial<Event> = {}) =>
      event('backup_checks', kind, NOW_MS - days * DAY_MS, { ...fields, labels: { kind, ...fields.labels } });
    const [report] = await reportsOf([
      tried('verify', 14),
      tried('verify', 7, { outcome: 'failed', labels: { reason: 'repository-damaged' }, values: { mismatches: 2 } }),
      tried('restore', 3, { values: { files: 20, bytes: 4_096 } }),
    ]);
    expect(report?.trials).toEqual([
      {
        check: 'verify',
        kind: 'verify',
        endedAtMs: NOW_MS - 7 * DAY_MS,
        outcome: 'failed',
        reason: 'repository-damaged',
        values: { mismatches: 2 },
        lastGoodMs: NOW_MS - 14 * DAY_MS,
      },
      {
        check: 'restore',
        kind: 'restore',
        endedAtMs: NOW_MS - 3 * DAY_MS,
        outcome: 'good',
        reason: null,
        values: { files: 20, bytes: 4_096 },
        lastGoodMs: NOW_MS - 3 * DAY_MS,
      },
    ]);
  });
});
