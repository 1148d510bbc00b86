import type { Nines } from '../config/nines.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { Statements } from '../ledger/statements.ts';
import { registerApprovals } from './approvals.ts';
import { registerExclusions } from './exclusions.ts';
import { registerMaintenance } from './maintenance.ts';
import { personOf } from './people.ts';
import type { Server } from './server.ts';
import { registerStatements } from './statements.ts';

/** What the resources of decisions are made from. */
export interface DecisionsOptions {
  readonly ledger: Ledger;
  readonly statements: Statements;
  readonly nines: () => Nines;
  /** Told of every decision by which time begins or ceases to count: figures that hold it are others now. */
  readonly onDecided: () => void;
}

/** The resources of what people decide, and of what is frozen for them to sign. */
export function registerDecisions(server: Server, { ledger, statements, nines, onDecided }: DecisionsOptions): void {
  const options = {
    ledger,
    statements,
    nines,
    known: nines,
    person: (authorization: string | undefined) => personOf(authorization, nines().people),
    onDecided: ({ from_ms: fromMs, to_ms: toMs }: { readonly from_ms: number; readonly to_ms: number }) => {
      onDecided();
      statements.touch({ fromMs, toMs, why: 'a decision about what counts' });
    },
  };
  registerMaintenance(server, options);
  registerExclusions(server, options);
  registerStatements(server, options);
  registerApprovals(server, options);
}
