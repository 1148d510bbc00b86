import { holdsUntilMs } from '@nines/shared/observation.ts';
import { BACKUP_CHECKS_STREAM } from '@nines/shared/probes/backup-checks.ts';
import { BACKUPS_STREAM } from '@nines/shared/probes/restore-points.ts';
import { recurringIntervals } from '../calendar/recurring.ts';
import type { ConfiguredCheck } from '../config/nines.ts';
import { eventsOf, seenUntilMs } from '../evaluate/events-of.ts';
import type { CheckPlan, Evaluation } from '../evaluate/evidence.ts';
import type { Case } from '../sla/cases.ts';
import type { Interval } from '../sla/interval.ts';
import type { Objective } from '../sla/objective.ts';
import { seenInWindows, windowCases } from '../sla/windows.ts';
import type { StoredEvent } from '../store/events.ts';
import { type BackupPromises, promisesOf } from './promises.ts';
import { type Repository, repositoriesOf } from './repositories.ts';

const DAY_MS = 86_400_000;
/** How many windows are shown, and how far back they, and the backups themselves, are looked for. */
const WINDOWS = 21;
const BACKUPS_BACK_MS = 60 * DAY_MS;
/** A test that comes once a quarter is still known. */
const TRIALS_BACK_MS = 100 * DAY_MS;

/** One backup that was good, as its event tells. */
export interface GoodBackup {
  readonly check: string;
  readonly endedAtMs: number;
  /** `null` when the program does not say. */
  readonly bytes: number | null;
}

/** The last time that something was tried. */
export interface Trial {
  readonly check: string;
  readonly kind: 'verify' | 'restore';
  readonly endedAtMs: number;
  readonly outcome: string;
  readonly reason: string | null;
  readonly values: Readonly<Record<string, number>>;
  /** When it last was good; `null` when it never was in a hundred days. */
  readonly lastGoodMs: number | null;
}

/** How a repository stands. */
export interface RepositoryReport {
  readonly repository: Repository;
  readonly promises: BackupPromises;
  /** Of the last sixty days, oldest first. */
  readonly backups: readonly GoodBackup[];
  /** What can be restored now, as the newest listing says; `null` when none speaks. */
  readonly points: number | null;
  readonly oldestAtMs: number | null;
  /** The last windows, oldest first: good, bad (missed), or unknown while it may still come. */
  readonly windows: readonly Case[];
  readonly trials: readonly Trial[];
}

export interface ReportSources {
  readonly checks: readonly ConfiguredCheck[];
  readonly objectives: readonly Pick<Objective, 'indicator'>[];
  readonly evaluation: Evaluation;
}

/** What `backupsNow` needs of the figures as they stand. */
export interface BackupsSource extends Evaluation {
  readonly plan: CheckPlan & { readonly checks: readonly ConfiguredCheck[] };
  readonly standings: readonly { readonly objective: Pick<Objective, 'indicator'> }[];
  readonly recentEvents: NonNullable<Evaluation['events']>;
}

/** How every repository stands now, by the contracts that bind. Rejects with `StoreError`. */
export function backupsNow(now: BackupsSource): Promise<RepositoryReport[]> {
  const objectives = now.standings.map(({ objective }) => objective);
  return backupReports({ checks: now.plan.checks, objectives, evaluation: { ...now, events: now.recentEvents } });
}

/** How every repository of a configuration stands. Reads nothing when there is none. Rejects with `StoreError`. */
export async function backupReports({ checks, objectives, evaluation }: ReportSources): Promise<RepositoryReport[]> {
  const repositories = repositoriesOf(checks);
  if (repositories.length === 0) return [];
  const { nowMs } = evaluation;
  const read = async (stream: string, backMs: number) => {
    const events = await eventsOf({ stream, checks: [], at: 'end' }, evaluation, {
      fromMs: nowMs - backMs,
      toMs: nowMs + 1,
    });
    return Map.groupBy(events, ({ labels }) => labels.check ?? '');
  };
  const backups = await read(BACKUPS_STREAM, BACKUPS_BACK_MS);
  const trials = await read(BACKUP_CHECKS_STREAM, TRIALS_BACK_MS);
  return repositories.map((repository) => {
    const promises = promisesOf(repository, objectives);
    const own = repository.listedBy.flatMap(({ id }) => backups.get(id) ?? []);
    return {
      repository,
      promises,
      backups: goodBackups(own),
      ...standing(repository, evaluation),
      windows: lastWindows(own, { repository, promises, evaluation }),
      trials: repository.triedBy.flatMap(({ id }) => lastTrial(trials.get(id) ?? [])),
    };
  });
}

function goodBackups(events: readonly StoredEvent[]): GoodBackup[] {
  return events
    .flatMap(({ labels, endedAtMs, outcome, values }) =>
      endedAtMs === null || outcome !== 'good'
        ? []
        : [{ check: labels.check ?? '', endedAtMs, bytes: values.bytes ?? null }],
    )
    .toSorted((a, b) => a.endedAtMs - b.endedAtMs);
}

/** What the newest observation that still speaks says of a repository. */
function standing({ listedBy }: Repository, { head, nowMs }: Evaluation) {
  const speaking = listedBy
    .flatMap(({ id }) => head.seriesOf(id).map(({ last }) => last))
    .filter((last) => last !== null && holdsUntilMs(last) > nowMs);
  const newest = speaking.toSorted((a, b) => (a?.atMs ?? 0) - (b?.atMs ?? 0)).at(-1);
  const { points = null, oldest_at: oldest = null } = newest?.values ?? {};
  return { points, oldestAtMs: oldest === null ? null : oldest * 1000 };
}

function lastWindows(
  events: readonly StoredEvent[],
  {
    repository: { listedBy },
    promises: { windows, good },
    evaluation,
  }: { readonly repository: Repository; readonly promises: BackupPromises; readonly evaluation: Evaluation },
): Case[] {
  const { nowMs } = evaluation;
  const within = { fromMs: nowMs - BACKUPS_BACK_MS + DAY_MS, toMs: nowMs + DAY_MS };
  // Nobody knows of the time before the oldest backup that was ever seen.
  const knownFromMs = events.reduce((first, { endedAtMs }) => Math.min(first, endedAtMs ?? nowMs), nowMs);
  const all = windows === null ? daysOf(within) : recurringIntervals(windows, within);
  const last = all
    .filter(({ fromMs, toMs }) => fromMs < nowMs && (toMs > knownFromMs || events.length === 0))
    .slice(-WINDOWS);
  const [first] = last;
  if (first === undefined) return [];
  const source = { stream: BACKUPS_STREAM, checks: listedBy.map(({ id }) => id), at: 'end' } as const;
  const seenMs = seenUntilMs(source, evaluation, { fromMs: first.fromMs, toMs: nowMs });
  return windowCases(last, seenInWindows(events, last, { good, nowMs }), { nowMs, seenUntilMs: seenMs });
}

/** The days in UTC that lie in an interval. */
function daysOf({ fromMs, toMs }: Interval): Interval[] {
  const first = Math.ceil(fromMs / DAY_MS);
  return Array.from({ length: Math.floor(toMs / DAY_MS) - first }, (_, index) => ({
    fromMs: (first + index) * DAY_MS,
    toMs: (first + index + 1) * DAY_MS,
  }));
}

function lastTrial(events: readonly StoredEvent[]): Trial[] {
  const ended = events
    .filter(({ endedAtMs }) => endedAtMs !== null)
    .toSorted((a, b) => (a.endedAtMs ?? 0) - (b.endedAtMs ?? 0));
  const last = ended.at(-1);
  if (last === undefined) return [];
  return [
    {
      check: last.labels.check ?? '',
      kind: last.labels.kind === 'restore' ? 'restore' : 'verify',
      endedAtMs: last.endedAtMs ?? 0,
      outcome: last.outcome ?? '',
      reason: last.labels.reason ?? null,
      values: last.values,
      lastGoodMs: ended.findLast(({ outcome }) => outcome === 'good')?.endedAtMs ?? null,
    },
  ];
}
