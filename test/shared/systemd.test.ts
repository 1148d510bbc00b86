import { describe, expect, it } from 'vitest';
import { systemd } from '../../shared/src/systemd.ts';
import { ManualClock } from '../support/manual-clock.ts';

describe('what a service says to systemd', () => {
  it('is nothing when no systemd started it', async () => {
    const clock = new ManualClock();
    const warnings: string[] = [];
    const service = systemd({ env: {}, pid: 7, clock, warn: (why) => warnings.push(why) });
    service.ready();
    await clock.advance(3_600_000);
    service.stopping();
    expect(warnings).toEqual([]);
  });

  it('cannot be said without systemd-notify: the log hears of it once, and the service goes on', async () => {
    const warned = Promise.withResolvers<string>();
    const env = { NOTIFY_SOCKET: '/nowhere', PATH: '/nowhere' };
    const service = systemd({ env, pid: 7, clock: new ManualClock(), warn: warned.resolve });
    service.ready();
    expect(await warned.promise).toMatch(/^systemd-notify READY=1: .*ENOENT/);
    service.stopping();
  });
});
