import { PPB } from '@nines/shared/config/fields.ts';
import { type Exposition, formatLabels } from '@nines/shared/exposition.ts';
import type { Standing } from '../evaluate/standings.ts';
import type { Attainment, Verdict } from '../sla/attainment.ts';

const VERDICTS: readonly Verdict[] = ['met', 'breached', 'inconclusive'];

/** `nines_objective_*`: a figure that nothing was measured for is absent, never 0 and never 1. */
export function writeObjectiveMetrics(exposition: Exposition, standings: readonly Standing[]): void {
  const target = exposition.family('nines_objective_target_ratio', 'gauge', 'Least share that keeps the promise.');
  const shares = SHARES.map(({ name, help, read }) => ({ write: exposition.family(name, 'gauge', help), read }));
  const verdict = exposition.family(
    'nines_objective_verdict',
    'gauge',
    'Whether the promise is met, breached or still open (inconclusive): 1 for the one that holds.',
  );
  const burn = exposition.family(
    'nines_objective_burn_rate',
    'gauge',
    'How fast the error budget is being used; at 1 it lasts exactly for the period.',
  );
  for (const { objective, attainment, burns } of standings) {
    const names = { customer: objective.customer, contract: objective.contract, objective: objective.id };
    const labels = formatLabels(names);
    target(labels, objective.targetPpb / PPB);
    for (const { write, read } of shares) {
      const share = read(attainment);
      if (share !== null) write(labels, share);
    }
    for (const word of VERDICTS) {
      verdict(formatLabels({ ...names, verdict: word }), attainment.verdict === word ? 1 : 0);
    }
    for (const { window, rate } of burns) {
      if (rate !== null) burn(formatLabels({ ...names, window }), rate);
    }
  }
}

interface Share {
  readonly name: string;
  readonly help: string;
  readonly read: (attainment: Attainment) => number | null;
}

const SHARES: readonly Share[] = [
  {
    name: 'nines_objective_attainment_ratio',
    help: 'Measured share of the period so far, what is unknown left out.',
    read: ({ attainmentPpb }) => ratio(attainmentPpb),
  },
  {
    name: 'nines_objective_attainment_low_ratio',
    help: 'Share of the period so far if all that is unknown was bad.',
    read: ({ lowPpb }) => ratio(lowPpb),
  },
  {
    name: 'nines_objective_attainment_high_ratio',
    help: 'Share of the period so far if all that is unknown was good.',
    read: ({ highPpb }) => ratio(highPpb),
  },
  {
    name: 'nines_objective_coverage_ratio',
    help: 'Share of the period so far that was measured.',
    read: ({ coveragePpb }) => ratio(coveragePpb),
  },
  {
    name: 'nines_objective_error_budget_remaining_ratio',
    help: 'Share of the error budget of the whole period that is left; negative when it is overspent.',
    read: ({ budget }) => (budget.total === 0 ? null : budget.left / budget.total),
  },
];

function ratio(ppb: number | null): number | null {
  return ppb === null ? null : ppb / PPB;
}
