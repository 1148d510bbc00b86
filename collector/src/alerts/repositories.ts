import { repositoryNameOf, valuesOf } from '@nines/shared/probes/index.ts';
import type { ConfiguredCheck } from '../config/nines.ts';
import type { Head } from '../evaluate/head.ts';
import type { RepositoryNow } from './finding.ts';

/** Each check that lists a repository's backups, and when a check of the same repository last found them good. */
export function repositoriesNow(checks: readonly ConfiguredCheck[], head: Head): RepositoryNow[] {
  const named = checks.flatMap((check) => {
    const name = repositoryNameOf(check.probe);
    return name === null ? [] : [{ check, name, values: valuesOf(check.probe.type) }];
  });
  const tries = named.filter(({ values }) => values.mismatches !== undefined);
  return named
    .filter(({ values }) => values.points !== undefined)
    .map(({ check, name }) => {
      const triedBy = tries.filter((one) => one.name === name).map((one) => one.check.id);
      const good = triedBy
        .flatMap((id) => head.seriesOf(id).map(({ last }) => last))
        .flatMap((last) => (last?.outcome === 'up' ? [last.atMs] : []));
      return { check: check.id, triedBy, lastGoodAtMs: good.length === 0 ? null : Math.max(...good) };
    });
}
