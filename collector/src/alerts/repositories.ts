import { repositoryNameOf } from '@nines/shared/probes/index.ts';
import { promisesOf } from '../backups/promises.ts';
import { repositoriesOf } from '../backups/repositories.ts';
import type { ConfiguredCheck } from '../config/nines.ts';
import type { Head } from '../evaluate/head.ts';
import type { Objective } from '../sla/objective.ts';
import type { RepositoryNow } from './finding.ts';

export interface RepositoriesSource {
  readonly plan: { readonly checks: readonly ConfiguredCheck[] };
  readonly head: Pick<Head, 'seriesOf'>;
  readonly objectives: readonly Pick<Objective, 'indicator'>[];
  /** Why nobody is called about a check. */
  readonly quietOf: (check: string) => string | null;
}

/** How every repository of backups stands, under the first check that lists it. */
export function repositoriesNow({ plan, head, objectives, quietOf }: RepositoriesSource): RepositoryNow[] {
  const lastOf = ({ id }: ConfiguredCheck) => head.seriesOf(id).flatMap(({ last }) => last ?? []);
  return repositoriesOf(plan.checks).flatMap((repository) => {
    const { listedBy, triedBy } = repository;
    const [lister] = listedBy;
    if (lister === undefined) return [];
    const newest = listedBy.flatMap(lastOf).flatMap(({ values }) => values.newest_at ?? []);
    const good = triedBy.flatMap(lastOf).flatMap(({ outcome, atMs }) => (outcome === 'up' ? [atMs] : []));
    return [
      {
        check: lister.id,
        newestAtMs: newest.length === 0 ? null : Math.max(...newest) * 1_000,
        promisedAgeMs: promisesOf(repository, objectives).maxAgeMs,
        canBeTried: repositoryNameOf(lister.probe) !== null,
        triedBy: triedBy.map(({ id }) => id),
        lastGoodAtMs: good.length === 0 ? null : Math.max(...good),
        quiet: quietOf(lister.id),
      },
    ];
  });
}
