import { BACKUP_CHECKS_STREAM } from '@nines/shared/probes/backup-checks.ts';
import { repositoryNameOf, streamsOf } from '@nines/shared/probes/index.ts';
import { BACKUPS_STREAM } from '@nines/shared/probes/restore-points.ts';
import type { ConfiguredCheck } from '../config/nines.ts';

/** Where backups are kept: a repository as checks name it; of a kind that has none, the check that looks at it. */
export interface Repository {
  readonly name: string;
  readonly agents: readonly string[];
  /** Those that list what can be restored, and those that verify it or restore some. */
  readonly listedBy: readonly ConfiguredCheck[];
  readonly triedBy: readonly ConfiguredCheck[];
}

/** The repositories of a configuration, in its order. A path means another one on every host. */
export function repositoriesOf(checks: readonly ConfiguredCheck[]): Repository[] {
  const brings = (check: ConfiguredCheck, stream: string) => streamsOf(check.probe.type).includes(stream);
  const concerned = checks.filter((check) => brings(check, BACKUPS_STREAM) || brings(check, BACKUP_CHECKS_STREAM));
  const groups = Map.groupBy(concerned, (check) => `${nameOf(check)} on ${check.agents.join(' ')}`);
  return [...groups.values()].flatMap((group) => {
    const [first] = group;
    if (first === undefined) return [];
    return {
      name: nameOf(first),
      agents: first.agents,
      listedBy: group.filter((check) => brings(check, BACKUPS_STREAM)),
      triedBy: group.filter((check) => brings(check, BACKUP_CHECKS_STREAM)),
    };
  });
}

function nameOf({ id, probe }: ConfiguredCheck): string {
  return repositoryNameOf(probe) ?? id;
}
