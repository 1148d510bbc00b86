import { appendFileSync, readdirSync, readFileSync, renameSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { zstdDecompressSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createAllowance } from '../../../agent/src/allowance.ts';
import type { EventSpool } from '../../../agent/src/event-spool.ts';
import { Keeper } from '../../../agent/src/keeper.ts';
import type { CheckRun } from '../../../agent/src/run-check.ts';
import { countByOutcome } from '../../support/calls.ts';
import { captureText } from '../../support/capture-text.ts';
import { temporaryFolder } from '../../support/folders.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { probe, verdict } from '../../support/probe-targets/probe.ts';
import { openEventSpool, takeShipped } from '../../support/shipped-events.ts';

const RUN = captureText('asterisk/run1/queue_log');
/** When the last of these lines had been written. */
const clock = new ManualClock(1_795_423_060_000);

let folder = '';
let log = '';
let spool: EventSpool;
let keeper = new Keeper();

beforeEach(() => {
  folder = temporaryFolder();
  log = join(folder, 'queue_log');
  spool = openEventSpool(join(folder, 'events'));
});
afterEach(() => keeper.retain([]));

function run(written: Record<string, unknown> = {}, files = [log]): Promise<CheckRun> {
  const allow = { files, env: [], commands: [] };
  return probe(
    { type: 'asterisk_queue_log', path: log, ...written },
    {
      clock,
      allowed: createAllowance(
        { allow, scratch: { directory: folder, maxBytes: 0 }, path: join(folder, 'agent.yaml') },
        {},
      ),
      eventsOf: (check) => spool.sinkOf(check),
      keeper,
    },
  );
}

/** Another life of the agent. */
async function restart(): Promise<void> {
  await keeper.retain([]);
  keeper = new Keeper();
  spool = openEventSpool(join(folder, 'events'));
}

describe('a queue log', () => {
  it('is shipped as calls, and says who waits now', async () => {
    writeFileSync(log, RUN);
    const { observation } = await run();
    expect(observation).toMatchObject({
      outcome: 'up',
      values: { lines: 305, malformed: 0, other_events: 3, gaps: 0, behind: 0, waiting: 1 },
    });
    // Came at 1795422829.
    expect(observation.values.longest_wait).toBe(231_000_000);
    expect(countByOutcome(await takeShipped(spool))).toEqual({
      answered: 63,
      talking: 2,
      open: 1,
      abandoned: 15,
      'timed-out': 6,
      'left-by-key': 4,
      empty: 2,
      withdrawn: 1,
    });
  });

  it('in which nothing is new ships nothing and writes nothing', async () => {
    writeFileSync(log, RUN);
    await run();
    await takeShipped(spool);
    const place = () => readFileSync(join(folder, 'events/places/shop'), 'utf8');
    const before = place();
    expect((await run()).observation).toMatchObject({ outcome: 'up', values: { lines: 0, waiting: 1 } });
    expect(await takeShipped(spool)).toEqual([]);
    expect(place()).toBe(before);
  });

  it('ends calls in a later run, in a later life, in a file that came after a rotation', async () => {
    const [early, late] = [captureText('asterisk/rotation/queue_log.0'), captureText('asterisk/rotation/queue_log')];
    const half = early.lastIndexOf('\n', early.length / 2) + 1;
    writeFileSync(log, early.slice(0, half));
    await run();
    appendFileSync(log, early.slice(half));
    await restart();
    await run();
    renameSync(log, `${log}.0`);
    writeFileSync(log, late);
    await restart();
    expect((await run()).observation.values).toMatchObject({ lines: 5, gaps: 0, waiting: 0 });
    const latest = new Map((await takeShipped(spool)).map((event) => [event.id, event]));
    expect(countByOutcome([...latest.values()])).toMatchObject({ answered: 65, abandoned: 16 });
    expect(latest.size).toBe(94);
  });

  it('read again from an older place gives the same versions of the same calls', async () => {
    writeFileSync(log, RUN.slice(0, RUN.indexOf('\n', 9_000) + 1));
    await run();
    const place = readFileSync(join(folder, 'events/places/shop'));
    writeFileSync(log, RUN);
    await run();
    const shipped = await takeShipped(spool);
    // The machine died after the events were on disk, and before the place was.
    writeFileSync(join(folder, 'events/places/shop'), place);
    await restart();
    await run();
    const again = await takeShipped(spool);
    expect(again.length).toBeGreaterThan(50);
    for (const event of again) expect(shipped).toContainEqual(event);
  });

  it('counts lines that are none, and queues that are not its own are left alone', async () => {
    writeFileSync(log, `rubbish\n${RUN}`);
    const { observation } = await run({ queues: ['billing'] });
    expect(observation.values).toMatchObject({ malformed: 1 });
    expect(await takeShipped(spool)).toHaveLength(28);
  });

  it.each([['drop'], ['pseudonym']])('no number of a caller is written anywhere (callers: %s)', async (callers) => {
    writeFileSync(log, RUN);
    await run({ callers });
    const written = readdirSync(join(folder, 'events'), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => readFileSync(join(entry.parentPath, entry.name)))
      .map((bytes) => (bytes.readUInt32LE(0) === 0xfd2fb528 ? zstdDecompressSync(bytes) : bytes).toString());
    expect(written).toHaveLength(2);
    expect(written.join()).not.toContain('4930555');
    const pseudonyms = (await takeShipped(spool)).map(({ labels }) => labels.caller ?? null);
    const entries = RUN.split('\n').filter((line) => line.includes('|ENTERQUEUE|'));
    const numbers = new Set(entries.map((line) => line.split('|')[6]));
    expect(new Set(pseudonyms).size).toBe(callers === 'drop' ? 1 : numbers.size);
  });
});

describe('a file that the agent’s own file does not name', () => {
  it.each([
    ['is not there', '/no/such/file'],
    ['is another', '/etc/passwd'],
  ])('is not read: it %s', async (_, path) => {
    expect(verdict(await run({ path }))).toBe('unknown not-allowed');
  });

  it('is not read through a link or a detour', async () => {
    writeFileSync(join(folder, 'secret'), RUN);
    symlinkSync(join(folder, 'secret'), log);
    expect(verdict(await run({ path: log }, [join(folder, 'allowed')]))).toBe('unknown not-allowed');
    expect(verdict(await run({ path: `${folder}/allowed/../secret` }, [join(folder, 'allowed')]))).toBe(
      'unknown not-allowed',
    );
    expect(await takeShipped(spool)).toEqual([]);
  });
});
