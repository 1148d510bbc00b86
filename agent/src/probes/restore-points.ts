import { hash } from 'node:crypto';
import { asLabel, type ReportedEvent } from '@nines/shared/event.ts';
import { BACKUPS_STREAM, type RestorePointExpectation } from '@nines/shared/probes/restore-points.ts';
import { ProbeFailure } from '../failure-reason.ts';
import type { ProbeContext } from './probe-run.ts';

/** A point in time that can be restored: one backup that was made and is still there. */
export interface RestorePoint {
  /** The program's own name of it, for people and unlike every other's for ever. */
  readonly id: string;
  readonly startedAtMs: number;
  /** The same as `startedAtMs` when the program does not say when it ended. */
  readonly endedAtMs: number;
  /** `null` when the program does not say. */
  readonly bytes: number | null;
  readonly files: number | null;
  /** Whose it is, such as `host` and `tags`: what contracts choose by. */
  readonly labels: Readonly<Record<string, string>>;
}

/**
 * Reports the restore points, given in any order, and compares them with what is expected. Throws `ProbeFailure` with
 * the first expectation that is not kept; everything is reported before.
 */
export function judgeRestorePoints(
  points: readonly RestorePoint[],
  expect: RestorePointExpectation,
  { values, clock }: Pick<ProbeContext, 'values' | 'clock'>,
): void {
  values.points = points.length;
  const [newest, oldest] = endsOf(points);
  if (newest === null || oldest === null) throw noBackup();
  const nowMs = clock.nowMs();
  // A backup from the future, by another host's clock, is as new as can be.
  const ageMs = Math.max(0, nowMs - newest.endedAtMs);
  values.age = ageMs * 1000;
  values.newest_at = Math.floor(newest.endedAtMs / 1000);
  values.oldest_at = Math.floor(oldest.startedAtMs / 1000);
  values.reach = Math.max(0, nowMs - oldest.startedAtMs) * 1000;
  if (newest.bytes !== null) values.size = newest.bytes;
  if (newest.files !== null) values.files = newest.files;
  if (expect.max_age !== undefined && ageMs > expect.max_age) {
    throw new ProbeFailure('backup-too-old', `the newest backup, ${newest.id}, ended ${seconds(ageMs)} ago`);
  }
  expectSize(newest, expect);
  if (points.length < expect.min_points) {
    throw new ProbeFailure('backup-too-few', `${points.length} restorable backups, expected ${expect.min_points}`);
  }
  const backMs = nowMs - oldest.startedAtMs;
  if (expect.reaches_back !== undefined && backMs < expect.reaches_back) {
    throw new ProbeFailure('backup-history-too-short', `the oldest backup, ${oldest.id}, is ${seconds(backMs)} old`);
  }
}

/**
 * As `judgeRestorePoints`, of whoever is worst off by a label (an account): whose newest backup is the oldest. The values
 * are that one's; so one check speaks for a whole server.
 */
export function judgeWorst(
  points: readonly RestorePoint[],
  label: string,
  expect: RestorePointExpectation,
  context: Pick<ProbeContext, 'values' | 'clock'>,
): void {
  const groups = [...Map.groupBy(points, ({ labels }) => labels[label] ?? '').values()];
  const judged = groups
    .toSorted((a, b) => newestMs(a) - newestMs(b))
    .map((group) => attempt(group, expect, context.clock));
  const shown = judged.find(({ error }) => error !== null) ?? judged[0] ?? attempt([], expect, context.clock);
  Object.assign(context.values, shown.values);
  if (shown.error !== null) throw shown.error;
}

function attempt(points: readonly RestorePoint[], expect: RestorePointExpectation, clock: ProbeContext['clock']) {
  const values: Record<string, number> = {};
  try {
    judgeRestorePoints(points, expect, { values, clock });
    return { values, error: null };
  } catch (error) {
    return { values, error };
  }
}

function newestMs(points: readonly RestorePoint[]): number {
  return Math.max(...points.map(({ endedAtMs }) => endedAtMs));
}

function expectSize({ id, bytes, files }: RestorePoint, expect: RestorePointExpectation): void {
  if (expect.min_size !== undefined && known(bytes, 'size') < expect.min_size) {
    throw new ProbeFailure('backup-too-small', `backup ${id} holds ${bytes} bytes, expected ${expect.min_size}`);
  }
  if (expect.min_files !== undefined && known(files, 'number of files') < expect.min_files) {
    throw new ProbeFailure('backup-too-small', `backup ${id} holds ${files} files, expected ${expect.min_files}`);
  }
}

/** Ships the restore points that were not there at the last run, one event each; what went away stays told. */
export async function shipRestorePoints(
  points: readonly RestorePoint[],
  { check, events }: Pick<ProbeContext, 'check' | 'events'>,
): Promise<void> {
  const place = await events.place();
  const known = new Set(place === null ? [] : place.split('\n'));
  const ids = points.map(({ id }) => eventId(check, id));
  const fresh = points.filter((_, index) => !known.has(ids[index] ?? ''));
  if (fresh.length === 0 && known.size === ids.length) return;
  await events.ship(
    fresh.map((point) => toEvent(point, check)),
    ids.join('\n'),
  );
}

function toEvent({ id, startedAtMs, endedAtMs, bytes, files, labels }: RestorePoint, check: string): ReportedEvent {
  return {
    stream: BACKUPS_STREAM,
    id: eventId(check, id),
    revision: 0,
    atMs: startedAtMs,
    endedAtMs,
    outcome: 'good',
    labels: { check, ...cutLabels(labels) },
    values: { ...(bytes === null ? {} : { bytes }), ...(files === null ? {} : { files }) },
  };
}

/** Short and plain whatever the name is; of two checks of one repository each tells its own. */
function eventId(check: string, id: string): string {
  return hash('sha256', `${check} ${id}`, 'base64url');
}

function cutLabels(labels: Readonly<Record<string, string>>): Record<string, string> {
  const cut = Object.entries(labels).map(([name, text]) => [name, asLabel(text)]);
  return Object.fromEntries(cut);
}

/** An expectation about what the program does not tell can be neither kept nor broken. */
function known(value: number | null, what: string): number {
  if (value === null)
    throw new Error(`the ${what} of the newest backup is not known, so nothing can be expected of it`);
  return value;
}

/** The one that ended last; `null` when there is none. */
export function newestOf(points: readonly RestorePoint[]): RestorePoint | null {
  return endsOf(points)[0];
}

/** The one that ended last. Throws `ProbeFailure` when there is none. */
export function expectNewest(points: readonly RestorePoint[]): RestorePoint {
  const newest = newestOf(points);
  if (newest === null) throw noBackup();
  return newest;
}

function noBackup(): ProbeFailure {
  return new ProbeFailure('backup-missing', 'there is no restorable backup');
}

/** The one that ended last and the one that began first; `null` when there is none. */
function endsOf(points: readonly RestorePoint[]): readonly [RestorePoint | null, RestorePoint | null] {
  let newest: RestorePoint | null = null;
  let oldest: RestorePoint | null = null;
  for (const point of points) {
    if (newest === null || point.endedAtMs > newest.endedAtMs) newest = point;
    if (oldest === null || point.startedAtMs < oldest.startedAtMs) oldest = point;
  }
  return [newest, oldest];
}

function seconds(ms: number): string {
  return `${Math.floor(ms / 1000)} s`;
}
