import { describe, expect, it } from 'vitest';
import { agentState, latencyRange, objectiveView, standingOf } from '../../../collector/src/web/page-model.ts';
import { exampleAgent, exampleAttainment, exampleObjective, NO_LATENCY, NOW_MS } from './example-model.ts';

const budget = { total: 100, used: 40, left: 60 };

describe('the standing of an objective', () => {
  it('is the verdict once there is one, even while the period runs', () => {
    expect(standingOf(exampleAttainment({ verdict: 'breached' }))).toBe('breached');
    expect(standingOf(exampleAttainment({ verdict: 'met' }))).toBe('met');
  });

  it('is on track while the period runs and the budget left covers what is unknown so far', () => {
    expect(standingOf(exampleAttainment({ budget, unknown: 60 }))).toBe('on-track');
    expect(standingOf(exampleAttainment({ budget, unknown: 61 }))).toBe('inconclusive');
  });

  it('is never on track when nothing was measured', () => {
    expect(standingOf(exampleAttainment({ budget, unknown: 0, attainmentPpb: null }))).toBe('inconclusive');
  });

  it('stays inconclusive when the period has ended', () => {
    const ended = exampleAttainment({ budget, unknown: 0, toMs: NOW_MS, periodToMs: NOW_MS });
    expect(standingOf(ended)).toBe('inconclusive');
  });
});

describe('the view of an objective', () => {
  it('names the promised latency exactly', () => {
    const indicator = {
      kind: 'latency',
      checks: ['shop'],
      withinMicros: 12_340_000,
      value: 'total',
      rank: 'share',
    } as const;
    expect(objectiveView(exampleObjective({ indicator }), exampleAttainment()).promise).toBe(
      'successful runs of shop must end within 12340 ms',
    );
    const odd = { ...indicator, withinMicros: 1_500 };
    expect(objectiveView(exampleObjective({ indicator: odd }), exampleAttainment()).promise).toBe(
      'successful runs of shop must end within 1500 µs',
    );
  });

  it('has the newest incident first', () => {
    const { incidents } = objectiveView(exampleObjective(), exampleAttainment());
    expect(incidents.map(({ checks }) => checks)).toEqual([['shop-api'], ['shop-home']]);
  });
});

describe('the state of an agent', () => {
  const limits = { silentAfterMs: 60_000, maxSkewMs: 5_000 };
  const stateOf = (fields: Parameters<typeof exampleAgent>[0]) => agentState(exampleAgent(fields), NOW_MS, limits);

  it.each([
    ['reporting', {}],
    ['reporting', { lastHeardMs: NOW_MS - 60_000, skewMs: -5_000 }],
    ['reporting', { skewMs: null }],
    ['never-heard', { lastHeardMs: null, isIsolated: true }],
    ['silent', { lastHeardMs: NOW_MS - 60_001, skewMs: 9_000 }],
    ['clock-skew', { skewMs: -5_001, isIsolated: true }],
    ['isolated', { isIsolated: true }],
  ] as const)('is %s for %o', (state, fields) => {
    expect(stateOf(fields)).toBe(state);
  });
});

describe('the range of a latency series', () => {
  it('is that of the extremes, in microseconds, gaps left out', () => {
    const series = { atMs: [1, 2, 3], meanMs: [5, null, 7], minMs: [4, null, 6], maxMs: [6, null, 9.5] };
    expect(latencyRange(series)).toEqual({ minMicros: 4_000, maxMicros: 9_500 });
  });

  it('is null when nothing was measured, not zero', () => {
    expect(latencyRange(NO_LATENCY)).toBeNull();
    expect(latencyRange({ atMs: [1], meanMs: [null], minMs: [null], maxMs: [null] })).toBeNull();
  });
});
