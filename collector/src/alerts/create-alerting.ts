import type { Clock } from '@nines/shared/time/clock.ts';
import type { Logger } from 'pino';
import type { Nines } from '../config/nines.ts';
import type { Figures } from '../evaluate/figures.ts';
import { inForce } from '../evaluate/in-force.ts';
import type { Heartbeats } from '../heartbeat/heartbeats.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { ProgramMetrics } from '../metrics/program.ts';
import type { AlertStore } from '../store/alerts.ts';
import { Alerting } from './alerting.ts';
import { quietAt } from './quiet/now.ts';
import { QuietTimes } from './quiet/times.ts';
import { Silencing } from './silences/silencing.ts';
import { snapshotOf } from './snapshot.ts';

/** What alerts are made from. */
export interface AlertingSource {
  readonly store: AlertStore;
  readonly clock: Pick<Clock, 'nowMs' | 'after'>;
  readonly log: Logger;
  readonly metrics: ProgramMetrics;
  readonly nines: () => Nines;
  readonly figures: Figures;
  readonly heartbeats: Heartbeats;
  readonly ledger: Ledger;
}

/** Alerting wired to the figures, to what was announced, and to Alertmanagers' silences. */
export function createAlerting({ figures, heartbeats, ledger, nines, ...options }: AlertingSource): Alerting {
  const log = options.log.child({ component: 'alerts' });
  const quietTimes = new QuietTimes();
  const stopping = new AbortController();
  const silencing = new Silencing({ ...options, log, signal: stopping.signal });
  return new Alerting({
    ...options,
    log,
    stopping,
    config: () => nines().alerts,
    publicUrl: () => nines().publicUrl,
    isAcknowledged: (id) => ledger.register.acknowledgements.has(id),
    async snapshot() {
      const evaluation = figures.recentEvaluation();
      const { nowMs } = evaluation;
      const contracts = inForce(nines().contracts, nowMs);
      const windows = quietTimes.windows(contracts, ledger.register, nowMs);
      const { receivers, settings } = nines().alerts;
      void silencing.mirror({ receivers, windows, contracts, isOurs: isOurs(ledger, contracts) });
      const objectives = contracts.flatMap((contract) => contract.objectives);
      const quiet = quietAt(windows, objectives, nowMs);
      const standings = await figures.standings();
      const { register } = ledger;
      return snapshotOf({ ...evaluation, nines: nines(), contracts, standings, heartbeats, register, quiet, settings });
    },
  });
}

const TAGGED = /^nines: (?:maintenance (?<maintenance>\S+)|standing window of (?<contract>\S+)), /;

/** Several collectors may share an Alertmanager: what this one knows nothing of is another's. */
function isOurs({ register }: Pick<Ledger, 'register'>, contracts: readonly { readonly id: string }[]) {
  return (tag: string): boolean => {
    const { maintenance, contract } = TAGGED.exec(tag)?.groups ?? {};
    if (maintenance !== undefined) return register.maintenance.has(maintenance);
    return contracts.some(({ id }) => id === contract);
  };
}
