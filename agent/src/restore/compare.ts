import { createHash } from 'node:crypto';
import { createReadStream, type Stats } from 'node:fs';
import { lstat } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { errorCode } from '@nines/shared/errors.ts';
import type { BackedUpFile } from './sample.ts';

/** A file that was to be restored, and where. */
export interface RestoredFile extends BackedUpFile {
  readonly restored: string;
  /** Where this host has the file that was backed up; `null` when it is not asked. */
  readonly source: string | null;
  /** The SHA-256 that the backup's own list states; `null` when it states none. */
  readonly sha256: string | null;
  /** What the program itself says against the file; `null` when it says nothing. */
  readonly complaint: string | null;
}

/** What came of a test restore. */
export interface Comparison {
  readonly files: number;
  readonly bytes: number;
  /** Files whose source has changed or gone since the backup: there is nothing to compare them with but the list. */
  readonly changed: number;
  /** One sentence for each file that is not what was backed up. */
  readonly mismatches: readonly string[];
}

/** Time stamps of files are taken from a clock that may lag a few milliseconds behind (jiffies). */
const STAMP_MARGIN_MS = 1_000;

/**
 * Compares restored files with what the backup says of them, and with their sources as far as these have not been touched
 * since `backedUpAtMs`, when the backup began: a source that claims to be older and differs is a fault, of the backup or of
 * the disk; one that was written later proves nothing.
 */
export async function compareRestored(
  files: readonly RestoredFile[],
  { backedUpAtMs, signal }: { readonly backedUpAtMs: number; readonly signal: AbortSignal },
): Promise<Comparison> {
  const mismatches: string[] = [];
  let bytes = 0;
  let changed = 0;
  for (const file of files) {
    const digest = await restoredDigest(file, signal);
    if ('fault' in digest) {
      mismatches.push(`${file.path} ${digest.fault}`);
      continue;
    }
    bytes += file.bytes;
    if (file.source === null) continue;
    const source = await unchangedDigest(file.source, backedUpAtMs, signal);
    if (source === null) changed++;
    else if (source !== digest.sha256) mismatches.push(`${file.path} is not what ${file.source} holds`);
  }
  return { files: files.length, bytes, changed, mismatches };
}

async function restoredDigest(
  { restored, bytes, sha256, complaint }: RestoredFile,
  signal: AbortSignal,
): Promise<{ readonly sha256: string } | { readonly fault: string }> {
  if (complaint !== null) return { fault: `could not be restored: ${complaint}` };
  const status = await statusOf(restored);
  if (status === null || !status.isFile()) return { fault: 'was not restored' };
  if (status.size !== bytes) return { fault: `was restored with ${status.size} bytes instead of ${bytes}` };
  const found = await digestOf(restored, signal);
  return sha256 === null || sha256 === found ? { sha256: found } : { fault: `has SHA-256 ${found}, not ${sha256}` };
}

/** The SHA-256 of a file that was last touched before an instant, and was not while it was read; `null` for others. */
async function unchangedDigest(path: string, beforeMs: number, signal: AbortSignal): Promise<string | null> {
  const isOlder = (status: Stats | null) =>
    status?.isFile() === true && Math.max(status.mtimeMs, status.ctimeMs) < beforeMs - STAMP_MARGIN_MS;
  if (!isOlder(await statusOf(path))) return null;
  const digest = await digestOf(path, signal);
  return isOlder(await statusOf(path)) ? digest : null;
}

async function digestOf(path: string, signal: AbortSignal): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash, { signal });
  return hash.digest('hex');
}

async function statusOf(path: string): Promise<Stats | null> {
  try {
    return await lstat(path);
  } catch (error) {
    if (errorCode(error) === 'ENOENT' || errorCode(error) === 'ENOTDIR') return null;
    throw error;
  }
}
