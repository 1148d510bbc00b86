import type { Dashboard } from './dashboard.ts';

const OF = '{contract=~"$contract"}';
const NAMED = '{{contract}} {{objective}}';

export const contract: Dashboard = {
  id: 'contract',
  title: 'Nines: contract',
  description: 'The promises of a contract: attainment with its bounds, budget, burn rates and what is owed.',
  choices: [{ label: 'contract', metric: 'nines_objective_target_ratio' }],
  rows: [
    {
      title: 'Attainment',
      panels: [
        {
          title: 'Attainment and what it could be',
          description:
            'The measured share, the target, and the share if all that is unknown was bad or good. The verdict needs the bounds.',
          kind: 'curves',
          unit: 'percentunit',
          width: 16,
          height: 10,
          queries: [
            { expr: `nines_objective_attainment_ratio${OF}`, legend: `${NAMED}` },
            { expr: `nines_objective_attainment_low_ratio${OF}`, legend: `${NAMED} low` },
            { expr: `nines_objective_attainment_high_ratio${OF}`, legend: `${NAMED} high` },
            { expr: `nines_objective_target_ratio${OF}`, legend: `${NAMED} target` },
          ],
        },
        {
          title: 'Verdict',
          description: 'Met only when the period is over; breached as soon as it is certain.',
          kind: 'list',
          unit: 'none',
          width: 8,
          height: 10,
          queries: [{ expr: `nines_objective_verdict${OF} == 1` }],
        },
        {
          title: 'Coverage',
          description: 'Share of the period so far that was measured.',
          kind: 'curves',
          unit: 'percentunit',
          width: 12,
          height: 8,
          queries: [{ expr: `nines_objective_coverage_ratio${OF}`, legend: NAMED }],
        },
        {
          title: 'Period',
          description: 'Length of the period as people reckon: a month has 30 days.',
          kind: 'list',
          unit: 's',
          width: 12,
          height: 8,
          queries: [{ expr: `nines_objective_period_seconds${OF}` }],
        },
      ],
    },
    {
      title: 'Budget',
      panels: [
        {
          title: 'Burn rate',
          description: 'At 1 the budget lasts exactly for the period.',
          kind: 'curves',
          unit: 'none',
          width: 12,
          height: 10,
          queries: [{ expr: `nines_objective_burn_rate${OF}`, legend: `${NAMED} {{window}}` }],
        },
        {
          title: 'Budget left',
          description: 'Of the whole period; negative when it is overspent.',
          kind: 'curves',
          unit: 'percentunit',
          width: 12,
          height: 10,
          queries: [{ expr: `nines_objective_error_budget_remaining_ratio${OF}`, legend: NAMED }],
        },
        {
          title: 'Credit owed',
          description: 'For certain, and at most if all that is unknown was bad.',
          kind: 'curves',
          unit: 'none',
          width: 24,
          height: 8,
          queries: [
            { expr: `nines_contract_credit_owed${OF}`, legend: '{{contract}} {{currency}} certain' },
            { expr: `nines_contract_credit_owed_max${OF}`, legend: '{{contract}} {{currency}} at most' },
          ],
        },
      ],
    },
  ],
};
