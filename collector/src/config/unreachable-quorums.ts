import { checksOf } from '../sla/indicator.ts';
import type { NinesFile } from './nines.ts';
import type { Path, Report } from './references.ts';
import { runnersAmong } from './runners.ts';
import { effectiveOf } from './to-contract.ts';

/**
 * More agents are asked for than run a check: it could never be down, or never be known. A version that has ended is left
 * alone: its time was judged by the agents of then, and nobody may change its text any more.
 */
export function reportUnreachableQuorums(
  { agents, checks, contracts }: NinesFile,
  { nowMs, report }: { readonly nowMs: number; readonly report: Report },
): void {
  const runners = new Map(checks.map((check) => [check.id, runnersAmong(agents, check).length]));
  for (const [index, contract] of contracts.entries()) {
    const { toMs } = effectiveOf(contract, contracts);
    if (toMs !== null && toMs <= nowMs) continue;
    for (const [position, { indicator: measured }] of contract.objectives.entries()) {
      const { need, minReporting } = measured.profile.quorum;
      const asked = { quorum: typeof need === 'number' ? need : 0, min_reporting: minReporting ?? 0 };
      const place: Path = ['contracts', index, 'objectives', position, 'indicator'];
      // Of several checks, the one with the fewest agents says what would be right.
      const [fewest] = checksOf(measured.indicator)
        .map((check) => ({ check, agents: runners.get(check) ?? 0 }))
        .filter((one) => one.agents > 0)
        .toSorted((a, b) => a.agents - b.agents);
      if (fewest === undefined) continue;
      for (const [field, number] of Object.entries(asked)) {
        if (number > fewest.agents) report([...place, field], excess(field, fewest));
      }
    }
  }
}

function excess(field: string, { check, agents }: { readonly check: string; readonly agents: number }): string {
  const never = field === 'quorum' ? 'it could never be down' : 'nothing of it would ever be known';
  const run = agents === 1 ? '1 agent runs' : `${agents} agents run`;
  return `${run} ${check}, so ${never}: expected at most ${agents}, or more agents in its "from"`;
}
