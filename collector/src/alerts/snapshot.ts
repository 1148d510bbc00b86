import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Nines } from '../config/nines.ts';
import type { Plan } from '../config/plan.ts';
import type { Evaluation } from '../evaluate/evidence.ts';
import type { Standing } from '../evaluate/standings.ts';
import type { Heartbeats } from '../heartbeat/heartbeats.ts';
import type { Register } from '../ledger/register.ts';
import type { Contract } from '../sla/contract.ts';
import { agentsNow } from './agents-now.ts';
import { checksNow } from './checks-now.ts';
import { blockedChecks } from './dependencies.ts';
import type { ObjectiveNow, Snapshot } from './finding.ts';
import { objectiveNow } from './objectives-now.ts';
import { nextReviews, unsignedStatements } from './paperwork.ts';
import type { QuietNow } from './quiet/now.ts';
import { repositoriesNow } from './repositories.ts';
import type { Settings } from './settings.ts';

export interface SnapshotSource extends Evaluation {
  readonly plan: Plan;
  readonly nines: Pick<Nines, 'publicUrl' | 'agents' | 'maxSkewMs'>;
  /** The versions that bind. */
  readonly contracts: readonly Contract[];
  readonly standings: readonly Standing[];
  readonly heartbeats: Pick<Heartbeats, 'statuses'>;
  readonly register: Register;
  readonly quiet: QuietNow;
  readonly settings: Settings;
}

/** So many are looked at before others get a turn on the event loop. */
const OBJECTIVES_A_TURN = 100;

/** How things stand at `nowMs`. Rejects with `StoreError`. */
export async function snapshotOf(source: SnapshotSource): Promise<Snapshot> {
  const { head, nowMs, nines, plan, standings, heartbeats, settings, register, contracts, quiet } = source;
  const agents = agentsNow(source);
  const promised = standings.map(({ objective }) => objective);
  const checks = await checksNow({ ...source, objectives: promised }, agents);
  const blocked = blockedChecks(checks, settings.dependsOn);
  const quietOf = (check: string) => quiet.check(check) ?? blocked.check(check);
  const objectives: ObjectiveNow[] = [];
  for (const standing of standings) {
    objectives.push(await objectiveNow(standing, { ...source, blocked }));
    if (objectives.length % OBJECTIVES_A_TURN === 0) await nextTurn();
  }
  return {
    nowMs,
    publicUrl: nines.publicUrl,
    checks: checks.map((one) => ({ ...one, quiet: quietOf(one.check) })),
    objectives,
    agents,
    heartbeats: heartbeats.statuses(nowMs),
    repositories: repositoriesNow({ plan, head, objectives: promised, quietOf }),
    statements: unsignedStatements(register),
    reviews: nextReviews(contracts, nowMs),
  };
}
