import type { DecisionOptions } from './decision-request.ts';
import { registerExclusions } from './exclusions.ts';
import { registerMaintenance } from './maintenance.ts';
import type { Server } from './server.ts';

/** The resources of what people decide. */
export function registerDecisions(server: Server, options: DecisionOptions): void {
  registerMaintenance(server, options);
  registerExclusions(server, options);
}
