import { describe, expect, it } from 'vitest';
import { serviceManager } from '../../shared/src/service-manager.ts';
import { ManualClock } from '../support/manual-clock.ts';

describe('what a service says to systemd', () => {
  it('is nothing when no systemd started it', async () => {
    const clock = new ManualClock();
    const warnings: string[] = [];
    const manager = serviceManager({ env: {}, pid: 7, clock, warn: (why) => warnings.push(why) });
    manager.ready();
    await clock.advance(3_600_000);
    manager.stopping();
    expect(warnings).toEqual([]);
  });

  it('cannot be said without systemd-notify: the log hears of it once, and the service goes on', async () => {
    const warned = Promise.withResolvers<string>();
    const env = { NOTIFY_SOCKET: '/nowhere', PATH: '/nowhere' };
    const manager = serviceManager({ env, pid: 7, clock: new ManualClock(), warn: warned.resolve });
    manager.ready();
    expect(await warned.promise).toMatch(/^systemd-notify READY=1: .*ENOENT/);
    manager.stopping();
  });
});
