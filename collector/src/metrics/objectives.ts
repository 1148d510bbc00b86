import { PPB } from '@nines/shared/config/fields.ts';
import { type Exposition, encodeLabels, type Suffix, suffix } from '@nines/shared/exposition.ts';
import type { Standing } from '../evaluate/standings.ts';
import type { Attainment, Verdict } from '../sla/attainment.ts';
import { periodSpan } from '../sla/period-span.ts';
import { type Pauses, SAMPLES_A_PAUSE } from './pauses.ts';

const VERDICTS = (['met', 'breached', 'inconclusive'] satisfies Verdict[]).map((verdict) => ({
  verdict,
  own: suffix('', { verdict }),
}));

/** `nines_objective_*`: a figure that nothing was measured for is absent, never 0 and never 1. */
export function* writeObjectiveMetrics(exposition: Exposition, standings: readonly Standing[]): Pauses {
  const samples = standings.map((standing) => ({ standing, labels: labelsOf(standing) }));
  for (const { name, help, write } of FAMILIES) {
    exposition.family(name, 'gauge', help);
    for (const [index, { standing, labels }] of samples.entries()) {
      write(exposition, standing, labels);
      if (index % SAMPLES_A_PAUSE === 0) yield;
    }
  }
}

function labelsOf({ objective }: Standing): Uint8Array {
  return encodeLabels({ customer: objective.customer, contract: objective.contract, objective: objective.id });
}

interface Family {
  readonly name: string;
  readonly help: string;
  readonly write: (exposition: Exposition, standing: Standing, labels: Uint8Array) => void;
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

const FAMILIES: readonly Family[] = [
  {
    name: 'nines_objective_target_ratio',
    help: 'Least share that keeps the promise.',
    write: (exposition, { objective }, labels) => exposition.sample(labels, objective.targetPpb / PPB),
  },
  {
    name: 'nines_objective_period_seconds',
    help: 'Length of the period as people reckon: a month has 30 days.',
    write: (exposition, { objective }, labels) =>
      exposition.sample(labels, periodSpan(objective.period).usualMs / 1_000),
  },
  ...SHARES.map(({ name, help, read }) => ({
    name,
    help,
    write(exposition: Exposition, { attainment }: Standing, labels: Uint8Array) {
      const share = read(attainment);
      if (share !== null) exposition.sample(labels, share);
    },
  })),
  {
    name: 'nines_objective_verdict',
    help: 'Whether the promise is met, breached or still open (inconclusive): 1 for the one that holds.',
    write(exposition, { attainment }, labels) {
      for (const { verdict, own } of VERDICTS) exposition.sample(labels, attainment.verdict === verdict ? 1 : 0, own);
    },
  },
  {
    name: 'nines_objective_burn_rate',
    help: 'How fast the error budget is being used; at 1 it lasts exactly for the period.',
    write(exposition, { burns }, labels) {
      for (const { window, rate } of burns) if (rate !== null) exposition.sample(labels, rate, windowSuffix(window));
    },
  },
  {
    name: 'nines_objective_burn_coverage_ratio',
    help: 'Share of the window of a burn rate that was measured; times the rate, it is the least that the rate can be.',
    write(exposition, { burns }, labels) {
      for (const { window, coveragePpb } of burns) {
        if (coveragePpb !== null) exposition.sample(labels, coveragePpb / PPB, windowSuffix(window));
      }
    },
  },
];

const windowSuffixes = new Map<string, Suffix>();

/** There are a handful of windows, and every objective has them. */
function windowSuffix(window: string): Suffix {
  const known = windowSuffixes.get(window) ?? suffix('', { window });
  windowSuffixes.set(window, known);
  return known;
}

function ratio(ppb: number | null): number | null {
  return ppb === null ? null : ppb / PPB;
}
