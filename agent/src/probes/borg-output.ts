import * as z from 'zod';
import { CannotTell, ProbeFailure } from '../failure-reason.ts';
import type { BackedUpFile } from '../restore/sample.ts';
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

/** The name of an archive that `readArchives` gave: what commands know it by. */
export function archiveName({ labels }: RestorePoint): string {
  return labels.archive ?? '';
}

/** Exactly this path, whatever characters are in it, and no option. */
export function literalPath(path: string): string {
  return `pf:${path}`;
}

/** A regular file in an archive. */
export interface BorgFile extends BackedUpFile {
  /** `null` when it was not asked for. */
  readonly sha256: string | null;
  readonly isWhole: boolean;
}

/** A line of `borg list --json-lines ::ARCHIVE`; `null` for what is no regular file. Plain checks: there may be millions. */
export function readFileOf(line: string): BorgFile | null {
  const item: unknown = JSON.parse(line);
  if (typeof item !== 'object' || item === null || !('type' in item) || item.type !== '-') return null;
  if (!('path' in item) || typeof item.path !== 'string' || !('size' in item) || typeof item.size !== 'number') {
    throw new Error(`borg lists a file without path or size: ${line.slice(0, 200)}`);
  }
  return {
    path: item.path,
    bytes: item.size,
    sha256: 'sha256' in item && typeof item.sha256 === 'string' ? item.sha256 : null,
    isWhole: !('healthy' in item) || item.healthy === true,
  };
}

/** Output of `borg list --json-lines` whose lines were taken one by one; throws as `readArchives`. */
export function expectListed(result: CommandResult): void {
  expectDone(result);
}

/**
 * Output of `borg check`, which tells errors and warnings apart only in its log. Notes the errors; throws `ProbeFailure`
 * when there is one, otherwise as `readArchives`.
 */
export function expectChecked(result: CommandResult, values: Record<string, number>): void {
  const errors = result.code === 1 ? errorsOf(result.stderr) : [];
  values.mismatches = errors.length;
  if (errors[0] !== undefined) throw new ProbeFailure('repository-damaged', errors[0]);
  expectDone(result);
}

/** Output of `borg extract`: a warning is a path that did not fit, and what was extracted is looked at anyway. */
export function expectExtracted(result: CommandResult): void {
  const errors = result.code === 1 ? errorsOf(result.stderr) : [];
  if (errors[0] !== undefined) throw new ProbeFailure('repository-damaged', errors[0]);
  expectDone(result);
}

function errorsOf(stderr: string): string[] {
  return complaintsIn(stderr)
    .filter(({ levelname }) => levelname === 'ERROR')
    .map(({ message }) => message);
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

const complaint = z.object({
  type: z.literal('log_message'),
  message: z.string(),
  msgid: z.string().optional(),
  levelname: z.string().optional(),
});

/** The last line that names an error; otherwise the last line, whatever it is. */
function complaintOf(stderr: string): { readonly id: string; readonly message: string } {
  const read = complaintsIn(stderr);
  const named = read.findLast(({ msgid }) => msgid !== undefined && msgid in JUDGEMENTS);
  if (named !== undefined) return { id: named.msgid ?? '', message: named.message };
  return { id: '', message: read.at(-1)?.message ?? lastLine(stderr) ?? 'no message' };
}

function complaintsIn(stderr: string): z.output<typeof complaint>[] {
  return stderr.split('\n').flatMap((line) => {
    const parsed = complaint.safeParse(parseOrNull(line));
    return parsed.success ? [parsed.data] : [];
  });
}

function lastLine(text: string): string | undefined {
  return text.split('\n').findLast((line) => line.trim() !== '');
}

function parseOrNull(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return null;
  }
}
