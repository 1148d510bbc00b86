import type { Clock } from '@nines/shared/time/clock.ts';
import type { Alerting } from './alerts/alerting.ts';
import type { Nines } from './config/nines.ts';
import type { Plan } from './config/plan.ts';
import { runnersIn } from './config/runners.ts';
import type { Figures } from './evaluate/figures.ts';
import type { Heartbeats } from './heartbeat/heartbeats.ts';
import { registerAlerts } from './http/alerts.ts';
import { registerAssignment } from './http/assignment.ts';
import { registerAttainment } from './http/attainment.ts';
import type { Authenticator } from './http/authenticate.ts';
import { registerChecks } from './http/checks.ts';
import { registerContracts } from './http/contracts.ts';
import { registerDecisions } from './http/decisions.ts';
import { registerEventIngest } from './http/events.ts';
import { registerHealth } from './http/health.ts';
import { registerIngest } from './http/ingest.ts';
import { registerMetrics, type Scrape } from './http/metrics.ts';
import { registerObservations } from './http/observations.ts';
import { refuseOtherMethods } from './http/other-methods.ts';
import { registerPages } from './http/pages.ts';
import { personOf } from './http/people.ts';
import { registerPing } from './http/ping.ts';
import { registerReadEvents } from './http/read-events.ts';
import { registerReload } from './http/reload.ts';
import type { Server } from './http/server.ts';
import { statementList } from './http/statements.ts';
import { registerTargets } from './http/targets.ts';
import type { Intake } from './intake.ts';
import type { Ledger } from './ledger/ledger.ts';
import type { Statements } from './ledger/statements.ts';
import type { Store } from './store/store.ts';
import { contractPage, latencySeries, pageModel } from './web/page-source.ts';

/** What the resources of a collector are made from. */
export interface RoutesOptions {
  readonly store: Store;
  readonly clock: Clock;
  readonly nines: () => Nines;
  readonly plan: () => Plan;
  readonly authenticator: Authenticator;
  readonly intake: Intake;
  readonly figures: Figures;
  readonly heartbeats: Heartbeats;
  readonly ledger: Ledger;
  readonly statements: Statements;
  readonly alerting: Alerting;
  /** Why requests should go elsewhere for now; `null` when they need not. */
  readonly unready: () => string | null;
  readonly reload: () => Promise<void>;
  readonly scrape: Scrape;
}

/** Adds every resource: those that programs send to, those that tell figures, those where people decide, and the pages. */
export function registerRoutes(server: Server, options: RoutesOptions): void {
  refuseOtherMethods(server, () => registerResources(server, options));
}

function registerResources(server: Server, options: RoutesOptions): void {
  registerReceiving(server, options);
  registerReading(server, options);
  const { ledger, statements, nines, figures, unready, reload, scrape } = options;
  registerDecisions(server, { ledger, statements, nines, onDecided: () => figures.reset() });
  registerAlerts(server, { ...options, person: (authorization) => personOf(authorization, nines().people) });
  registerHealth(server, { unready });
  registerReload(server, { adminToken: () => nines().adminToken, reload });
  registerMetrics(server, scrape);
  registerTargets(server, () => nines().agents);
  registerPages(server, {
    model: async () => pageModel(await figures.now()),
    section: async (section) => section.view(await figures.now()),
    contract: async (id) => contractPage(id, await figures.now(), await statementList(id, statements)),
    series: async (check) => latencySeries(check, figures.evaluation()),
  });
}

function registerReceiving(server: Server, options: RoutesOptions): void {
  const { clock, nines, plan, authenticator, intake, heartbeats } = options;
  registerIngest(server, {
    store: intake,
    authenticator,
    clock,
    objectionTo: (agent, columns) => plan().objectionTo(agent, columns),
    onStored: (entry) => intake.onStored(entry),
    onNotStored: (result) => intake.onNotStored('batches', result),
  });
  registerEventIngest(server, {
    store: intake,
    authenticator,
    clock,
    objectionTo: (agent, event) => plan().objectionToEvent(agent, event),
    onStored: (_events, stored) => intake.onEventsStored(stored),
    onNotStored: (result) => intake.onNotStored('eventRequests', result),
  });
  registerPing(server, { heartbeats, clock });
  registerAssignment(server, { authenticator, nines });
}

function registerReading(server: Server, { store, clock, nines, figures }: RoutesOptions): void {
  const evaluation = () => figures.evaluation();
  const contracts = () => nines().contracts;
  registerReadEvents(server, { store, clock });
  const runnersOf = (check: string) => runnersIn(nines())(check);
  registerAttainment(server, { contracts, evaluation, runnersOf });
  registerContracts(server, {
    contracts,
    settlements: () => figures.settlements(),
    evaluation,
    runnersOf,
  });
  registerObservations(server, { evaluation });
  registerChecks(server, { nines, archive: store, evaluation });
}
