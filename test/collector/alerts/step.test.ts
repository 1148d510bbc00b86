import { describe, expect, it } from 'vitest';
import type { Alert } from '../../../collector/src/alerts/alert.ts';
import type { Snapshot } from '../../../collector/src/alerts/finding.ts';
import { type Memory, RESOLVED_KEPT_MS, type StepSettings, step } from '../../../collector/src/alerts/step.ts';
import { anAlert } from '../../support/alert-contract.ts';
import { aCheck, aSnapshot, NOW_MS, settings } from './snapshots.ts';

const SECOND_MS = 1_000;
type Outcome = 'up' | 'down' | 'unknown';

const NOTHING: Memory = { alerts: new Map(), traces: new Map() };

/** Only downtime, for a minute each way. */
function onlyDown(receivers: readonly string[] = []): StepSettings {
  return { settings: settings({ no_data: { isEnabled: false } }), receivers };
}

/** Looks at the check at each of these seconds; the alerts after the last look. */
function looked(looks: readonly (readonly [number, Outcome | null])[], wanted = onlyDown()): Alert[] {
  let memory = NOTHING;
  for (const [second, outcome] of looks) {
    const nowMs = NOW_MS + second * SECOND_MS;
    const snapshot: Snapshot = aSnapshot({ nowMs, checks: outcome === null ? [] : [aCheck(outcome)] });
    memory = step(memory, snapshot, wanted);
  }
  return [...memory.alerts.values()];
}

function states(looks: readonly (readonly [number, Outcome | null])[]): string[] {
  return looked(looks).map(({ state }) => state);
}

describe('the states of an alert', () => {
  it('a condition is pending until it held for as long as it has to, and fires once', () => {
    expect(
      states([
        [0, 'down'],
        [59, 'down'],
      ]),
    ).toEqual(['pending']);
    expect(
      looked([
        [0, 'down'],
        [60, 'down'],
        [120, 'down'],
      ]),
    ).toMatchObject([
      {
        state: 'firing',
        sinceMs: NOW_MS,
        firedAtMs: NOW_MS + 60 * SECOND_MS,
        url: 'https://sla.example.net/#check-shop',
      },
    ]);
  });

  it('what does not hold all the time does not fire, and unknown is no confirmation', () => {
    expect(
      states([
        [0, 'down'],
        [30, 'up'],
        [60, 'down'],
      ]),
    ).toEqual(['pending']);
    expect(
      states([
        [0, 'down'],
        [30, 'unknown'],
        [60, 'down'],
      ]),
    ).toEqual(['pending']);
  });

  it('what fires stays while it is unknown, and is resolved when it was up for long enough', () => {
    const fired = [
      [0, 'down'],
      [60, 'down'],
    ] as const;
    expect(states([...fired, [1_000, 'unknown'], [2_000, 'unknown']])).toEqual(['firing']);
    expect(states([...fired, [90, 'up'], [149, 'up']])).toEqual(['firing']);
    expect(states([...fired, [90, 'up'], [120, 'unknown'], [150, 'up']])).toEqual(['firing']);
    expect(looked([...fired, [90, 'up'], [150, 'up']])).toMatchObject([
      { state: 'resolved', resolvedAtMs: NOW_MS + 150 * SECOND_MS },
    ]);
  });

  it('a check that is configured no more is resolved at once', () => {
    expect(
      states([
        [0, 'down'],
        [60, 'down'],
        [61, null],
      ]),
    ).toEqual(['resolved']);
  });

  it('a new outage after a resolved one is a new alert with its own beginning', () => {
    expect(
      looked([
        [0, 'down'],
        [60, 'down'],
        [90, 'up'],
        [150, 'up'],
        [200, 'down'],
        [260, 'down'],
      ]),
    ).toMatchObject([{ state: 'firing', sinceMs: NOW_MS + 200 * SECOND_MS, resolvedAtMs: null }]);
  });

  it('a resolved one is kept for a quarter of an hour, and for a day when somebody was not told of its end', () => {
    const resolved = [
      [0, 'down'],
      [60, 'down'],
      [90, 'up'],
      [150, 'up'],
    ] as const;
    const later = (ms: number) => [...resolved, [150 + ms / SECOND_MS, 'up']] as const;
    expect(looked(later(RESOLVED_KEPT_MS - 1))).toHaveLength(1);
    expect(looked(later(RESOLVED_KEPT_MS))).toEqual([]);
    const over = anAlert('shop', { state: 'resolved', resolvedAtMs: NOW_MS });
    const keptAfter = (ms: number, receivers: readonly string[]) => {
      const memory = { ...NOTHING, alerts: new Map([[over.key, over]]) };
      return step(memory, aSnapshot({ nowMs: NOW_MS + ms }), onlyDown(receivers)).alerts.size;
    };
    // `ops` heard that it fires; somebody who never did need not hear of its end.
    expect(keptAfter(RESOLVED_KEPT_MS, ['ops'])).toBe(1);
    expect(keptAfter(RESOLVED_KEPT_MS, ['others'])).toBe(0);
    expect(keptAfter(86_400_000, ['ops'])).toBe(0);
  });

  it('what is quiet fires no alert, and has to hold for its time again once it is heard', () => {
    let memory = NOTHING;
    const look = (second: number, quiet: string | null, outcome: Outcome = 'down') => {
      const nowMs = NOW_MS + second * SECOND_MS;
      memory = step(memory, aSnapshot({ nowMs, checks: [{ ...aCheck(outcome), quiet }] }), onlyDown());
      return [...memory.alerts.values()].map(({ state, quiet }) => [state, quiet]);
    };
    expect(look(0, 'maintenance m-1')).toEqual([['pending', 'maintenance m-1']]);
    expect(look(600, 'maintenance m-1')).toEqual([['pending', 'maintenance m-1']]);
    expect(look(601, null)).toEqual([['pending', null]]);
    expect(look(659, null)).toEqual([['pending', null]]);
    expect(look(660, null)).toEqual([['firing', null]]);
    // What fired before stays what it is, and so does its end.
    expect(look(700, 'maintenance m-2')).toEqual([['firing', 'maintenance m-2']]);
    expect(look(710, 'maintenance m-2', 'up')).toEqual([['firing', 'maintenance m-2']]);
    expect(look(770, 'maintenance m-2', 'up')).toEqual([['resolved', 'maintenance m-2']]);
  });

  /** Looks every 15 s: `x` down, `.` up, `?` unknown; what is firing after each, as `F`. */
  const fired = (looks: string) => {
    let memory = NOTHING;
    return [...looks].map((look, index) => {
      const outcome = look === 'x' ? 'down' : look === '.' ? 'up' : 'unknown';
      const nowMs = NOW_MS + index * 15 * SECOND_MS;
      memory = step(memory, aSnapshot({ nowMs, checks: [aCheck(outcome)] }), onlyDown());
      return [...memory.alerts.values()].some(({ state }) => state === 'firing') ? 'F' : '-';
    });
  };

  it('what comes and goes fires when it held at 6 of the last 20 looks, and ends when it did not any more', () => {
    // Never down for the minute that it takes otherwise.
    expect(fired('xx..xx..xx..').join('')).toBe('---------FFF');
    expect(fired('xx....?....xx....?..x').join('')).toBe('-'.repeat(21));
    // At the 25th look fewer of the last 20 were down; then a minute of calm ends it.
    expect(fired(`xx..xx..xx..xx${'.'.repeat(20)}`).join('')).toBe(`---------${'F'.repeat(19)}${'-'.repeat(6)}`);
  });

  it('one outage without a break is no flapping, and ends after a minute', () => {
    expect(fired(`xxxxxxxx${'.'.repeat(6)}`).join('')).toBe(`----${'F'.repeat(8)}--`);
  });
});
