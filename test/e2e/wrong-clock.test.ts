import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { httpTarget } from '../support/probe-targets/http-targets.ts';
import { eventually } from '../support/programs.ts';
import { systemProgram } from '../support/system-program.ts';
import { Deployment } from './deployment.ts';
import { keyOf } from './reconcile.ts';

const HOUR_MS = 3_600_000;
const LABELS = '{agent="fra",location="fra"}';
const CHECK = '{check="home",agent="fra",location="fra"}';

systemProgram({ program: 'faketime', debianPackage: 'faketime' })('an agent whose clock is wrong by an hour', () => {
  it.each([
    ['ahead', '+1h', -3_600],
    ['behind', '-1h', 3_600],
  ])(
    '%s: the skew is measured and shown, its observations are unknown, and count again when the clock is right',
    { timeout: 90_000 },
    async (direction, offset, skewSeconds) => {
      const target = await httpTarget((_, response) => response.end('hello'));
      const deployment = await Deployment.create({
        agents: ['fra'],
        checks: [{ id: 'home', every: '200ms', probe: { type: 'http', url: target.url } }],
      });
      const collector = await deployment.startCollector();
      const startMs = Date.now();
      const clock = join(deployment.folder, 'clock');
      writeFileSync(clock, offset);
      const agent = await deployment.startAgent('fra', { env: clockFrom(clock) });
      const disbelieved = `nines_agent_disbelieved_observations_total${LABELS}`;
      await eventually('it is not believed', async () => ((await deployment.metric(disbelieved)) ?? 0) > 5);
      const skew = await deployment.metric(`nines_agent_clock_skew_seconds${LABELS}`);
      expect(Math.abs((skew ?? 0) - skewSeconds)).toBeLessThan(60);
      const page = await deployment.text('/');
      expect(page).toContain('clock wrong');
      expect(page).toMatch(new RegExp(`<dt>Clock</dt><dd>(1h|59m)[^<]* ${direction}`));
      expect(page).toContain('<code>clock-skew</code>');
      // Neither up nor down: no sample, no good and no bad time, whichever hour is asked for.
      expect(await deployment.metric(`probe_success${CHECK}`)).toBeNull();
      const nowMs = Date.now();
      expect(await deployment.attainment('home', startMs - 2 * HOUR_MS, nowMs)).toEqual({
        good: 0,
        bad: 0,
        unknown: nowMs - startMs + 2 * HOUR_MS,
      });
      // The observations stand in the journal as they came: nobody's evidence is rewritten.
      const off = (await deployment.stored()).map(({ atMs }) => atMs - startMs);
      expect(off.every((byMs) => Math.abs(byMs) > HOUR_MS / 2)).toBe(true);

      writeFileSync(clock, '+0');
      await eventually('it is believed again', async () => (await deployment.metric(`probe_success${CHECK}`)) === 1);
      expect(Math.abs((await deployment.metric(`nines_agent_clock_skew_seconds${LABELS}`)) ?? 99)).toBeLessThan(30);
      await eventually(
        'time counts again',
        async () => (await deployment.attainment('home', startMs, Date.now())).good > 0,
      );
      expect(await deployment.text('/')).not.toContain('clock wrong');
      expect(await agent.stop()).toEqual({ code: 0, signal: null });
      const stored = await deployment.stored();
      expect(stored.map(keyOf).toSorted()).toEqual(deployment.recorded('fra').map(keyOf).toSorted());
      expect(await collector.stop()).toEqual({ code: 0, signal: null });
      await target.close();
    },
  );
});

/** What makes a process read the wall clock's offset from a file, at each look; its monotonic clock stays as it is. */
function clockFrom(file: string): Readonly<Record<string, string>> {
  const library = execFileSync('faketime', ['-f', '+0', 'sh', '-c', 'echo "$LD_PRELOAD"'], { encoding: 'utf8' }).trim();
  return {
    LD_PRELOAD: library,
    FAKETIME_TIMESTAMP_FILE: file,
    FAKETIME_NO_CACHE: '1',
    FAKETIME_DONT_FAKE_MONOTONIC: '1',
  };
}
