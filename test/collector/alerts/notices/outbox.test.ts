import { pino } from 'pino';
import { describe, expect, it } from 'vitest';
import { Refusal } from '../../../../collector/src/alerts/exchange.ts';
import type { Notice } from '../../../../collector/src/alerts/notices/notice.ts';
import { Outbox } from '../../../../collector/src/alerts/notices/outbox.ts';
import { aNotice } from '../../../support/alert-contract.ts';
import { MemoryStore } from '../../../support/memory-store.ts';
import { until } from '../../../support/until.ts';

/** An outbox whose one receiver answers what the test says, and the ids that it took in. */
async function anOutbox(store = new MemoryStore()) {
  const world: { nowMs: number; answer: Error | null } = { nowMs: 61_000, answer: null };
  const taken: string[] = [];
  const outbox = new Outbox({
    store,
    clock: { nowMs: () => world.nowMs },
    log: pino({ level: 'silent' }),
    signal: new AbortController().signal,
    onAttempt: () => {},
  });
  await outbox.load();
  const send = async ({ id }: Notice) => {
    if (world.answer !== null) throw world.answer;
    taken.push(id);
  };
  const put = async (...notices: Notice[]) => {
    await store.changeAlerts({ put: [], remove: [], notices });
    outbox.add(notices);
  };
  /** Lets everything that is due be tried. */
  const pump = async () => {
    outbox.pump(new Map([['ops', send]]));
    await until(() => true);
    await new Promise((resolve) => setImmediate(resolve));
  };
  return { outbox, world, taken, put, pump, store };
}

describe('the outbox', () => {
  it('what was taken in is gone; the order of one receiver stays', async () => {
    const { outbox, taken, put, pump, store } = await anOutbox();
    await put(aNotice('n1'), aNotice('n2'));
    await pump();
    expect(taken).toEqual(['n1', 'n2']);
    expect(outbox.undelivered()).toEqual([]);
    expect(await store.notices()).toEqual([]);
  });

  it('what failed is tried again, later each time, also by the next start', async () => {
    const { outbox, world, taken, put, pump, store } = await anOutbox();
    world.answer = new Error('connect ECONNREFUSED');
    await put(aNotice('n1'));
    await pump();
    expect(outbox.undelivered()).toMatchObject([{ id: 'n1', attempts: 1, lastError: 'connect ECONNREFUSED' }]);
    world.nowMs += 4_999;
    await pump();
    expect(outbox.undelivered()).toMatchObject([{ attempts: 1 }]);
    world.nowMs += 1;
    await pump();
    expect(outbox.undelivered()).toMatchObject([{ attempts: 2 }]);
    expect(taken).toEqual([]);
    const next = await anOutbox(store);
    await next.pump();
    expect(next.taken).toEqual(['n1']);
  });

  it('what can never be taken in is given up at once and holds up nothing; it stays to be seen for two weeks', async () => {
    const { outbox, world, taken, put, pump, store } = await anOutbox();
    world.answer = new Refusal(400, 'invalid_payload');
    await put(aNotice('n1'));
    await pump();
    world.answer = null;
    await put(aNotice('n2'));
    await pump();
    expect(taken).toEqual(['n2']);
    expect(outbox.counts().get('ops')).toEqual({ waiting: 0, dead: 1 });
    expect(await store.notices()).toMatchObject([
      { id: 'n1', state: 'dead', lastError: 'answered 400: invalid_payload', attempts: 1 },
    ]);
    world.nowMs += 14 * 86_400_000;
    await pump();
    expect(outbox.undelivered()).toEqual([]);
    expect(await store.notices()).toEqual([]);
  });

  it('after a day it is given up, and so is what waits for somebody who is no longer there', async () => {
    const { outbox, world, put, pump } = await anOutbox();
    world.answer = new Refusal(503, '');
    await put(aNotice('n1'), aNotice('n2', { receiver: 'gone' }));
    await pump();
    expect(outbox.undelivered()).toMatchObject([
      { id: 'n1', state: 'waiting' },
      { id: 'n2', state: 'dead', lastError: 'there is no such receiver any more' },
    ]);
    world.nowMs += 86_400_000;
    await pump();
    expect(outbox.undelivered()).toMatchObject([{ id: 'n1', state: 'dead' }, { id: 'n2' }]);
  });

  it('a receiver that is away for ever fills no memory: of more than a thousand the oldest are given up', async () => {
    const { outbox, world, put, pump } = await anOutbox();
    world.answer = new Error('away');
    await put(...Array.from({ length: 3_000 }, (_, index) => aNotice(`n${index}`)));
    await pump();
    expect(outbox.counts().get('ops')).toEqual({ waiting: 1_000, dead: 1_000 });
  });
});
