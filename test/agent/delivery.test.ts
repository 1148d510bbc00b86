import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Observation } from '@nines/shared/observation.ts';
import { observationsOf } from '@nines/shared/wire.ts';
import { describe, expect, it } from 'vitest';
import { Delivery, TO_BATCHES } from '../../agent/src/delivery.ts';
import type { Spool } from '../../agent/src/spool.ts';
import { clientFor, observation, openSpool, quiet } from '../support/agent-parts.ts';
import { FakeCollector, type Reply } from '../support/fake-collector.ts';
import { temporaryFolder } from '../support/folders.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { until } from '../support/until.ts';

async function start({ random = 0.5, url = '' } = {}) {
  const clock = new ManualClock();
  const directory = temporaryFolder();
  const collector = await FakeCollector.start();
  const spool = await openSpool(directory, clock);
  const client = clientFor(url === '' ? collector.url : url, clock);
  const delivery = new Delivery({
    spool,
    to: TO_BATCHES,
    client: () => client,
    clock,
    logger: quiet,
    random: () => random,
  });
  return { clock, directory, collector, spool, delivery };
}

async function spoolOne(spool: Spool, n: number, count = 1): Promise<void> {
  for (let i = 0; i < count; i++) spool.append(observation(n + i));
  await spool.closeBatch();
}

const refusal = (status: number): Reply => ({
  status,
  body: JSON.stringify({ error: { code: 'invalid-batch', message: 'never' } }),
});

describe('Delivery', () => {
  it('a batch arrives as it was observed, packed, with the token and the time of sending, and leaves the spool', async () => {
    const { clock, directory, collector, spool, delivery } = await start();
    await spoolOne(spool, 0, 3);
    await until(() => delivery.state.deliveredBatches === 1);
    const [received] = collector.received;
    expect(received?.headers).toMatchObject({
      'content-encoding': 'zstd',
      authorization: 'Bearer a-token',
      'nines-sent-at': String(clock.nowMs()),
    });
    const seen: Observation[] = received === undefined ? [] : [...observationsOf(received.batch)];
    expect(seen).toEqual([observation(0), observation(1), observation(2)]);
    await until(() => readdirSync(directory).every((name) => !name.endsWith('.batch')));
    expect(spool.state).toMatchObject({ batches: 0, bytes: 0 });
    expect(delivery.state).toMatchObject({ deliveredItems: 3, failures: 0, isReachable: true });
  });

  it('a batch whose acknowledgement was lost is sent again under the same identity and stored once', async () => {
    const { clock, collector, spool, delivery } = await start();
    let isFirst = true;
    collector.onBatch = ({ batch }) => {
      if (!isFirst) return null;
      isFirst = false;
      // Stored, but the answer does not arrive.
      collector.stored.set(`${batch.agent} ${batch.spool} ${batch.sequence}`, batch);
      return { status: 502 };
    };
    await spoolOne(spool, 0, 2);
    await until(() => delivery.state.failures === 1);
    await clock.advance(1_000);
    await until(() => delivery.state.deliveredBatches === 1);
    expect(collector.received).toHaveLength(2);
    expect(collector.observations).toBe(2);
  });

  it('after an outage the newest batch goes first and the backlog behind it, newest to oldest', async () => {
    const { clock, collector, spool, delivery } = await start();
    let isAway = true;
    collector.onBatch = () => (isAway ? { status: 503 } : null);
    for (let n = 0; n < 5; n++) {
      await spoolOne(spool, n);
      await clock.advance(100);
    }
    await until(() => delivery.state.failures > 0);
    isAway = false;
    collector.received.length = 0;
    // Longer than the pause, and shorter than the deadline of a delivery that begins meanwhile.
    await clock.advance(5_000);
    await until(() => delivery.state.deliveredBatches === 5);
    // The first alone; then four at a time, taken in this order.
    expect(collector.received[0]?.batch.sequence).toBe(4);
    expect(collector.received.map(({ batch }) => batch.sequence).sort()).toEqual([0, 1, 2, 3, 4]);
  });

  it('a day without collector: everything is delivered afterwards with its original times, once', async () => {
    const { clock, collector, spool, delivery } = await start();
    collector.onBatch = () => ({ status: 503 });
    for (let half = 0; half < 2_880; half++) {
      await spoolOne(spool, half);
      if (half % 120 === 0) await clock.advance(3_600_000);
    }
    expect(collector.stored.size).toBe(0);
    expect(spool.state.batches).toBe(2_880);
    collector.onBatch = () => null;
    await clock.advance(60_000);
    await until(() => delivery.state.deliveredBatches === 2_880);
    const times = [...collector.stored.values()].flatMap((batch) => [...observationsOf(batch)].map(({ atMs }) => atMs));
    expect(times.sort((a, b) => a - b)).toEqual(Array.from({ length: 2_880 }, (_, n) => observation(n).atMs));
    expect(spool.state).toMatchObject({ batches: 0, droppedObservations: 0 });
  });

  it('after a failure a single batch tries, however many wait', async () => {
    const { clock, collector, spool, delivery } = await start();
    collector.onBatch = () => ({ status: 503 });
    for (let n = 0; n < 12; n++) await spoolOne(spool, n);
    await until(() => delivery.state.failures === 1);
    await clock.advance(1_000);
    await until(() => delivery.state.failures === 2);
    expect(collector.received).toHaveLength(2);
    collector.onBatch = () => null;
    await clock.advance(60_000);
    await until(() => delivery.state.deliveredBatches === 12);
  });

  it.each([400, 413, 415, 422])(
    'a batch that the collector refuses for ever (%i) is set aside, the others go on',
    async (status) => {
      const { directory, collector, spool, delivery } = await start();
      collector.onBatch = ({ batch }) => (batch.sequence === 1 ? refusal(status) : null);
      for (let n = 0; n < 3; n++) await spoolOne(spool, n);
      await until(() => delivery.state.deliveredBatches === 2 && spool.state.refusedBatches === 1);
      await until(() => spool.state.batches === 0);
      expect(readdirSync(join(directory, 'refused'))).toHaveLength(1);
      expect(collector.received).toHaveLength(3);
    },
  );

  it.each([
    ['a 413 that is a proxy page', { status: 413, body: '<html>too large</html>' }],
    ['a 500', { status: 500 }],
    ['a 200 that is no acknowledgement', { status: 200, body: '<html>please log in</html>' }],
  ])('%s condemns no batch: it is kept, and does not hold up the others', async (_, reply) => {
    const { clock, collector, spool, delivery } = await start();
    collector.onBatch = ({ batch }) => (batch.sequence === 2 ? reply : null);
    for (let n = 0; n < 3; n++) await spoolOne(spool, n);
    await until(() => delivery.state.failures > 0);
    await clock.advance(1_000);
    await until(() => delivery.state.deliveredBatches === 2);
    expect(spool.state).toMatchObject({ refusedBatches: 0, batches: 1 });
    collector.onBatch = () => null;
    await clock.advance(120_000);
    await until(() => delivery.state.deliveredBatches === 3);
  });

  it.each([401, 403, 404, 405])('with %i the batch is kept and tried again', async (status) => {
    const { clock, collector, spool, delivery } = await start();
    collector.onBatch = () => refusal(status);
    await spoolOne(spool, 0);
    await until(() => delivery.state.failures === 1);
    expect(spool.state).toMatchObject({ batches: 1, refusedBatches: 0 });
    collector.onBatch = () => null;
    await clock.advance(1_000);
    await until(() => delivery.state.deliveredBatches === 1);
  });

  it.each([
    ['seconds', () => '30'],
    ['a date', (nowMs: number) => new Date(Math.ceil(nowMs / 1_000) * 1_000 + 29_000).toUTCString()],
  ])('Retry-After in %s is waited out before anything is sent', async (_, header) => {
    const { clock, collector, spool, delivery } = await start({ random: 0 });
    collector.onBatch = () => ({ status: 429, headers: { 'retry-after': header(clock.nowMs()) } });
    await spoolOne(spool, 0);
    await until(() => delivery.state.failures === 1);
    await clock.advance(28_000);
    await spoolOne(spool, 1);
    expect(collector.received).toHaveLength(1);
    collector.onBatch = () => null;
    await clock.advance(2_000);
    await until(() => delivery.state.deliveredBatches === 2);
  });

  it('pauses grow from failure to failure and never exceed a minute', async () => {
    const { clock, collector, spool, delivery } = await start({ random: 0.999_999 });
    collector.onBatch = () => ({ status: 503 });
    await spoolOne(spool, 0);
    const pauses = [1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000];
    for (const [index, pauseMs] of pauses.entries()) {
      await until(() => delivery.state.failures === index + 1);
      await clock.advance(pauseMs - 10);
      expect(collector.received).toHaveLength(index + 1);
      await clock.advance(10);
    }
    await until(() => collector.received.length === pauses.length + 1);
  });

  it('a collector that is not there costs nothing but time', async () => {
    const { spool, delivery } = await start({ url: 'http://127.0.0.1:1' });
    await spoolOne(spool, 0);
    await until(() => delivery.state.failures === 1);
    expect(delivery.state.isReachable).toBe(false);
    expect(spool.state.batches).toBe(1);
  });

  it('a collector that never answers is given up after 30 s, and the batch kept', async () => {
    const { clock, collector, spool, delivery } = await start();
    collector.onBatch = () => 'silence';
    await spoolOne(spool, 0);
    await until(() => collector.received.length === 1);
    await clock.advance(30_000);
    await until(() => delivery.state.failures === 1);
    expect(spool.state.batches).toBe(1);
  });

  it('a flush tries at once although a pause is on, and ends at the first failure', async () => {
    const { collector, spool, delivery } = await start();
    collector.onBatch = () => ({ status: 503, headers: { 'retry-after': '600' } });
    await spoolOne(spool, 0);
    await spoolOne(spool, 1);
    await until(() => delivery.state.failures === 1);
    await delivery.flush();
    expect(delivery.state.failures).toBe(2);
    collector.onBatch = () => null;
    await delivery.flush();
    expect(delivery.state.deliveredBatches).toBe(2);
  });
});
