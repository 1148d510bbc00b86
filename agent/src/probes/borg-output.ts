import * as z from 'zod';
import { CannotTell, ProbeFailure } from '../failure-reason.ts';
import type { CommandResult } from './command.ts';
import type { RestorePoint } from './restore-points.ts';

/** What borg 1 prints, read without running it (docs/internals/frontends.rst). Run it with `TZ=UTC` and `--log-json`. */

/** Its times carry no zone: they are local ones, so UTC's. */
const instant = z
  .string()
  .regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?$/)
  .transform((text) => Date.parse(`${text}Z`));

const listed = z.object({
  archives: z.array(
    z.object({
      id: z.string(),
      name: z.string(),
      start: instant,
      end: instant.optional(),
      hostname: z.string().default(''),
    }),
  ),
});

/** Output of `borg list --json --format {end}{hostname}`. Throws `ProbeFailure`, `CannotTell`, or a plain error in borg's words. */
export function readArchives(result: CommandResult): RestorePoint[] {
  expectDone(result);
  return listed.parse(JSON.parse(result.stdout)).archives.map(({ id, name, start, end, hostname }) => ({
    id,
    startedAtMs: start,
    endedAtMs: Math.max(start, end ?? start),
    bytes: null,
    files: null,
    labels: { host: hostname, archive: name },
  }));
}

const informed = z.object({
  archives: z.array(
    z.object({
      id: z.string(),
      stats: z.object({ original_size: z.int().min(0), nfiles: z.int().min(0) }),
    }),
  ),
});

/** What `borg info --json --last 1` adds to the archive that it is about; throws as `readArchives`. */
export function withStatistics(points: readonly RestorePoint[], result: CommandResult): RestorePoint[] {
  expectDone(result);
  const { archives } = informed.parse(JSON.parse(result.stdout));
  const byId = new Map(archives.map(({ id, stats }) => [id, stats]));
  return points.map((point) => {
    const stats = byId.get(point.id);
    return stats === undefined ? point : { ...point, bytes: stats.original_size, files: stats.nfiles };
  });
}

/** 0 is done, 1 done with warnings; the rest did not do it. */
function expectDone({ code, stderr }: CommandResult): void {
  if (code === 0 || code === 1) return;
  const { id, message } = complaintOf(stderr);
  const judge = JUDGEMENTS[id];
  throw judge === undefined ? new Error(`borg ended with ${code ?? 'a signal'}: ${message}`) : judge(message);
}

const missing = (message: string) => new ProbeFailure('repository-missing', message);
const damaged = (message: string) => new ProbeFailure('repository-damaged', message);
const locked = (message: string) => new CannotTell('repository-locked', message);
const refused = (message: string) => new CannotTell('repository-refused', message);

/** Borg's own names of its errors (docs/internals/frontends.rst, "Message IDs"). */
const JUDGEMENTS: Readonly<Record<string, (message: string) => Error>> = {
  'Repository.DoesNotExist': missing,
  'Repository.InvalidRepository': missing,
  'Repository.PathPermissionDenied': refused,
  'Repository.ObjectNotFound': damaged,
  'Repository.CheckNeeded': damaged,
  IntegrityError: damaged,
  DataIntegrityError: damaged,
  FileIntegrityError: damaged,
  LockTimeout: locked,
  LockFailed: refused,
  PassphraseWrong: refused,
  PasscommandFailure: refused,
  NoPassphraseFailure: refused,
  KeyfileNotFoundError: refused,
  RepoKeyNotFoundError: refused,
};

const complaint = z.object({ type: z.literal('log_message'), message: z.string(), msgid: z.string().optional() });

/** The last line that names an error; otherwise the last line, whatever it is. */
function complaintOf(stderr: string): { readonly id: string; readonly message: string } {
  const lines = stderr.split('\n').filter((line) => line.trim() !== '');
  const read = lines.flatMap((line) => {
    const parsed = complaint.safeParse(parseOrNull(line));
    return parsed.success ? [parsed.data] : [];
  });
  const named = read.findLast(({ msgid }) => msgid !== undefined && msgid in JUDGEMENTS);
  if (named !== undefined) return { id: named.msgid ?? '', message: named.message };
  return { id: '', message: read.at(-1)?.message ?? lines.at(-1) ?? 'no message' };
}

function parseOrNull(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return null;
  }
}
