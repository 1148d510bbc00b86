import { readdir } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { errorCode } from '@nines/shared/errors.ts';
import { isCopyOf, isPlaceIn, type LogPlace, type OpenLog, openLog } from './log-place.ts';
import { type LogPiece, readLines } from './read-lines.ts';

/** Whether a file beside the log may be read, by its path. */
export type MayRead = (path: string) => boolean;

const BEGINNING = { offset: 0, isMidLine: false };
const PACKED = /\.(?:gz|xz|bz2|zst)$/;

/**
 * Follows a log across rename, truncation and restart. Holds the file open from one reading to the next, so that one
 * that was renamed, packed or deleted meanwhile is still read to its end; after a restart of the agent it is looked for
 * beside the log, by its inode and its beginning.
 */
export class LogFollower {
  #held: OpenLog | null = null;

  /**
   * Everything from the place on, older files first; `null` begins with what the file holds now. `path` is a real path
   * that may be read. The very file that was followed is read to its end under any name; files that came and went
   * between it and the present one only when they may be. Rejects with the system's error.
   */
  async *read(path: string, from: LogPlace | null, mayRead: MayRead): AsyncGenerator<LogPiece> {
    const current = await openLog(path);
    if (current === null) throw Object.assign(new Error(`${path} is no plain file`), { code: 'EINVAL' });
    const opened = [current];
    let last = current;
    try {
      if (from === null || (await isPlaceIn(current, from))) {
        yield* readLines(current, from ?? BEGINNING, false);
        return;
      }
      const beside = await openBeside(path, current);
      opened.push(...beside);
      const older = await this.#olderWith(from, beside);
      if (older !== null) {
        last = older;
        // Whoever writes goes on in the old file until it opens the new one: with a line there, the old one is finished.
        const isFinished = (await current.file.stat()).size > 0;
        yield* readLines(older, from, false);
        if (!isFinished) return;
      }
      let isGap = older === null;
      for (const between of older === null ? [] : await newerThan(older, beside)) {
        if (mayRead(between.path)) yield* readLines(between, BEGINNING, isGap);
        isGap ||= !mayRead(between.path);
      }
      last = current;
      yield* readLines(current, BEGINNING, isGap);
    } finally {
      await this.#hold(last, opened);
    }
  }

  async close(): Promise<void> {
    await this.#held?.file.close();
    this.#held = null;
  }

  /** The file in which the place lies: the one that is held, or one beside the log. */
  async #olderWith(place: LogPlace, beside: readonly OpenLog[]): Promise<OpenLog | null> {
    if (this.#held !== null && (await isPlaceIn(this.#held, place))) return this.#held;
    for (const log of beside) if (await isPlaceIn(log, place)) return log;
    for (const log of beside) if (await isCopyOf(place, log)) return log;
    return null;
  }

  async #hold(log: OpenLog, opened: readonly OpenLog[]): Promise<void> {
    const before = this.#held;
    this.#held = log;
    const idle = opened.filter((other) => other !== log);
    if (before !== null && before !== log) idle.push(before);
    for (const { file } of idle) await file.close();
  }
}

interface Beside extends OpenLog {
  readonly path: string;
}

/** The rotated files of a log: plain ones in its folder whose names begin with its own. */
async function openBeside(path: string, current: OpenLog): Promise<Beside[]> {
  const folder = dirname(path);
  const names = (await readdir(folder)).filter((name) => name.startsWith(basename(path)) && !PACKED.test(name));
  const logs: Beside[] = [];
  for (const name of names.sort()) {
    const log = await openOrNull(join(folder, name));
    if (log === null) continue;
    if (log.inode === current.inode) await log.file.close();
    else logs.push({ ...log, path: join(folder, name) });
  }
  return logs;
}

/** One that was renamed once more meanwhile, or may not be read, is none that can be followed. */
async function openOrNull(path: string): Promise<OpenLog | null> {
  try {
    return await openLog(path);
  } catch (error) {
    if (['ENOENT', 'EACCES', 'EPERM', 'ELOOP'].includes(errorCode(error) ?? '')) return null;
    throw error;
  }
}

/** Those that were last written after it, in the order in which they were. */
async function newerThan(older: OpenLog, beside: readonly Beside[]): Promise<Beside[]> {
  const { mtimeMs } = await older.file.stat();
  const others = beside.filter(({ inode }) => inode !== older.inode);
  const dated = await Promise.all(others.map(async (log) => ({ log, writtenAtMs: (await log.file.stat()).mtimeMs })));
  const newer = dated.filter(({ writtenAtMs }) => writtenAtMs > mtimeMs);
  return newer.sort((a, b) => a.writtenAtMs - b.writtenAtMs).map(({ log }) => log);
}
