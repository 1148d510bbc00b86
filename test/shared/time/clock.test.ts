import { MAX_TIMER_MS, systemClock } from '@nines/shared/time/clock.ts';
import { describe, expect, it } from 'vitest';
import { ManualClock } from '../../support/manual-clock.ts';

describe('the system clock', () => {
  it('tells wall time in whole milliseconds', () => {
    const before = Date.now();
    const nowMs = systemClock.nowMs();
    expect(Number.isInteger(nowMs)).toBe(true);
    expect(nowMs).toBeGreaterThanOrEqual(before);
  });

  it('has a monotonic side that never goes back', () => {
    const first = systemClock.elapsedMs();
    expect(systemClock.elapsedMs()).toBeGreaterThanOrEqual(first);
  });

  it('calls back once, and not at all when it was cancelled', async () => {
    const calls: string[] = [];
    const cancel = systemClock.after(0, () => calls.push('cancelled'));
    cancel();
    await new Promise<void>((resolve) => systemClock.after(1, () => resolve(void calls.push('called'))));
    expect(calls).toEqual(['called']);
  });

  it('ends a sleep at once when it is aborted, before or while it lasts', async () => {
    await systemClock.sleep(MAX_TIMER_MS, AbortSignal.abort());
    const controller = new AbortController();
    const sleeping = systemClock.sleep(MAX_TIMER_MS, controller.signal);
    controller.abort();
    await sleeping;
  });

  it('takes a delay longer than a timer can hold without firing at once', async () => {
    let fired = false;
    const cancel = systemClock.after(10 * MAX_TIMER_MS, () => {
      fired = true;
    });
    await new Promise((resolve) => setImmediate(resolve));
    cancel();
    expect(fired).toBe(false);
  });
});

describe('a manual clock', () => {
  it('fires timers in order of their instants, each at its own', async () => {
    const clock = new ManualClock(1_000);
    const fired: [string, number][] = [];
    clock.after(20, () => fired.push(['late', clock.nowMs()]));
    clock.after(10, () => fired.push(['early', clock.nowMs()]));
    await clock.advance(15);
    expect(fired).toEqual([['early', 1_010]]);
    await clock.advance(15);
    expect(fired).toEqual([
      ['early', 1_010],
      ['late', 1_020],
    ]);
  });

  it('jumps the wall clock without letting time pass', async () => {
    const clock = new ManualClock(1_000);
    clock.jumpWall(3_600_000);
    expect([clock.nowMs(), clock.elapsedMs()]).toEqual([3_601_000, 0]);
  });

  it('ends a sleep when its time has come', async () => {
    const clock = new ManualClock();
    let awake = false;
    const sleeping = clock.sleep(50).then(() => {
      awake = true;
    });
    await clock.advance(49);
    expect(awake).toBe(false);
    await clock.advance(1);
    await sleeping;
    expect(awake).toBe(true);
  });
});
