import type { Check } from '@nines/shared/check.ts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { phaseOf, Scheduler } from '../../agent/src/scheduler.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { options } from '../support/probe-targets/probe.ts';

const probe = options({ type: 'tcp', host: '127.0.0.1', port: 1 });
const EVERY_MS = 30_000;

function checkOf(id: string, everyMs = EVERY_MS): Check {
  return { id, everyMs, timeoutMs: everyMs, probe };
}

interface Start {
  readonly id: string;
  readonly atMs: number;
  readonly elapsedMs: number;
}

/** A scheduler whose runs take `takesMs`, and what it started. */
function start(
  checks: readonly Check[],
  { takesMs = 0, concurrency = 200, repositories = 4, clock = new ManualClock() } = {},
) {
  const starts: Start[] = [];
  const length = { takesMs };
  const scheduler = new Scheduler({
    clock,
    limits: { runs: concurrency, repositories, slowRepositories: 1 },
    async run(check) {
      starts.push({ id: check.id, atMs: clock.nowMs(), elapsedMs: clock.elapsedMs() });
      if (length.takesMs > 0) await clock.sleep(length.takesMs);
    },
  });
  scheduler.update(checks);
  return { clock, scheduler, starts, length };
}

/** The instants of a check's grid in `(fromMs, toMs]`. */
function grid(check: Check, fromMs: number, toMs: number): number[] {
  const phaseMs = phaseOf(check.id, check.everyMs);
  const instants = [];
  for (let k = Math.floor((fromMs - phaseMs) / check.everyMs) + 1; k * check.everyMs + phaseMs <= toMs; k++) {
    instants.push(k * check.everyMs + phaseMs);
  }
  return instants;
}

describe('Scheduler', () => {
  it('a check runs at every instant of its grid on the wall clock, without drift over a day', async () => {
    const check = checkOf('shop-home', 600_000);
    const { clock, starts } = start([check]);
    const fromMs = clock.nowMs();
    await clock.advance(86_400_000);
    expect(starts.map(({ atMs }) => atMs)).toEqual(grid(check, fromMs, fromMs + 86_400_000));
    expect(starts).toHaveLength(144);
  });

  it('10,000 checks are spread evenly over their interval and wait on one timer', async () => {
    const checks = Array.from({ length: 10_000 }, (_, n) => checkOf(`check-${n}`));
    const { clock } = start(checks);
    expect(clock.pendingTimers).toBe(1);
    const perSecond = new Array<number>(30).fill(0);
    for (const { id } of checks) {
      const second = Math.floor(phaseOf(id, EVERY_MS) / 1_000);
      perSecond[second] = (perSecond[second] ?? 0) + 1;
    }
    // 333 are expected in each; 6 standard deviations of the binomial (18) to either side.
    expect(Math.min(...perSecond)).toBeGreaterThan(225);
    expect(Math.max(...perSecond)).toBeLessThan(441);
  });

  it('each of 1,000 checks runs once an interval', async () => {
    const checks = Array.from({ length: 1_000 }, (_, n) => checkOf(`check-${n}`));
    const { clock, starts } = start(checks);
    await clock.advance(EVERY_MS);
    expect(new Set(starts.map(({ id }) => id)).size).toBe(1_000);
    expect(starts).toHaveLength(1_000);
  });

  it('a phase lies inside the interval and depends on the id alone', () => {
    fc.assert(
      fc.property(fc.string(), fc.integer({ min: 1, max: 400 * 86_400_000 }), (id, everyMs) => {
        const phaseMs = phaseOf(id, everyMs);
        expect(phaseMs).toBeGreaterThanOrEqual(0);
        expect(phaseMs).toBeLessThan(everyMs);
        expect(phaseOf(id, everyMs)).toBe(phaseMs);
      }),
    );
  });

  it('a check never overlaps itself: an instant that falls into its own run is waited for, late and counted', async () => {
    const check = checkOf('slow', 10_000);
    const { clock, scheduler, starts } = start([check], { takesMs: 11_000 });
    await clock.advance(10_000 + 22_000);
    // The first run ends 1 s after the second instant, the second 2 s after the third.
    expect(starts.map(({ elapsedMs }) => elapsedMs - (starts[0]?.elapsedMs ?? 0))).toEqual([0, 11_000, 22_000]);
    expect(scheduler.counts).toMatchObject({ runs: 3, lateRuns: 2, skippedRuns: 0 });
  });

  it('an instant that is missed by more than 5 s is skipped and counted, never made up for', async () => {
    const check = checkOf('very-slow', 10_000);
    const { clock, scheduler, starts, length } = start([check], { takesMs: 26_000 });
    await clock.advance(10_000);
    length.takesMs = 0;
    const first = starts[0]?.elapsedMs ?? 0;
    await clock.advance(first + 41_000 - clock.elapsedMs());
    // Instants at +10 and +20 s pass during the run; at its end, +26 s, the one of +20 s is 6 s old: too late.
    expect(starts.map(({ elapsedMs }) => elapsedMs - first)).toEqual([0, 30_000, 40_000]);
    expect(scheduler.counts).toMatchObject({ runs: 3, lateRuns: 0, skippedRuns: 2 });
  });

  it('never more runs at once than allowed; those that wait start in the order of their instants', async () => {
    const checks = Array.from({ length: 50 }, (_, n) => checkOf(`check-${n}`, 10_000));
    const { clock, scheduler, starts } = start(checks, { takesMs: 1_000, concurrency: 3 });
    let most = 0;
    for (let second = 0; second < 100; second++) {
      await clock.advance(100);
      most = Math.max(most, scheduler.counts.running);
    }
    expect(most).toBe(3);
    const order = starts.slice(0, 20).map(({ id }) => id);
    const byInstant = [...checks].sort(
      (a, b) => (grid(a, startMs, startMs + 10_000)[0] ?? 0) - (grid(b, startMs, startMs + 10_000)[0] ?? 0),
    );
    expect(order).toEqual(byInstant.slice(0, 20).map(({ id }) => id));
    expect(scheduler.counts.lateRuns).toBeGreaterThan(0);
  });

  it('overload is shed, not piled up: late runs start within 5 s or not at all', async () => {
    const checks = Array.from({ length: 50 }, (_, n) => checkOf(`check-${n}`, 10_000));
    const { clock, scheduler, starts } = start(checks, { takesMs: 1_000, concurrency: 1 });
    await clock.advance(100_000);
    for (const { id, atMs } of starts) {
      const sinceInstant = (((atMs - phaseOf(id, 10_000)) % 10_000) + 10_000) % 10_000;
      expect(sinceInstant).toBeLessThanOrEqual(5_000);
    }
    const { runs, skippedRuns } = scheduler.counts;
    // 500 instants in all; each of the 50 checks may still wait for one.
    expect(runs + skippedRuns).toBeGreaterThanOrEqual(450);
    expect(runs + skippedRuns).toBeLessThanOrEqual(500);
    expect(skippedRuns).toBeGreaterThan(350);
  });

  it('a process that stood still for ten minutes counts what it missed and does not start everything at once', async () => {
    const checks = Array.from({ length: 300 }, (_, n) => checkOf(`check-${n}`));
    const clock = new StallingClock();
    const { scheduler, starts } = start(checks, { clock });
    await clock.advance(EVERY_MS);
    starts.length = 0;
    clock.standStill(600_000);
    await clock.advance(1_000);
    // 20 instants of each were missed, and 10 checks more fall due in the second; run are only those of the last 5 s.
    const { runs, skippedRuns } = scheduler.counts;
    expect(runs + skippedRuns).toBeGreaterThanOrEqual(300 + 20 * 300);
    expect(runs + skippedRuns).toBeLessThan(300 + 20 * 300 + 30);
    expect(starts.length).toBeLessThan(100);
    await clock.advance(EVERY_MS);
    expect(new Set(starts.map(({ id }) => id)).size).toBe(300);
  });

  for (const [what, jumpMs] of [
    ['forwards by an hour and a bit', 3_605_000],
    ['backwards by an hour and a bit', -3_605_000],
    ['backwards by a few seconds', -5_000],
  ] as const) {
    it(`a wall clock that is set ${what} moves the runs to its grid, with none twice and no hole`, async () => {
      const check = checkOf('shop-home');
      const { clock, starts, scheduler } = start([check]);
      await clock.advance(3 * EVERY_MS);
      clock.jumpWall(jumpMs);
      await clock.advance(10 * EVERY_MS);
      const pauses = starts.slice(1).map(({ elapsedMs }, n) => elapsedMs - (starts[n]?.elapsedMs ?? 0));
      expect(Math.min(...pauses)).toBeGreaterThanOrEqual(EVERY_MS / 2);
      expect(Math.max(...pauses)).toBeLessThanOrEqual(2 * EVERY_MS);
      const phaseMs = phaseOf(check.id, EVERY_MS);
      for (const { atMs } of starts.slice(-5)) expect((atMs - phaseMs) % EVERY_MS).toBe(0);
      expect(scheduler.counts.skippedRuns).toBe(0);
    });
  }

  it('a clock that is set while a daily check waits is noticed before it falls due', async () => {
    const check = checkOf('nightly', 86_400_000);
    const { clock, starts } = start([check]);
    await clock.advance(60_000);
    clock.jumpWall(3_600_000);
    await clock.advance(2 * 86_400_000);
    for (const { atMs } of starts) expect((atMs - phaseOf('nightly', 86_400_000)) % 86_400_000).toBe(0);
    expect(starts).toHaveLength(2);
  });

  it('a changed assignment keeps the rhythm of checks that stay, starts new ones and ends old ones', async () => {
    const stays = checkOf('stays');
    const { clock, scheduler, starts } = start([stays, checkOf('goes')]);
    const fromMs = clock.nowMs();
    await clock.advance(45_000);
    scheduler.update([{ ...stays, timeoutMs: 5_000 }, checkOf('comes')]);
    await clock.advance(45_000);
    const of = (id: string) => starts.filter((start) => start.id === id).map(({ atMs }) => atMs);
    expect(of('stays')).toEqual(grid(stays, fromMs, fromMs + 90_000));
    expect(of('comes')).toEqual(grid(checkOf('comes'), fromMs + 45_000, fromMs + 90_000));
    expect(of('goes')).toEqual(grid(checkOf('goes'), fromMs, fromMs + 45_000));
  });

  it('a check taken away and given back while it runs does not overlap with itself', async () => {
    const check = checkOf('slow', 10_000);
    const { clock, scheduler } = start([check], { takesMs: 9_900 });
    await clock.advance(10_000);
    scheduler.update([]);
    scheduler.update([check]);
    for (let step = 0; step < 200; step++) {
      await clock.advance(100);
      expect(scheduler.counts.running).toBeLessThanOrEqual(1);
    }
    expect(scheduler.counts.runs).toBeGreaterThanOrEqual(2);
  });

  it('a check with a schedule runs at its instants on the wall clock of its zone, across a change of the clocks', async () => {
    const schedule = { cron: '30 3 * * *', timeZone: 'Europe/Berlin' };
    const check = { ...checkOf('verify', 90_000_000), schedule };
    const { clock, starts } = start([check], { clock: new ManualClock(Date.UTC(2026, 2, 28)) });
    await clock.advance(3 * 86_400_000);
    expect(starts.map(({ atMs }) => new Date(atMs).toISOString())).toEqual([
      '2026-03-28T02:30:00.000Z',
      '2026-03-29T01:30:00.000Z',
      '2026-03-30T01:30:00.000Z',
    ]);
  });

  it('a new schedule takes the place of the old one', async () => {
    const check = { ...checkOf('verify', 86_400_000), schedule: { cron: '0 4 * * *', timeZone: 'UTC' } };
    const { clock, scheduler, starts } = start([check], { clock: new ManualClock(Date.UTC(2026, 2, 28)) });
    scheduler.update([{ ...check, schedule: { ...check.schedule, cron: '0 6 * * *' } }]);
    await clock.advance(86_400_000);
    expect(starts.map(({ atMs }) => new Date(atMs).toISOString())).toEqual(['2026-03-28T06:00:00.000Z']);
  });

  it('never two runs in one repository, never more repositories than configured, and none is skipped for waiting', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 0, max: 11 }), { minLength: 1, maxLength: 40 }),
        fc.integer({ min: 1, max: 4 }),
        async (repositoryOf, repositories) => {
          const clock = new ManualClock();
          const under = new Map<string, number>();
          let starts = 0;
          const scheduler = new Scheduler({
            clock,
            limits: { runs: 200, repositories, slowRepositories: 1 },
            async run({ id }) {
              const repository = String(repositoryOf[Number(id)]);
              under.set(repository, (under.get(repository) ?? 0) + 1);
              expect(under.get(repository)).toBe(1);
              expect(under.size).toBeLessThanOrEqual(repositories);
              starts++;
              // 40 runs one after the other take 4 of the 10 seconds that they may wait.
              await clock.sleep(100);
              under.delete(repository);
            },
          });
          const all = repositoryOf.map((repository, index) => ({
            ...checkOf(String(index), 20_000),
            probe: options({ type: 'restic', repository: `/backup/${repository}`, password: { env: 'P' } }),
          }));
          scheduler.update(all);
          await clock.advance(30_000);
          expect(scheduler.counts.skippedRuns).toBe(0);
          expect(starts).toBeGreaterThanOrEqual(all.length);
        },
      ),
      { numRuns: 20 },
    );
  });

  it('what waits for its repository holds up no other check', async () => {
    const inRepository = ['one', 'two'].map((id) => ({
      ...checkOf(id, 60_000),
      probe: options({ type: 'restic', repository: '/backup', password: { env: 'P' } }),
    }));
    const clock = new ManualClock();
    const starts: string[] = [];
    const scheduler = new Scheduler({
      clock,
      limits: { runs: 200, repositories: 4, slowRepositories: 1 },
      async run({ id, probe: { type } }) {
        starts.push(id);
        if (type === 'restic') await clock.sleep(600_000);
      },
    });
    const site = checkOf('site', 10_000);
    scheduler.update([...inRepository, site]);
    const fromMs = clock.nowMs();
    await clock.advance(300_000);
    expect(starts.filter((id) => id === 'site')).toHaveLength(grid(site, fromMs, fromMs + 300_000).length);
    expect(starts.filter((id) => id !== 'site')).toHaveLength(1);
  });

  it('verifications that take hours keep no list of another repository waiting, and wait for each other', async () => {
    const probeOf = (type: string, repository: string) => options({ type, repository, password: { env: 'P' } });
    const slow = [1, 2].map((n) => ({ ...checkOf(`verify-${n}`, 60_000), probe: probeOf('restic_verify', `/${n}`) }));
    const quick = { ...checkOf('list', 60_000), probe: probeOf('restic', '/3') };
    const clock = new ManualClock();
    const starts: string[] = [];
    const scheduler = new Scheduler({
      clock,
      limits: { runs: 200, repositories: 1, slowRepositories: 1 },
      async run({ id, probe: { type } }) {
        starts.push(id);
        if (type === 'restic_verify') await clock.sleep(3_600_000);
      },
    });
    scheduler.update([...slow, quick]);
    const fromMs = clock.nowMs();
    await clock.advance(300_000);
    expect(starts.filter((id) => id === 'list')).toHaveLength(grid(quick, fromMs, fromMs + 300_000).length);
    expect(starts.filter((id) => id !== 'list')).toHaveLength(1);
  });

  it('after a stop nothing starts, and the stop resolves when the last run has ended', async () => {
    const { clock, scheduler, starts } = start([checkOf('slow', 10_000)], { takesMs: 8_000 });
    await clock.advance((grid(checkOf('slow', 10_000), startMs, startMs + 10_000)[0] ?? 0) - startMs);
    let isOver = false;
    void scheduler.stop().then(() => {
      isOver = true;
    });
    await clock.advance(0);
    expect(isOver).toBe(false);
    await clock.advance(60_000);
    expect(isOver).toBe(true);
    expect(starts).toHaveLength(1);
    expect(clock.pendingTimers).toBe(0);
  });
});

const startMs = new ManualClock().nowMs();

/** A clock that can move on without any timer firing, as for a process that is stopped. */
class StallingClock extends ManualClock {
  #stalledMs = 0;

  override nowMs(): number {
    return super.nowMs() + this.#stalledMs;
  }

  override elapsedMs(): number {
    return super.elapsedMs() + this.#stalledMs;
  }

  standStill(forMs: number): void {
    this.#stalledMs += forMs;
  }
}
