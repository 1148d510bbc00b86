import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import * as z from 'zod';

/** The bytes at a file's beginning that tell it from another one which later got its inode. */
const FINGERPRINTED_BYTES = 256;

/** How far a log was read: which file, and how much of it. */
export const logPlaceSchema = z.strictObject({
  inode: z.string(),
  /** Everything before is done with; the beginning of a line unless `isMidLine`. */
  offset: z.int().min(0),
  fingerprint: z.strictObject({ bytes: z.int().min(0), sha256: z.string() }),
  /** The offset is inside of a line that is too long to be one: the rest of it is skipped. */
  isMidLine: z.boolean(),
});

export type LogPlace = Readonly<z.output<typeof logPlaceSchema>>;

/** A file that is open, and which one it is. */
export interface OpenLog {
  readonly file: FileHandle;
  readonly inode: string;
}

/** Opens a plain file; `null` for anything else, such as a link or a pipe. Rejects with the system's error. */
export async function openLog(path: string): Promise<OpenLog | null> {
  const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  const status = await file.stat({ bigint: true });
  if (status.isFile()) return { file, inode: String(status.ino) };
  await file.close();
  return null;
}

/** The place at an offset, up to which the file has been read. */
export async function placeAt({ file, inode }: OpenLog, offset: number, isMidLine: boolean): Promise<LogPlace> {
  const bytes = Math.min(offset, FINGERPRINTED_BYTES);
  return { inode, offset, isMidLine, fingerprint: { bytes, sha256: await digestOf(file, bytes) } };
}

/** Whether the place lies in this file: the same inode, the same beginning, and not cut off before the offset. */
export async function isPlaceIn(log: OpenLog, place: LogPlace): Promise<boolean> {
  return log.inode === place.inode && (await beginsAs(log, place));
}

/** Whether this is a copy of the file in which the place lies (logrotate's `copytruncate`). */
export async function isCopyOf(place: LogPlace, log: OpenLog): Promise<boolean> {
  // Less than that many beginnings have in common.
  return place.fingerprint.bytes === FINGERPRINTED_BYTES && (await beginsAs(log, place));
}

async function beginsAs({ file }: OpenLog, { offset, fingerprint }: LogPlace): Promise<boolean> {
  if ((await file.stat()).size < offset) return false;
  return (await digestOf(file, fingerprint.bytes)) === fingerprint.sha256;
}

async function digestOf(file: FileHandle, bytes: number): Promise<string> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(bytes), 0, bytes, 0);
  return createHash('sha256').update(buffer.subarray(0, bytesRead)).digest('base64url');
}
