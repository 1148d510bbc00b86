import { describe, expect, it } from 'vitest';
import { combineChecks, combineQuorum } from '../../../collector/src/sla/combine.ts';
import { incidentsOf } from '../../../collector/src/sla/incidents.ts';
import { outagesOf } from '../../../collector/src/sla/outages.ts';
import type { Stretch, Timeline } from '../../../collector/src/sla/timeline.ts';

const interval = { fromMs: 0, toMs: 100 };
const up = (fromMs: number, toMs: number): Stretch => ({ fromMs, toMs, state: 'up', reason: null });
const down = (fromMs: number, toMs: number, reason: string): Stretch => ({ fromMs, toMs, state: 'down', reason });
const unknown = (fromMs: number, toMs: number): Stretch => ({
  fromMs,
  toMs,
  state: 'unknown',
  reason: 'agent-isolated',
});

function incidents(checks: Readonly<Record<string, readonly Timeline[]>>, openAtMs: number | null = null) {
  const evidence = Object.entries(checks).map(([check, series]) => ({
    check,
    agents: series.map((timeline, index) => ({ location: `place-${index}`, timeline })),
    timeline: combineQuorum(series, { need: 'any', minReporting: null }, interval),
  }));
  const timelines = evidence.map((one) => one.timeline);
  const { best } = outagesOf(combineChecks(timelines, 'all', interval), { minOutageMs: 0 });
  const period = { ...interval, periodToMs: interval.toMs, periodName: 'all' };
  return incidentsOf(best, evidence, { scope: { period, nowMs: openAtMs ?? 1_000 }, counted: [interval] });
}

describe('an incident', () => {
  it('lasts from the first to the last down instant, whatever reasons follow one another', () => {
    expect(
      incidents({ shop: [[up(0, 10), down(10, 30, 'timeout'), down(30, 35, 'http-status'), up(35, 100)]] }),
    ).toMatchObject([{ fromMs: 10, toMs: 35, countedMs: 25, checks: ['shop'], reasons: ['timeout', 'http-status'] }]);
  });

  it('names only the checks that were down in it, and the reason that lasted longest first', () => {
    const found = incidents({
      mail: [[up(0, 100)]],
      shop: [[up(0, 20), down(20, 30, 'timeout'), up(30, 100)]],
      blog: [[up(0, 25), down(25, 60, 'dns-nxdomain'), up(60, 100)]],
    });
    expect(found).toMatchObject([
      { fromMs: 20, toMs: 60, checks: ['shop', 'blog'], locations: ['place-0'], reasons: ['dns-nxdomain', 'timeout'] },
    ]);
  });

  it('ends where nobody knows any more, and another begins after it', () => {
    const found = incidents({
      shop: [[down(0, 20, 'timeout'), unknown(20, 40), down(40, 50, 'timeout'), up(50, 100)]],
    });
    expect(found.map(({ fromMs, toMs }) => [fromMs, toMs])).toEqual([
      [0, 20],
      [40, 50],
    ]);
  });

  it('that reaches now has no end; one that reaches the end of a past period is cut there', () => {
    const shop = { shop: [[up(0, 90), down(90, 200, 'timeout')]] };
    expect(incidents(shop, 100)).toMatchObject([{ fromMs: 90, toMs: null }]);
    expect(incidents(shop)).toMatchObject([{ fromMs: 90, toMs: 100 }]);
  });

  it('is not made of unknown time', () => {
    expect(incidents({ shop: [[up(0, 10), unknown(10, 100)]] })).toEqual([]);
  });
});
