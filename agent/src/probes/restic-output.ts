import * as z from 'zod';
import { CannotTell, ProbeFailure } from '../failure-reason.ts';
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
