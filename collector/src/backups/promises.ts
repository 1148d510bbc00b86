import { BACKUPS_STREAM } from '@nines/shared/probes/restore-points.ts';
import type { RecurringWindow } from '@nines/shared/time/recurring.ts';
import type { Freshness, Indicator, Predicate, ScheduledWindows } from '../sla/indicator.ts';
import type { Objective } from '../sla/objective.ts';
import type { Repository } from './repositories.ts';

/** What is promised of a repository, and by which contract. */
export interface BackupPromises {
  /** How old the last good backup may be, the strictest: what a contract says, or what a check expects. `null`: nothing. */
  readonly maxAgeMs: number | null;
  /** When a backup has to come, and what is one; `null`: no contract says when. */
  readonly windows: RecurringWindow | null;
  readonly good: Predicate;
}

/** What the objectives, and the checks themselves, say of a repository. */
export function promisesOf(
  { listedBy }: Repository,
  objectives: readonly Pick<Objective, 'indicator'>[],
): BackupPromises {
  const ids = new Set(listedBy.map(({ id }) => id));
  const indicators = objectives.map(({ indicator }) => indicator).filter((indicator) => isAbout(indicator, ids));
  const ages = [
    ...indicators.filter(isFreshness).map(({ atMostMs }) => atMostMs),
    ...listedBy.flatMap(({ probe }) => ('expect' in probe && 'max_age' in probe.expect ? [probe.expect.max_age] : [])),
  ].filter((age) => age !== undefined);
  const promised = indicators.find(isWindows);
  return {
    maxAgeMs: ages.length === 0 ? null : Math.min(...ages),
    windows: promised?.windows ?? null,
    good: promised?.good ?? { kind: 'outcome', in: ['good'] },
  };
}

function isAbout(indicator: Indicator, checks: ReadonlySet<string>): boolean {
  if (!('source' in indicator) || indicator.source.stream !== BACKUPS_STREAM) return false;
  return indicator.source.checks.some((check) => checks.has(check));
}

function isFreshness(indicator: Indicator): indicator is Freshness {
  return indicator.kind === 'freshness';
}

function isWindows(indicator: Indicator): indicator is ScheduledWindows {
  return indicator.kind === 'scheduled_windows';
}
