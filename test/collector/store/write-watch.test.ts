import { expect, it } from 'vitest';
import { StoreError } from '../../../collector/src/store/store.ts';
import { WriteWatch } from '../../../collector/src/store/write-watch.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { MemoryStore } from '../../support/memory-store.ts';

it('a store that cannot write is known from the first write that fails until one succeeds, its own tries included', async () => {
  const clock = new ManualClock();
  const store = new MemoryStore();
  const watch = new WriteWatch({ clock, store, disk: { requireRoom: async () => {} } });
  const write = () => watch.during(() => store.putEvents({ events: [], receivedAtMs: 0 }));
  await write();
  expect(watch.fault).toBeNull();
  store.fault = 'full';
  await expect(write()).rejects.toBeInstanceOf(StoreError);
  expect(watch.fault).toBe('full');
  await clock.advance(10_000);
  expect(watch.fault).toBe('full');
  store.fault = null;
  await clock.advance(2_000);
  expect(watch.fault).toBeNull();
  expect(clock.pendingTimers).toBe(0);
  store.fault = 'io';
  await expect(write()).rejects.toBeInstanceOf(StoreError);
  watch.stop();
  expect(clock.pendingTimers).toBe(0);
});
