import { describe, expect, it } from 'vitest';
import { judgeFailure } from '../../../agent/src/failure-reason.ts';
import { judgeRestorePoints, type RestorePoint, shipRestorePoints } from '../../../agent/src/probes/restore-points.ts';
import { parseEvents, type ReportedEvent, writeEvents } from '../../../shared/src/event.ts';
import { restorePointExpectation } from '../../../shared/src/probes/restore-points.ts';
import { ManualClock } from '../../support/manual-clock.ts';

const HOUR_MS = 3_600_000;
const NOW_MS = Date.UTC(2026, 3, 5);

function point(hoursAgo: number, extra: Partial<RestorePoint> = {}): RestorePoint {
  const endedAtMs = NOW_MS - hoursAgo * HOUR_MS;
  return {
    id: `${hoursAgo}h`,
    startedAtMs: endedAtMs - 60_000,
    endedAtMs,
    bytes: 5_000,
    files: 7,
    labels: { host: 'web-01' },
    ...extra,
  };
}

function judge(points: readonly RestorePoint[], expectation: Record<string, unknown> = {}) {
  const clock = new ManualClock(NOW_MS);
  const values: Record<string, number> = {};
  try {
    judgeRestorePoints(points, restorePointExpectation.parse(expectation), { clock, values });
    return { verdict: 'up', values };
  } catch (error) {
    const { outcome, reason } = judgeFailure(error);
    return { verdict: `${outcome} ${reason}`, values };
  }
}

describe('restore points', () => {
  it('are reported by the one that ended last and the one that began first, in any order', () => {
    const { verdict, values } = judge([point(50), point(2), point(26)]);
    expect(verdict).toBe('up');
    expect(values).toEqual({
      points: 3,
      age: 2 * 3_600_000_000,
      newest_at: NOW_MS / 1000 - 2 * 3600,
      oldest_at: NOW_MS / 1000 - 50 * 3600 - 60,
      reach: (50 * 3600 + 60) * 1e6,
      size: 5_000,
      files: 7,
    });
  });

  it.each([
    [[], {}, 'down backup-missing'],
    [[26], { max_age: '26h' }, 'up'],
    [[27], { max_age: '26h' }, 'down backup-too-old'],
    [[1, 25], { min_points: 3 }, 'down backup-too-few'],
    [[1, 25, 49], { min_points: 3 }, 'up'],
    [[1], { min_size: '5kB' }, 'up'],
    [[1], { min_size: '6kB' }, 'down backup-too-small'],
    [[1], { min_files: 8 }, 'down backup-too-small'],
    [[1, 25], { reaches_back: '2d' }, 'down backup-history-too-short'],
    [[1, 48], { reaches_back: '2d' }, 'up'],
  ])('ended %j hours ago, expecting %j: %s', (hours, expectation, verdict) => {
    expect(
      judge(
        hours.map((ago) => point(ago)),
        expectation,
      ).verdict,
    ).toBe(verdict);
  });

  it('that fail are reported all the same', () => {
    expect(judge([point(30)], { max_age: '26h' }).values).toMatchObject({ points: 1, size: 5_000 });
  });

  it('from the future, by the clock of another host, are new, not older than nothing', () => {
    expect(judge([point(-1)]).values.age).toBe(0);
  });

  it('of unknown size can neither keep nor break what is expected of it', () => {
    const { verdict, values } = judge([point(1, { bytes: null })], { min_size: '1B' });
    expect(verdict).toBe('unknown agent-error');
    expect(values).not.toHaveProperty('size');
  });
});

/** What a check shipped, and the place that it left, as the agent keeps them. */
function recordingSink() {
  const shipped: ReportedEvent[][] = [];
  let place: string | null = null;
  return {
    shipped,
    place: async () => place,
    async ship(events: readonly ReportedEvent[], next: string) {
      shipped.push([...events]);
      place = next;
    },
  };
}

describe('what is shipped of restore points', () => {
  it('is one event each, with its beginning, end, size and labels', async () => {
    const events = recordingSink();
    await shipRestorePoints([point(2)], { check: 'web-backup', events });
    expect(events.shipped).toEqual([
      [
        {
          stream: 'backups',
          id: expect.stringMatching(/^[\w-]{43}$/),
          revision: 0,
          atMs: NOW_MS - 2 * HOUR_MS - 60_000,
          endedAtMs: NOW_MS - 2 * HOUR_MS,
          outcome: 'good',
          labels: { check: 'web-backup', host: 'web-01' },
          values: { bytes: 5_000, files: 7 },
        },
      ],
    ]);
  });

  it('is only what was not there before; nothing when nothing changed', async () => {
    const events = recordingSink();
    const see = (...hours: number[]) =>
      shipRestorePoints(
        hours.map((ago) => point(ago)),
        { check: 'web-backup', events },
      );
    await see(26, 2);
    await see(26, 2);
    await see(26, 2, 1);
    await see(2, 1);
    expect(events.shipped.map((some) => some.length)).toEqual([2, 1, 0]);
  });

  it('has another id for each check, and takes any name', async () => {
    const [one, other] = [recordingSink(), recordingSink()];
    const odd = point(1, { id: 'nächtlich\n1', labels: { file: 'x'.repeat(500) } });
    await shipRestorePoints([odd], { check: 'a', events: one });
    await shipRestorePoints([odd], { check: 'b', events: other });
    expect(one.shipped[0]?.[0]?.id).not.toBe(other.shipped[0]?.[0]?.id);
    expect(() => parseEvents(writeEvents(one.shipped[0] ?? []), 'web03')).not.toThrow();
  });
});
