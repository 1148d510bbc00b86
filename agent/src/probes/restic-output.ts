import * as z from 'zod';
import { CannotTell, ProbeFailure } from '../failure-reason.ts';
import type { BackedUpFile } from '../restore/sample.ts';
import type { CommandResult } from './command.ts';
import type { RestorePoint } from './restore-points.ts';

/** What restic prints, read without running it (doc/075_scripting.rst; 0.14 has neither `summary` nor exit codes). */

const instant = z
  .string()
  .regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)$/)
  .transform((text) => Date.parse(text));

const summary = z.object({
  backup_start: instant,
  backup_end: instant,
  total_files_processed: z.int().min(0),
  total_bytes_processed: z.int().min(0),
});

const snapshots = z.array(
  z.object({
    id: z.string(),
    time: instant,
    hostname: z.string().default(''),
    paths: z.array(z.string()).default([]),
    tags: z.array(z.string()).nullish(),
    summary: summary.optional(),
  }),
);

/** Output of `restic snapshots --json`. Throws `ProbeFailure`, `CannotTell`, or a plain error in restic's words. */
export function readSnapshots(result: CommandResult): RestorePoint[] {
  const complaint = complaintOf(result.stderr);
  if (result.code !== 0) throw failureOf(result.code, complaint);
  // A snapshot that cannot be read is left out of the list, and the exit code is 0 all the same.
  if (/could not load|invalid data returned/i.test(complaint)) throw new ProbeFailure('repository-damaged', complaint);
  return snapshots.parse(JSON.parse(result.stdout)).map(toPoint);
}

/** `time` is the beginning, or what somebody said with `--time`; the backup took as long as its summary says. */
function toPoint({ id, time, hostname, paths, tags, summary }: z.output<typeof snapshots>[number]): RestorePoint {
  const tookMs = summary === undefined ? 0 : Math.max(0, summary.backup_end - summary.backup_start);
  return {
    id,
    startedAtMs: time,
    endedAtMs: time + tookMs,
    bytes: summary?.total_bytes_processed ?? null,
    files: summary?.total_files_processed ?? null,
    labels: { host: hostname, paths: paths.join(','), tags: (tags ?? []).join(',') },
  };
}

const stats = z.object({ total_size: z.int().min(0) });

/** Output of `restic stats --json ID`: the bytes of all files; throws as `readSnapshots`. (It counts folders among files.) */
export function readSize(result: CommandResult): number {
  if (result.code !== 0) throw failureOf(result.code, complaintOf(result.stderr));
  return stats.parse(JSON.parse(result.stdout)).total_size;
}

/**
 * Output of `restic check`, whose exit code is 1 for whatever is wrong. Notes the errors; throws `ProbeFailure` when there
 * is one, otherwise as `readSnapshots`.
 */
export function expectChecked(result: CommandResult, values: Record<string, number>): void {
  if (result.code === 0) {
    values.mismatches = 0;
    return;
  }
  const complaint = complaintOf(result.stderr);
  if (!/repository contains errors|LoadIndex returned errors/.test(complaint)) throw failureOf(result.code, complaint);
  // One line each, and between them advice, what is tried again, and the summary.
  const errors = result.stderr.split('\n').filter((line) => /^(?:error\b|pack |Pack |Blob )/i.test(line));
  values.mismatches = Math.max(1, errors.length);
  throw new ProbeFailure('repository-damaged', errors[0] ?? complaint);
}

/** Output of `restic ls --json` whose lines were taken one by one; throws as `readSnapshots`. */
export function expectListed({ code, stderr }: CommandResult): void {
  if (code !== 0) throw failureOf(code, complaintOf(stderr));
}

/** A line of `restic ls --json`: a regular file; `null` for everything else. Plain checks: there may be millions. */
export function readFileOf(line: string): BackedUpFile | null {
  if (!line.startsWith('{')) return null;
  const node: unknown = JSON.parse(line);
  if (typeof node !== 'object' || node === null || !('type' in node) || node.type !== 'file') return null;
  // An empty file has no size.
  const bytes = 'size' in node ? node.size : 0;
  if (!('path' in node) || typeof node.path !== 'string' || typeof bytes !== 'number') {
    throw new Error(`restic lists a file without path or size: ${line.slice(0, 200)}`);
  }
  return { path: node.path, bytes };
}

/** A path as a pattern that fits nothing else (Go's filepath.Match). */
export function literalPattern(path: string): string {
  return path.replace(/[\\*?[]/g, '\\$&');
}

/** What says nothing about a repository: the way to it, or this host's own disk. */
const NOT_ITS_FAULT =
  /no space left|permission denied|dial tcp|i\/o timeout|TLS handshake|connection (?:refused|reset)/;

/**
 * Output of `restic restore`: what it says against files, by their paths. Throws when it did not come to restoring, and
 * when something else than the repository kept it from it.
 */
export function readRestored({ code, stderr }: CommandResult, files: readonly BackedUpFile[]): Map<string, string> {
  const complaints = new Map<string, string>();
  if (code === 0) return complaints;
  const complaint = complaintOf(stderr);
  if (NOT_ITS_FAULT.test(stderr) || !/There were \d+ errors/.test(complaint)) throw failureOf(code, complaint);
  const lines = stderr.split('\n');
  for (const { path } of files) {
    const about = lines.find((line) => line.startsWith(`ignoring error for ${path}: `));
    if (about !== undefined) complaints.set(path, about.slice(`ignoring error for ${path}: `.length));
  }
  // Restic failed, and not on what was asked of it: then nothing is known of the rest either.
  if (complaints.size === 0) throw failureOf(code, complaint);
  return complaints;
}

const exitError = z.object({ message_type: z.literal('exit_error'), message: z.string() });

/** What restic says on its standard error, whether as text or, since 0.17, as a line of JSON. */
function complaintOf(stderr: string): string {
  const lines = stderr.split('\n').map((line) => line.trim());
  return lines
    .map((line) => {
      const parsed = line.startsWith('{') ? exitError.safeParse(parseOrNull(line)) : null;
      return parsed?.success ? parsed.data.message : line;
    })
    .filter((line) => line !== '')
    .join(' ');
}

function parseOrNull(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return null;
  }
}

/** Exit codes since 0.17 (10, 11, 12); the words are those of every version. */
function failureOf(code: number | null, complaint: string): Error {
  if (code === 10 || /repository does not exist|unable to open config file: stat .*no such file/i.test(complaint)) {
    return new ProbeFailure('repository-missing', complaint);
  }
  if (code === 11 || /already locked/.test(complaint)) return new CannotTell('repository-locked', complaint);
  if (code === 12 || /wrong password|empty password/.test(complaint)) {
    return new CannotTell('repository-refused', complaint);
  }
  if (/invalid data returned|ciphertext verification failed/.test(complaint)) {
    return new ProbeFailure('repository-damaged', complaint);
  }
  return new Error(`restic ended with ${code ?? 'a signal'}: ${complaint === '' ? 'no message' : complaint}`);
}
