import type { Nines } from '../config/nines.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { Revision } from '../ledger/register.ts';
import type { Statements } from '../ledger/statements.ts';
import { registerApprovals } from './approvals.ts';
import { registerConditions } from './conditions.ts';
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

/** A period of one version of a contract. */
interface OfContract {
  readonly contract: { readonly id: string; readonly version: number };
  readonly fromMs: number;
  readonly toMs: number;
}

/** The resources of what people decide, and of what is frozen for them to sign. */
export function registerDecisions(server: Server, { ledger, statements, nines, onDecided }: DecisionsOptions): void {
  const onFound = ({ contract: { id, version }, fromMs, toMs }: OfContract, why: string) => {
    onDecided();
    statements.touch({ fromMs, toMs, why, concerns: (one) => one.id === id && one.version === version });
  };
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
    onFound,
    onClaimed: ({ contract, period: { from_ms: fromMs, to_ms: toMs } }: Revision) =>
      onFound({ contract, fromMs, toMs }, 'the customer claimed'),
  };
  registerMaintenance(server, options);
  registerExclusions(server, options);
  registerStatements(server, options);
  registerApprovals(server, options);
  registerConditions(server, options);
}
