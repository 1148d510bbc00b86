import {
  appendFileSync,
  copyFileSync,
  mkdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { LogFollower } from '../../../agent/src/follow/log-follower.ts';
import type { LogPlace } from '../../../agent/src/follow/log-place.ts';
import { PIECE_BYTES } from '../../../agent/src/follow/read-lines.ts';
import { temporaryFolder } from '../../support/folders.ts';

let folder = '';
let log = '';
let follower = new LogFollower();
let place: LogPlace | null = null;
let gaps = 0;

beforeEach(() => {
  folder = temporaryFolder();
  log = join(folder, 'queue_log');
  place = null;
  gaps = 0;
});
afterEach(() => follower.close());

/** What is new since the last reading, line by line. */
async function read(mayRead = () => true): Promise<string[]> {
  let text = '';
  for await (const piece of follower.read(log, place, mayRead)) {
    text += piece.text;
    // As the agent keeps it: through JSON.
    place = JSON.parse(JSON.stringify(piece.place));
    if (piece.isAfterGap) gaps++;
  }
  return text.split('\n').slice(0, -1);
}

/** The agent starts anew: what is held is gone, what was kept is not. */
async function restart(): Promise<void> {
  await follower.close();
  follower = new LogFollower();
}

const HEAD = `${'first line, long enough to know the file by '.repeat(8)}\n`;

describe('a log that is followed', () => {
  it('is read from its beginning, then only what is new, also by another life of the agent', async () => {
    writeFileSync(log, 'a\nb\n');
    expect(await read()).toEqual(['a', 'b']);
    expect(await read()).toEqual([]);
    appendFileSync(log, 'c\n');
    await restart();
    expect(await read()).toEqual(['c']);
  });

  it('half a line waits until it is whole', async () => {
    writeFileSync(log, 'a\nb');
    expect(await read()).toEqual(['a']);
    appendFileSync(log, 'c');
    expect(await read()).toEqual([]);
    appendFileSync(log, 'd\n');
    expect(await read()).toEqual(['bcd']);
  });

  it.each([['the same life'], ['after a restart']])(
    'renamed: the old file is read to its end first (%s)',
    async (when) => {
      writeFileSync(log, HEAD);
      await read();
      appendFileSync(log, 'old 1\n');
      renameSync(log, `${log}.0`);
      writeFileSync(log, '');
      if (when === 'after a restart') await restart();
      expect(await read()).toEqual(['old 1']);
      // Asterisk still has the old one open, until it is told to reload.
      appendFileSync(`${log}.0`, 'old 2\n');
      if (when === 'after a restart') await restart();
      expect(await read()).toEqual(['old 2']);
      appendFileSync(`${log}.0`, 'old 3\nhalf');
      appendFileSync(log, 'new 1\n');
      if (when === 'after a restart') await restart();
      expect(await read()).toEqual(['old 3', 'new 1']);
      expect(await read()).toEqual([]);
      expect(gaps).toBe(0);
    },
  );

  it('renamed and deleted, as when it is packed at once: what was held is read to its end', async () => {
    writeFileSync(log, HEAD);
    await read();
    appendFileSync(log, 'old\n');
    rmSync(log);
    writeFileSync(log, 'new\n');
    expect(await read()).toEqual(['old', 'new']);
    expect(gaps).toBe(0);
  });

  it('deleted while the agent was away: there is a gap, and it is said', async () => {
    writeFileSync(log, HEAD);
    await read();
    await restart();
    renameSync(log, join(folder, 'elsewhere'));
    writeFileSync(log, 'new\n');
    expect(await read()).toEqual(['new']);
    expect(gaps).toBe(1);
  });

  it('rotated three times while the agent was away: file after file, in the order of writing', async () => {
    writeFileSync(log, HEAD);
    await read();
    await restart();
    appendFileSync(log, 'first\n');
    for (const [index, text] of ['second\n', 'third\n', 'fourth\n'].entries()) {
      utimesSync(log, 1000 + index, 1000 + index);
      renameSync(log, `${log}.${3 - index}`);
      writeFileSync(log, text);
    }
    expect(await read()).toEqual(['first', 'second', 'third', 'fourth']);
    expect(gaps).toBe(0);
  });

  it('a file between that may not be read is a gap; the one that was followed needs no permission of its own', async () => {
    writeFileSync(log, HEAD);
    await read();
    await restart();
    appendFileSync(log, 'first\n');
    utimesSync(log, 1000, 1000);
    renameSync(log, `${log}.2`);
    writeFileSync(`${log}.1`, 'second\n');
    writeFileSync(log, 'third\n');
    expect(await read(() => false)).toEqual(['first', 'third']);
    expect(gaps).toBe(1);
  });

  it('cut off: it begins anew, and what was lost is a gap', async () => {
    writeFileSync(log, `${HEAD}a\n`);
    await read();
    truncateSync(log);
    expect(await read()).toEqual([]);
    appendFileSync(log, 'b\n');
    expect(await read()).toEqual(['b']);
    expect(gaps).toBe(1);
  });

  it('copied and cut off (copytruncate): the copy is read to its end first', async () => {
    writeFileSync(log, HEAD);
    await read();
    appendFileSync(log, 'old\n');
    copyFileSync(log, `${log}.1`);
    truncateSync(log);
    appendFileSync(log, 'new\n');
    expect(await read()).toEqual(['old', 'new']);
    expect(gaps).toBe(0);
  });

  it('another file under its name and inode, and longer, is not taken for it', async () => {
    writeFileSync(log, HEAD);
    await read();
    writeFileSync(log, `${'another beginning '.repeat(30)}\nb\n`);
    expect(await read()).toContain('b');
    expect(gaps).toBe(1);
  });

  it('a link or a folder is no log', async () => {
    mkdirSync(log);
    await expect(read()).rejects.toMatchObject({ code: 'EINVAL' });
    rmSync(log, { recursive: true });
    writeFileSync(join(folder, 'secret'), 'x\n');
    symlinkSync(join(folder, 'secret'), log);
    await expect(read()).rejects.toMatchObject({ code: 'ELOOP' });
  });

  it('a line without end is skipped, whatever comes after it is read', async () => {
    writeFileSync(log, `a\n${'x'.repeat(PIECE_BYTES * 2 + 10)}`);
    expect(await read()).toEqual(['a']);
    appendFileSync(log, 'end of it\nb\n');
    expect(await read()).toEqual(['b']);
  });

  it('whatever is written, renamed and restarted in whatever order, every whole line comes once and in order', async () => {
    const step = fc.oneof(
      { weight: 4, arbitrary: fc.constant('write') },
      fc.constantFrom('half', 'read', 'rename', 'restart'),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 25 }), async (steps) => {
        folder = temporaryFolder();
        log = join(folder, 'queue_log');
        place = null;
        writeFileSync(log, HEAD);
        const seen = await read();
        let [count, rotations] = [0, 0];
        for (const what of steps) {
          if (what === 'write') appendFileSync(log, `line ${count++}\n`);
          if (what === 'half') appendFileSync(log, 'half ');
          if (what === 'read') seen.push(...(await read()));
          if (what === 'restart') await restart();
          if (what === 'rename') {
            appendFileSync(log, '\n');
            utimesSync(log, 1000 + rotations, 1000 + rotations);
            renameSync(log, `${log}.${rotations++}`);
            writeFileSync(log, `new ${HEAD}`);
          }
        }
        appendFileSync(log, '\n');
        seen.push(...(await read()));
        const lines = seen.map((line) => line.replace(/^(half )+/, '')).filter((line) => line.startsWith('line'));
        expect(lines).toEqual(Array.from({ length: count }, (_, index) => `line ${index}`));
      }),
      { numRuns: 40, examples: [[['rename', 'write', 'rename']]] },
    );
  });
});
