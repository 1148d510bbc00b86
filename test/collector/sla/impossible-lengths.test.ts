/** Lengths of time that cannot be: nobody knows what really was, so their events are neither good nor bad. */
import type { Event } from '@nines/shared/event.ts';
import { describe, expect, it } from 'vitest';
import { durationCases } from '../../../collector/src/sla/duration-target.ts';
import { ratioCases } from '../../../collector/src/sla/event-ratio.ts';
import type { DurationTarget, EventSource } from '../../../collector/src/sla/indicator.ts';
import { notAbandoned, SERVICE_LEVEL_FORMULAS, serviceLevel } from '../../../collector/src/sla/phone.ts';
import { measureStatistic, statisticOf } from '../../../collector/src/sla/statistic.ts';
import { scopeOver } from './example-scope.ts';

const SOURCE: EventSource = { stream: 'work', checks: [], at: 'begin' };
const BEGUN_MS = 1_000_000;
const HOUR_MS = 3_600_000;

function event(outcome: string, values: Event['values'], endedAtMs: number | null = BEGUN_MS + HOUR_MS): Event {
  return { stream: 'work', id: 'w', agent: 'a', revision: 1, atMs: BEGUN_MS, endedAtMs, outcome, labels: {}, values };
}

describe('a time limit', () => {
  const target: DurationTarget = {
    kind: 'duration_target',
    source: SOURCE,
    valid: { kind: 'always' },
    until: 'reply_s',
    paused: 'hold_ms',
    limits: [{ where: { kind: 'always' }, withinMs: 600_000, hours: null }],
  };
  const stateOf = (one: Event) =>
    durationCases([one], target, { nowMs: BEGUN_MS + 2 * HOUR_MS, hoursOf: () => null }).map(({ state }) => state);

  it.each([
    ['600 s of 10 minutes are in time', { reply_s: 600 }, 'good'],
    ['601 s are not', { reply_s: 601 }, 'bad'],
    ['601 s less a second on hold are', { reply_s: 601, hold_ms: 1_000 }, 'good'],
    ['a reply before the question is unknown', { reply_s: -1 }, 'unknown'],
    ['a negative pause is unknown', { reply_s: 700, hold_ms: -1 }, 'unknown'],
    ['as long on hold as it took is possible', { reply_s: 700, hold_ms: 700_000 }, 'good'],
    ['longer on hold than it took is unknown', { reply_s: 700, hold_ms: 700_001 }, 'unknown'],
    ['ended without a reply is late', {}, 'bad'],
  ])('%s', (_, values, state) => {
    expect(stateOf(event('solved', values))).toEqual([state]);
  });
});

describe('a call without the time that the caller waited, or with a negative one', () => {
  const outcomes = { answered: ['answered'], abandoned: ['abandoned'], alsoOffered: [] };
  const terms = { outcomes, wait: 'wait_s', threshold: 20, shortAbandon: 5 };

  it.each(SERVICE_LEVEL_FORMULAS)('is neither in time nor late by %s', (formula) => {
    const ratio = { kind: 'event_ratio', source: SOURCE, ...serviceLevel({ ...terms, formula }) } as const;
    for (const values of [{}, { wait_s: -3 }]) {
      const [only] = ratioCases([event('answered', values)], ratio, BEGUN_MS + 2 * HOUR_MS);
      expect(only?.state).toBe('unknown');
    }
  });

  it('may have been a short one when it was abandoned', () => {
    const ratio = { kind: 'event_ratio', source: SOURCE, ...notAbandoned(terms) } as const;
    const states = [{}, { wait_s: 5 }, { wait_s: 6 }].map((values) =>
      ratioCases([event('abandoned', values)], ratio, BEGUN_MS + 2 * HOUR_MS).map(({ state }) => state),
    );
    expect(states).toEqual([['unknown'], [], ['bad']]);
  });

  it('leaves the average speed of answer open', () => {
    const speed = {
      kind: 'event_statistic',
      source: SOURCE,
      valid: { kind: 'outcome', in: ['answered'] },
      value: 'wait_s',
      statistic: { kind: 'mean' },
      atMost: 30,
      isDuration: true,
    } as const;
    const scope = { ...scopeOver(24 * HOUR_MS), isSeen: true };
    const tally = (...calls: Event[]) => measureStatistic([statisticOf(calls, speed, scope.nowMs)], speed, scope).tally;
    expect(tally(event('answered', { wait_s: 10 }))).toMatchObject({ good: 1, unknown: 0 });
    expect(tally(event('answered', { wait_s: 10 }), event('answered', {}))).toMatchObject({ good: 0, unknown: 1 });
    expect(tally(event('answered', { wait_s: 10 }), event('answered', { wait_s: -1 }))).toMatchObject({ unknown: 1 });
  });
});
