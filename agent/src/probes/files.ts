import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { glob, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createZstdDecompress } from 'node:zlib';
import { errorCode, errorMessage } from '@nines/shared/errors.ts';
import type { FilesOptions } from '@nines/shared/probes/files.ts';
import { ProbeFailure } from '../failure-reason.ts';
import type { ProbeContext } from './probe-run.ts';
import { judgeRestorePoints, type RestorePoint, shipRestorePoints } from './restore-points.ts';

/** Looks at backups that are plain files: those that do not grow any more are restore points. */
export async function runFiles(options: FilesOptions, context: ProbeContext): Promise<void> {
  const directory = context.allowed.file(options.directory);
  context.enter('local');
  const found = await filesIn(directory, options.pattern);
  await context.clock.sleep(options.settle);
  const settled = await onlySettled(directory, found);
  await shipRestorePoints(settled, context);
  judgeRestorePoints(settled, options.expect, context);
  const newest = settled.toSorted((a, b) => a.endedAtMs - b.endedAtMs || (a.name < b.name ? -1 : 1)).at(-1);
  if (newest === undefined) return;
  const path = context.allowed.file(join(directory, newest.name));
  if (options.checksum === 'sha256') await expectChecksum(path, newest.name, context.signal);
  if (options.test !== 'none') await expectWhole(path, options.test, context.signal);
}

interface FoundFile extends RestorePoint {
  /** Below the folder. */
  readonly name: string;
  readonly bytes: number;
}

/** Regular files by their names below the folder; one that goes away while we look was none. */
async function filesIn(directory: string, pattern: string): Promise<FoundFile[]> {
  await expectFolder(directory);
  const found: FoundFile[] = [];
  for await (const name of glob(pattern, { cwd: directory })) {
    const file = await lookAt(directory, name);
    if (file !== null) found.push(file);
  }
  return found;
}

async function lookAt(directory: string, name: string): Promise<FoundFile | null> {
  try {
    const status = await stat(join(directory, name));
    if (!status.isFile()) return null;
    const modifiedMs = Math.floor(status.mtimeMs);
    return {
      name,
      // A file that is written anew each night is another backup each night.
      id: `${name}@${modifiedMs}`,
      startedAtMs: modifiedMs,
      endedAtMs: modifiedMs,
      bytes: status.size,
      files: null,
      labels: { file: name },
    };
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return null;
    throw error;
  }
}

async function expectFolder(directory: string): Promise<void> {
  try {
    await stat(directory);
  } catch (error) {
    if (errorCode(error) === 'ENOENT') throw new ProbeFailure('repository-missing', `${directory} is not there`);
    throw error;
  }
}

async function onlySettled(directory: string, found: readonly FoundFile[]): Promise<FoundFile[]> {
  const again = await Promise.all(found.map(({ name }) => lookAt(directory, name)));
  return found.filter(({ bytes, endedAtMs }, index) => {
    const now = again[index];
    return now?.bytes === bytes && now.endedAtMs === endedAtMs;
  });
}

async function expectChecksum(path: string, name: string, signal: AbortSignal): Promise<void> {
  const stated = /^([0-9a-f]{64})\b/i.exec(await readChecksum(path))?.[1]?.toLowerCase();
  if (stated === undefined) throw new ProbeFailure('backup-damaged', `${name}.sha256 holds no SHA-256 digest`);
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash, { signal });
  if (hash.digest('hex') !== stated)
    throw new ProbeFailure('backup-damaged', `${name} is not what ${name}.sha256 says`);
}

async function readChecksum(path: string): Promise<string> {
  try {
    return await readFile(`${path}.sha256`, 'latin1');
  } catch (error) {
    if (errorCode(error) === 'ENOENT') throw new ProbeFailure('backup-damaged', `${path}.sha256 is not there`);
    throw error;
  }
}

const DECOMPRESS = { gzip: createGunzip, zstd: createZstdDecompress } as const;

/** Reads to the end what is packed, and keeps nothing of it. */
async function expectWhole(path: string, kind: keyof typeof DECOMPRESS, signal: AbortSignal): Promise<void> {
  const nothing = new Writable({ write: (_chunk, _encoding, done) => done() });
  try {
    await pipeline(createReadStream(path), DECOMPRESS[kind](), nothing, { signal });
  } catch (error) {
    // What zlib says of its input, and not what the disk says.
    if (!/^Z_|^ZSTD_|^ERR_ZLIB/.test(errorCode(error) ?? '')) throw error;
    throw new ProbeFailure('backup-damaged', `${path} is no whole ${kind} file: ${errorMessage(error)}`);
  }
}
