import { appendFileSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { zstdDecompressSync } from 'node:zlib';
import type { Observation } from '@nines/shared/observation.ts';
import { observationsOf, parseBatch } from '@nines/shared/wire.ts';
import { describe, expect, it } from 'vitest';
import type { Spool } from '../../agent/src/spool.ts';
import { observation, openSpool } from '../support/agent-parts.ts';
import { temporaryFolder } from '../support/folders.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { until } from '../support/until.ts';

async function contentOf(spool: Spool): Promise<{ key: string; observations: Observation[] }[]> {
  const contents = [];
  for (let batch = spool.take(); batch !== null; batch = spool.take()) {
    const body = await spool.read(batch);
    if (body === null) throw new Error('batch is gone');
    const parsed = parseBatch(zstdDecompressSync(body).toString());
    contents.push({
      key: `${parsed.agent} ${parsed.spool} ${parsed.sequence}`,
      observations: [...observationsOf(parsed)],
    });
  }
  return contents;
}

function filesIn(directory: string, ending: string): string[] {
  return readdirSync(directory).filter((name) => name.endsWith(ending));
}

describe('Spool', () => {
  it('an observation is in the journal at once, and in a batch of the same content when the interval is over', async () => {
    const directory = temporaryFolder();
    const clock = new ManualClock();
    const spool = await openSpool(directory, clock);
    const seen = [observation(0), observation(1, { outcome: 'down', reason: 'connect-timeout', values: {} })];
    for (const one of seen) spool.append(one);
    const [journal = ''] = filesIn(directory, '.open');
    expect(readFileSync(join(directory, journal), 'utf8').trim().split('\n')).toHaveLength(3);
    expect(spool.take()).toBeNull();
    await clock.advance(5_000);
    await spool.closeBatch();
    expect(filesIn(directory, '.open')).toEqual([]);
    const [content] = await contentOf(spool);
    expect(content?.observations).toEqual(seen);
  });

  it('a file name tells age, identity and number of observations', async () => {
    const directory = temporaryFolder();
    const clock = new ManualClock(1_790_000_000_000);
    const spool = await openSpool(directory, clock);
    for (let n = 0; n < 3; n++) spool.append(observation(n));
    await spool.closeBatch();
    expect(filesIn(directory, '.batch')).toEqual([
      expect.stringMatching(/^001790000000000-[A-Za-z0-9_-]{22}-0-3\.batch$/),
    ]);
  });

  it('a batch is closed early when it has 2,000 observations', async () => {
    const clock = new ManualClock();
    const spool = await openSpool(temporaryFolder(), clock);
    for (let n = 0; n < 4_500; n++) spool.append(observation(n));
    await spool.closeBatch();
    const contents = await contentOf(spool);
    expect(contents.map(({ observations }) => observations.length)).toEqual([500, 2_000, 2_000]);
  });

  it('a folder that was deleted is made again, with its lock, and what is observed from then on is kept', async () => {
    const directory = join(temporaryFolder(), 'spool');
    const spool = await openSpool(directory, new ManualClock());
    spool.append(observation(0));
    rmSync(directory, { recursive: true });
    spool.append(observation(1));
    await spool.closeBatch();
    expect(filesIn(directory, '.batch')).toHaveLength(1);
    expect(filesIn(directory, 'lock')).toHaveLength(1);
    rmSync(directory, { recursive: true });
    spool.append(observation(2));
    expect(filesIn(directory, '.open')).toHaveLength(1);
    expect(filesIn(directory, 'lock')).toHaveLength(1);
    await spool.closeBatch();
    expect(spool.state.diskErrors).toBe(0);
    const newest = spool.take();
    expect(newest?.name).toMatchObject({ sequence: 1, items: 1 });
    expect(newest && (await spool.read(newest))).not.toBeNull();
    await spool.close();
    expect(filesIn(directory, 'lock')).toEqual([]);
  });

  it('two starts never share a spool id, and sequences count from 0', async () => {
    const directory = temporaryFolder();
    const clock = new ManualClock();
    const keys: string[] = [];
    for (let start = 0; start < 2; start++) {
      const spool = await openSpool(directory, clock);
      for (let batch = 0; batch < 2; batch++) {
        spool.append(observation(batch));
        await spool.closeBatch();
        clock.jumpWall(1_000);
      }
      await spool.close();
      if (start === 1) keys.push(...(await contentOf(spool)).map(({ key }) => key));
    }
    expect(new Set(keys).size).toBe(4);
    expect(keys.map((key) => key.split(' ')[2])).toEqual(['1', '0', '1', '0']);
    expect(new Set(keys.map((key) => key.split(' ')[1])).size).toBe(2);
  });

  it('a journal that a dead process left becomes a batch of its own identity; its torn last line is left out', async () => {
    const directory = temporaryFolder();
    const clock = new ManualClock();
    const dead = await openSpool(directory, clock, { agent: () => 'old-name' });
    for (let n = 0; n < 5; n++) dead.append(observation(n));
    const [journal = ''] = filesIn(directory, '.open');
    appendFileSync(join(directory, journal), '{"check":"shop-home","atMs":17900');
    const spool = await openSpool(directory, clock);
    expect(filesIn(directory, '.open')).toEqual([]);
    const [content] = await contentOf(spool);
    expect(content?.key).toBe(`old-name ${journal.replace(/-0\.open$/, '')} 0`);
    expect(content?.observations).toEqual([0, 1, 2, 3, 4].map((n) => observation(n)));
  });

  it('a journal torn at any byte gives exactly the observations whose lines are whole', async () => {
    const directory = temporaryFolder();
    const dead = await openSpool(directory, new ManualClock());
    for (let n = 0; n < 3; n++) dead.append(observation(n));
    const [journal = ''] = filesIn(directory, '.open');
    const whole = readFileSync(join(directory, journal));
    for (let length = 0; length <= whole.length; length += 7) {
      const torn = temporaryFolder();
      writeFileSync(join(torn, journal), whole.subarray(0, length));
      const spool = await openSpool(torn, new ManualClock());
      // A line that lacks nothing but its line break is whole JSON: it counts.
      const lines = whole.subarray(0, length).toString().split('\n').slice(1);
      const expected = lines.filter((line) => line.endsWith('}}')).length;
      const contents = await contentOf(spool);
      expect(contents.flatMap(({ observations }) => observations)).toHaveLength(expected);
    }
  });

  it('a journal whose batch was closed before the death is only deleted, so nothing is delivered under one identity twice', async () => {
    const directory = temporaryFolder();
    const clock = new ManualClock();
    const first = await openSpool(directory, clock);
    first.append(observation(0));
    const [journal = ''] = filesIn(directory, '.open');
    const text = readFileSync(join(directory, journal));
    await first.closeBatch();
    writeFileSync(join(directory, journal), text);
    const spool = await openSpool(directory, clock);
    expect(filesIn(directory, '.open')).toEqual([]);
    expect(await contentOf(spool)).toHaveLength(1);
  });

  it('a half-written batch file is removed, and its journal recovered instead', async () => {
    const directory = temporaryFolder();
    const clock = new ManualClock();
    const dead = await openSpool(directory, clock);
    dead.append(observation(0));
    writeFileSync(join(directory, '001790000000000-aaaaaaaaaaaaaaaaaaaaaa-0-1.batch.tmp'), 'half');
    const spool = await openSpool(directory, clock);
    expect(filesIn(directory, '.tmp')).toEqual([]);
    expect(await contentOf(spool)).toHaveLength(1);
  });

  it('beyond its size the oldest batches are dropped, and their observations counted', async () => {
    const directory = temporaryFolder();
    const clock = new ManualClock();
    const unbounded = await openSpool(directory, clock);
    for (let batch = 0; batch < 10; batch++) {
      for (let n = 0; n < 3; n++) unbounded.append(observation(10 * batch + n));
      await unbounded.closeBatch();
      await clock.advance(1_000);
    }
    const { bytes } = unbounded.state;
    await unbounded.close();
    const spool = await openSpool(directory, clock, { maxBytes: Math.floor(bytes / 2) });
    expect(spool.state.bytes).toBeLessThanOrEqual(bytes / 2);
    const contents = await contentOf(spool);
    expect(spool.state.droppedObservations).toBe(3 * (10 - contents.length));
    expect(contents.length).toBeGreaterThanOrEqual(4);
    // The newest stay.
    expect(contents[0]?.observations[0]).toEqual(observation(90));
    expect(filesIn(directory, '.batch')).toHaveLength(contents.length);
  });

  it('beyond its age a batch is dropped and counted', async () => {
    const clock = new ManualClock();
    const spool = await openSpool(temporaryFolder(), clock, { maxAgeMs: 60_000 });
    spool.append(observation(0));
    await spool.closeBatch();
    await clock.advance(61_000);
    spool.append(observation(1));
    await spool.closeBatch();
    expect(spool.state).toMatchObject({ batches: 1, droppedObservations: 1 });
  });

  it('while the disk refuses, batches are kept in memory, and go to disk when it takes them again', async () => {
    const directory = join(temporaryFolder(), 'spool');
    const clock = new ManualClock();
    const spool = await openSpool(directory, clock);
    // A file where the folder was: every write fails with a real error, also for root.
    renameSync(directory, `${directory}.away`);
    writeFileSync(directory, '');
    for (let n = 0; n < 3; n++) {
      spool.append(observation(n));
      await spool.closeBatch();
    }
    expect(spool.state.batches).toBe(3);
    expect(spool.state.diskErrors).toBeGreaterThan(0);
    rmSync(directory);
    mkdirSync(directory);
    spool.append(observation(3));
    await spool.closeBatch();
    expect(filesIn(directory, '.batch')).toHaveLength(4);
    expect(spool.state.droppedObservations).toBe(0);
    const observations = (await contentOf(spool)).flatMap((content) => content.observations);
    expect(observations.map(({ atMs }) => atMs).sort()).toEqual([0, 1, 2, 3].map((n) => observation(n).atMs));
  });

  it('a batch delivered from memory leaves nothing behind when the disk comes back', async () => {
    const directory = join(temporaryFolder(), 'spool');
    const spool = await openSpool(directory, new ManualClock());
    renameSync(directory, `${directory}.away`);
    writeFileSync(directory, '');
    spool.append(observation(0));
    await spool.closeBatch();
    const batch = spool.take();
    if (batch === null) throw new Error('nothing to deliver');
    expect(await spool.read(batch)).not.toBeNull();
    await spool.delivered(batch);
    rmSync(directory);
    mkdirSync(directory);
    spool.append(observation(1));
    await spool.closeBatch();
    expect(filesIn(directory, '.batch')).toHaveLength(1);
    expect(spool.state.batches).toBe(1);
  });

  it('what is kept in memory is bounded; beyond that the oldest go and are counted', async () => {
    const directory = join(temporaryFolder(), 'spool');
    const spool = await openSpool(directory, new ManualClock());
    renameSync(directory, `${directory}.away`);
    writeFileSync(directory, '');
    let appended = 0;
    while (spool.state.droppedObservations === 0) {
      // Random values do not pack: 200 of them a check make a batch of megabytes.
      for (let n = 0; n < 1_500; n++) {
        const values = Object.fromEntries(
          Array.from({ length: 60 }, (_, i) => [`v${i}`, Math.floor(Math.random() * 2 ** 52)]),
        );
        spool.append(observation(appended++, { values }));
      }
      await spool.closeBatch();
    }
    expect(spool.state.bytes).toBeLessThanOrEqual(8 * 2 ** 20);
    expect(spool.state.droppedObservations % 1_500).toBe(0);
    const kept = (await contentOf(spool)).flatMap((content) => content.observations).length;
    expect(kept + spool.state.droppedObservations).toBe(appended);
  });

  it('a refused batch is set aside, counted and not given out again', async () => {
    const directory = temporaryFolder();
    const spool = await openSpool(directory, new ManualClock());
    spool.append(observation(0));
    await spool.closeBatch();
    const batch = spool.take();
    if (batch === null) throw new Error('nothing to refuse');
    await spool.refused(batch);
    expect(spool.state).toMatchObject({ batches: 0, bytes: 0, refusedBatches: 1 });
    expect(readdirSync(join(directory, 'refused'))).toHaveLength(1);
    const again = await openSpool(directory, new ManualClock());
    expect(again.take()).toBeNull();
  });

  it('gives out the newest batch first, and one that was given back as deferred last', async () => {
    const clock = new ManualClock();
    const spool = await openSpool(temporaryFolder(), clock);
    for (let n = 0; n < 3; n++) {
      spool.append(observation(n));
      await spool.closeBatch();
      await clock.advance(1_000);
    }
    const newest = spool.take();
    if (newest === null) throw new Error('nothing to take');
    expect(newest.name.sequence).toBe(2);
    spool.giveBack(newest, true);
    expect([spool.take(), spool.take(), spool.take(), spool.take()].map((batch) => batch?.name.sequence)).toEqual([
      1,
      0,
      2,
      undefined,
    ]);
  });

  it('with the collector away, a batch is closed after 30 s instead of 5', async () => {
    const clock = new ManualClock();
    const spool = await openSpool(temporaryFolder(), clock);
    for (let n = 0; n < 25; n++) {
      spool.append(observation(n));
      await spool.closeBatch();
    }
    let closed = 0;
    spool.onBatch = () => closed++;
    spool.append(observation(25));
    await clock.advance(29_999);
    spool.append(observation(26));
    await clock.advance(1);
    await until(() => closed === 1);
    expect(spool.take()?.name.items).toBe(2);
  });

  it('a batch file that is gone is counted as dropped', async () => {
    const directory = temporaryFolder();
    const spool = await openSpool(directory, new ManualClock());
    spool.append(observation(0));
    spool.append(observation(1));
    await spool.closeBatch();
    for (const name of filesIn(directory, '.batch')) rmSync(join(directory, name));
    const batch = spool.take();
    if (batch === null) throw new Error('nothing to read');
    expect(await spool.read(batch)).toBeNull();
    expect(spool.state).toMatchObject({ batches: 0, droppedObservations: 2 });
  });

  it('a spool that a living agent uses is not opened; that of a dead one is', async () => {
    const directory = temporaryFolder();
    const spool = await openSpool(directory, new ManualClock(), { pid: process.ppid });
    await expect(openSpool(directory, new ManualClock())).rejects.toThrow(/in use by another agent/);
    await spool.close();
    await openSpool(directory, new ManualClock());
    writeFileSync(join(directory, 'lock'), `${process.ppid} 1`);
    await expect(openSpool(directory, new ManualClock())).resolves.toBeDefined();
  });

  it('a folder that cannot be made is the mistake of the operator', async () => {
    const file = join(temporaryFolder(), 'file');
    writeFileSync(file, '');
    await expect(openSpool(join(file, 'spool'), new ManualClock())).rejects.toThrow(/spool\.directory/);
  });
});
