import { describe, expect, it } from 'vitest';
import type { Alert } from '../../../../collector/src/alerts/alert.ts';
import { dueNotices, type NoticeTerms } from '../../../../collector/src/alerts/notices/due.ts';
import { anAlert } from '../../../support/alert-contract.ts';
import { someTerms } from '../snapshots.ts';

const SECOND_MS = 1_000;
const TERMS: NoticeTerms = { ...someTerms(), groupBy: ['alertname'], groupWaitMs: 15_000, groupIntervalMs: 60_000 };

/** A check that fired at that second and nobody was told of. */
function fired(check: string, second: number, fields: Partial<Alert> = {}): Alert {
  return anAlert(check, { sinceMs: second * SECOND_MS, firedAtMs: second * SECOND_MS, told: {}, ...fields });
}

function due(alerts: readonly Alert[], second: number, terms: Partial<NoticeTerms> = {}) {
  const reader = { name: 'ops', terms: { ...TERMS, ...terms } };
  return dueNotices(alerts, { reader, nowMs: second * SECOND_MS, isAcknowledged: () => false });
}

/** What each notice is about. */
function told(alerts: readonly Alert[], second: number, terms: Partial<NoticeTerms> = {}): string[][] {
  return due(alerts, second, terms).notices.map((one) => one.alerts.map(({ labels }) => labels.check ?? ''));
}

describe('groups', () => {
  it('a group is told of once nothing joined it for a while, all of it together', () => {
    const alerts = [fired('a', 0), fired('b', 10)];
    expect(told(alerts, 24)).toEqual([]);
    expect(told(alerts, 25)).toEqual([['a', 'b']]);
  });

  it('one that goes on growing is told of after eight times that', () => {
    const alerts = Array.from({ length: 30 }, (_, index) => fired(`c${index}`, index * 10));
    expect(told(alerts.slice(0, 12), 119)).toEqual([]);
    expect(told(alerts.slice(0, 13), 120)[0]).toHaveLength(13);
  });

  it('what joins a group that was told of waits for the interval', () => {
    const known = fired('a', 0, { told: { ops: { state: 'firing', atMs: 15_000 } } });
    expect(told([known, fired('b', 20)], 74)).toEqual([]);
    expect(told([known, fired('b', 20)], 75)).toEqual([['b']]);
  });

  it('10,000 checks that go down within a minute are one notice that names 100 of them and counts the rest', () => {
    const alerts = Array.from({ length: 10_000 }, (_, index) => fired(`c${index}`, (index * 60) / 10_000));
    const { notices, told: marked } = due(alerts, 75);
    expect(notices).toHaveLength(1);
    expect(notices[0]).toMatchObject({ firing: 10_000, leftOff: 9_900, status: 'firing' });
    expect(notices[0]?.alerts).toHaveLength(100);
    expect(marked).toHaveLength(10_000);
    expect(due(marked, 1_000).notices).toEqual([]);
    expect(JSON.stringify(notices).length).toBeLessThan(60_000);
  });

  it('alerts with other values of the labels are other groups', () => {
    expect(told([fired('a', 0), fired('b', 0)], 15, { groupBy: ['check'] })).toEqual([['a'], ['b']]);
    expect(told([fired('a', 0), fired('b', 0)], 15, { groupBy: [] })).toEqual([['a', 'b']]);
  });
});

describe('what is told', () => {
  const hears = { ops: { state: 'firing', atMs: 0 } } as const;

  it('the end of what was told, not of what was not, and not to those who do not want to know', () => {
    const over = { state: 'resolved', resolvedAtMs: 100_000 } as const;
    const alerts = [fired('a', 0, { ...over, told: hears }), fired('b', 0, over)];
    expect(told(alerts, 115)).toEqual([['a']]);
    expect(due(alerts, 115).notices[0]).toMatchObject({ status: 'resolved', firing: 0, why: 'change' });
    expect(told(alerts, 115, { tellsResolved: false })).toEqual([]);
  });

  it('nothing of what is pending, quiet, or of another severity', () => {
    expect(told([fired('a', 0, { state: 'pending' })], 100)).toEqual([]);
    expect(told([fired('a', 0, { quiet: 'maintenance' })], 100)).toEqual([]);
    expect(told([fired('a', 0)], 100, { severities: ['ticket'] })).toEqual([]);
    expect(told([fired('a', 0)], 100, { severities: ['page'] })).toEqual([['a']]);
  });

  it('a notice has another name than the next, and the same when it is made again', () => {
    const alerts = [fired('a', 0)];
    expect(due(alerts, 15).notices[0]?.id).toBe(due(alerts, 15).notices[0]?.id);
    expect(due(alerts, 15).notices[0]?.id).not.toBe(due(alerts, 16).notices[0]?.id);
  });
});
