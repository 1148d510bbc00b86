import type { Dashboard } from './dashboard.ts';

const OF = '{customer=~"$customer"}';

export const overview: Dashboard = {
  id: 'overview',
  title: 'Nines: overview by customer',
  description: 'What was promised to whom, how it stands, and what it costs.',
  choices: [{ label: 'customer', metric: 'nines_objective_target_ratio' }],
  rows: [
    {
      title: 'Promises',
      panels: [
        {
          title: 'Breached',
          description: 'Objectives whose period cannot be saved any more.',
          kind: 'figures',
          unit: 'short',
          width: 4,
          height: 6,
          queries: [{ expr: `sum(nines_objective_verdict{customer=~"$customer",verdict="breached"})` }],
        },
        {
          title: 'Lowest budget left',
          description: 'Share of the error budget of the whole period that is left; negative when it is overspent.',
          kind: 'figures',
          unit: 'percentunit',
          width: 8,
          height: 6,
          queries: [
            {
              expr: `bottomk(3, nines_objective_error_budget_remaining_ratio${OF})`,
              legend: '{{contract}} {{objective}}',
            },
          ],
        },
        {
          title: 'Checks that are down',
          description: 'As more than half of those who know see it.',
          kind: 'figures',
          unit: 'short',
          width: 6,
          height: 6,
          queries: [{ expr: 'count(avg by (check) (probe_success) < 0.5) or vector(0)' }],
        },
        {
          title: 'Agents heard within three minutes',
          description: 'Agents that deliver.',
          kind: 'figures',
          unit: 'short',
          width: 6,
          height: 6,
          queries: [{ expr: 'sum(time() - nines_agent_last_received_timestamp_seconds < bool 180)' }],
        },
        {
          title: 'Every promise',
          description: 'Measured share of the period so far, what is unknown left out.',
          kind: 'list',
          unit: 'percentunit',
          width: 12,
          height: 10,
          queries: [{ expr: `nines_objective_attainment_ratio${OF}` }],
        },
        {
          title: 'Error budget left',
          description: 'Below zero more was used than there is.',
          kind: 'curves',
          unit: 'percentunit',
          width: 12,
          height: 10,
          queries: [
            {
              expr: `nines_objective_error_budget_remaining_ratio${OF}`,
              legend: '{{customer}} {{contract}} {{objective}}',
            },
          ],
        },
      ],
    },
    {
      title: 'Money',
      panels: [
        {
          title: 'Credit owed',
          description: 'For certain, in the periods that run, if nothing more goes wrong.',
          kind: 'curves',
          unit: 'none',
          width: 12,
          height: 8,
          queries: [{ expr: `nines_contract_credit_owed${OF}`, legend: '{{customer}} {{contract}} {{currency}}' }],
        },
        {
          title: 'Reward earned',
          description: 'For certain, and at most if the periods that run end as they stand.',
          kind: 'curves',
          unit: 'none',
          width: 12,
          height: 8,
          queries: [
            { expr: `nines_contract_reward_earned${OF}`, legend: '{{contract}} {{currency}} earned' },
            { expr: `nines_contract_reward_earned_max${OF}`, legend: '{{contract}} {{currency}} at most' },
          ],
        },
      ],
    },
  ],
};
