import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { zstdDecompressSync } from 'node:zlib';
import { EventsError, MAX_EVENTS_BYTES, MAX_LABEL_LENGTH, parseEvents } from '@nines/shared/event.ts';
import { describe, expect, it } from 'vitest';
import { Delivery, TO_EVENTS } from '../../agent/src/delivery.ts';
import { EventSpool, type EventSpoolOptions } from '../../agent/src/event-spool.ts';
import { clientFor, quiet } from '../support/agent-parts.ts';
import { anEvent } from '../support/arbitrary-events.ts';
import { FakeCollector } from '../support/fake-collector.ts';
import { temporaryFolder } from '../support/folders.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { until } from '../support/until.ts';

function openSpool(part: Partial<EventSpoolOptions> = {}) {
  const directory = join(temporaryFolder(), 'events');
  const clock = new ManualClock();
  const options = { directory, maxBytes: 2 ** 30, maxAgeMs: 86_400_000, clock, logger: quiet, ...part };
  const spool = EventSpool.open(options);
  return { directory, clock, spool, sink: spool.sinkOf('support-calls'), reopen: () => EventSpool.open(options) };
}

async function start() {
  const opened = openSpool();
  const collector = await FakeCollector.start();
  const client = clientFor(collector.url, opened.clock);
  const { spool, clock } = opened;
  const delivery = new Delivery({
    spool,
    to: TO_EVENTS,
    client: () => client,
    clock,
    logger: quiet,
    random: () => 0.5,
  });
  return { ...opened, collector, delivery };
}

function named(...ids: string[]) {
  return ids.map((id) => anEvent({ id }));
}

function batchesIn(directory: string): string[] {
  return readdirSync(directory).filter((name) => name.endsWith('.batch'));
}

describe('the spool of events', () => {
  it('has events and place on disk once ship resolves, for the next life too', async () => {
    const { directory, sink, spool, reopen } = openSpool();
    expect(await sink.place()).toBeNull();
    await sink.ship(named('a', 'b'), 'offset 17');
    expect(batchesIn(directory)).toHaveLength(1);
    expect(await reopen().sinkOf('support-calls').place()).toBe('offset 17');
    expect(await spool.sinkOf('other').place()).toBeNull();
    expect(reopen().state).toMatchObject({ batches: 1, bytes: spool.state.bytes });
  });

  it('remembers a place without events', async () => {
    const { directory, sink } = openSpool();
    await sink.ship([], 'end of log');
    expect(await sink.place()).toBe('end of log');
    expect(batchesIn(directory)).toEqual([]);
  });

  it('refuses what no collector would take before anything of it is shipped', async () => {
    const { directory, sink } = openSpool();
    const many = Array.from({ length: 700 }, (_, index) => anEvent({ id: `c${index}` }));
    const refused = sink.ship([...many, anEvent({ id: 'with space' })], 'behind it');
    await expect(refused).rejects.toBeInstanceOf(EventsError);
    expect(batchesIn(directory)).toEqual([]);
    expect(await sink.place()).toBeNull();
  });

  it('makes bodies that a collector takes, however large the events are', async () => {
    const { spool, sink } = openSpool();
    // A control character takes six bytes of JSON.
    const text = '\u0001'.repeat(MAX_LABEL_LENGTH);
    const names = (count: number, value: string | number) =>
      Object.fromEntries(Array.from({ length: count }, (_, index) => [`n${index}`.padEnd(40, 'x'), value]));
    const largest = (index: number) =>
      anEvent({
        id: `${index}`.padEnd(128, 'i'),
        labels: names(16, text) as Record<string, string>,
        values: names(32, Number.MIN_SAFE_INTEGER) as Record<string, number>,
      });
    await sink.ship(
      Array.from({ length: 301 }, (_, index) => largest(index)),
      'p',
    );
    const sizes: number[] = [];
    for (let batch = spool.take(); batch !== null; batch = spool.take()) {
      const body = zstdDecompressSync((await spool.read(batch)) ?? '');
      sizes.push(parseEvents(body.toString(), 'fra').length);
      expect(body.byteLength).toBeLessThanOrEqual(MAX_EVENTS_BYTES);
    }
    expect(sizes.reduce((sum, size) => sum + size)).toBe(301);
  });

  it('rejects while the disk refuses, keeps the place, and goes on once it can', async () => {
    const { directory, sink } = openSpool();
    await sink.ship(named('a'), '1');
    rmSync(directory, { recursive: true });
    writeFileSync(directory, 'in the way');
    await expect(sink.ship(named('b'), '2')).rejects.toMatchObject({ code: 'ENOTDIR' });
    rmSync(directory);
    mkdirSync(directory);
    await sink.ship(named('b'), '2');
    expect(await sink.place()).toBe('2');
    expect(batchesIn(directory)).toHaveLength(1);
  });

  it('makes its folder again when somebody deleted it', async () => {
    const { directory, sink } = openSpool();
    rmSync(directory, { recursive: true });
    await sink.ship(named('a'), '1');
    expect([batchesIn(directory).length, await sink.place()]).toEqual([1, '1']);
  });

  it('drops the oldest beyond its bounds, and counts them', async () => {
    const { clock, spool, sink } = openSpool({ maxBytes: 700 });
    for (let n = 0; n < 8; n++) {
      await sink.ship(named(`call-${n}`, `other-${n}`), String(n));
      await clock.advance(1_000);
    }
    const { bytes, batches, droppedEvents } = spool.state;
    expect(bytes).toBeLessThanOrEqual(700);
    expect(droppedEvents).toBe(2 * (8 - batches));
    expect(batches).toBeGreaterThan(0);
  });
});

describe('delivery of events', () => {
  it('brings them to the collector, packed, and then forgets them', async () => {
    const { directory, collector, delivery, sink } = await start();
    await sink.ship(named('a', 'b'), '1');
    await until(() => delivery.state.deliveredItems === 2);
    expect(collector.events).toEqual(named('a', 'b'));
    await until(() => batchesIn(directory).length === 0);
  });

  it('after an outage takes the newest first, and loses none', async () => {
    const { clock, collector, delivery, sink } = await start();
    let isAway = true;
    collector.onEvents = () => (isAway ? { status: 503 } : null);
    for (const id of ['a', 'b', 'c']) {
      await sink.ship(named(id), id);
      await clock.advance(100);
    }
    await until(() => delivery.state.failures > 0);
    isAway = false;
    // Longer than the pause, and shorter than the deadline of a delivery that begins meanwhile.
    await clock.advance(5_000);
    await until(() => delivery.state.deliveredBatches === 3);
    const ids = collector.events.map(({ id }) => id);
    // One that was being tried when the collector came back may be behind an older one.
    expect([ids[0], ids.toSorted()]).toEqual(['c', ['a', 'b', 'c']]);
  });

  it('an answer that is not an acknowledgement of events acknowledges nothing', async () => {
    const { directory, collector, delivery, sink } = await start();
    collector.onEvents = () => ({ status: 200, body: '{"stored":1,"duplicate":false}' });
    await sink.ship(named('a'), '1');
    await until(() => delivery.state.failures === 1);
    expect(batchesIn(directory)).toHaveLength(1);
  });

  it('what the collector refuses for ever is set aside and does not hold up the rest', async () => {
    const { directory, collector, delivery, spool, sink } = await start();
    collector.onEvents = (events) =>
      events.some(({ id }) => id === 'bad')
        ? { status: 400, body: JSON.stringify({ error: { code: 'invalid-events', message: 'never' } }) }
        : null;
    await sink.ship(named('bad'), '1');
    await sink.ship(named('good'), '2');
    await until(() => delivery.state.deliveredItems === 1 && spool.state.refusedEvents === 1);
    await until(() => batchesIn(directory).length === 0);
    const [set] = readdirSync(join(directory, 'refused'));
    const body = zstdDecompressSync(readFileSync(join(directory, 'refused', set ?? '')));
    expect(parseEvents(body.toString(), 'fra-web03')).toEqual(named('bad'));
  });
});
