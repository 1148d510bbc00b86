import type { Dashboard } from './dashboard.ts';
import type { Query } from './panel.ts';

const OF = '{check=~"$check",location=~"$location"}';
const SEEN_FROM = '{{check}} from {{location}}';

const durationsWithin = (quantile: string): Query => ({
  expr: `histogram_quantile(${quantile}, sum by (check, le) (rate(nines_run_duration_seconds_bucket${OF}[$__rate_interval])))`,
  legend: `{{check}} ${quantile}`,
});

export const check: Dashboard = {
  id: 'check',
  title: 'Nines: check with phases',
  description: 'One check as each location sees it: up or down, how long, and where the time went.',
  choices: [
    { label: 'check', metric: 'probe_timeout_seconds' },
    { label: 'location', metric: 'probe_timeout_seconds' },
  ],
  rows: [
    {
      title: 'State',
      panels: [
        {
          title: 'Up and down',
          description: 'A gap is unknown: neither up nor down.',
          kind: 'bands',
          unit: 'none',
          width: 24,
          height: 7,
          queries: [{ expr: `probe_success${OF}`, legend: SEEN_FROM }],
        },
        {
          title: 'Runs',
          description: 'A second, by outcome; with the reason of the newest failed one as an exemplar.',
          kind: 'curves',
          unit: 'none',
          width: 12,
          height: 8,
          queries: [
            {
              expr: `sum by (check, outcome) (rate(nines_runs_total${OF}[$__rate_interval]))`,
              legend: '{{check}} {{outcome}}',
            },
          ],
        },
        {
          title: 'Availability over the last hour',
          description: 'Of the runs whose outcome is known. A contract counts time, with its own rules.',
          kind: 'curves',
          unit: 'percentunit',
          width: 12,
          height: 8,
          queries: [
            {
              expr: `sum by (check) (increase(nines_runs_total{check=~"$check",location=~"$location",outcome="up"}[1h])) / sum by (check) (increase(nines_runs_total{check=~"$check",location=~"$location",outcome=~"up|down"}[1h]))`,
              legend: '{{check}}',
            },
          ],
        },
      ],
    },
    {
      title: 'Time',
      panels: [
        {
          title: 'Duration of the last run',
          description: 'As each location saw it.',
          kind: 'curves',
          unit: 's',
          width: 12,
          height: 9,
          queries: [{ expr: `probe_duration_seconds${OF}`, legend: SEEN_FROM }],
        },
        {
          title: 'Duration of every run: half, 95 % and 99 %',
          description: 'From the histogram: no run between two scrapes is lost.',
          kind: 'curves',
          unit: 's',
          width: 12,
          height: 9,
          queries: [durationsWithin('0.5'), durationsWithin('0.95'), durationsWithin('0.99')],
        },
        {
          title: 'HTTP by phase',
          description: 'Redirects are added up.',
          kind: 'curves',
          unit: 's',
          width: 12,
          height: 9,
          queries: [{ expr: `probe_http_duration_seconds${OF}`, legend: `${SEEN_FROM} {{phase}}` }],
        },
        {
          title: 'DNS by phase',
          description: 'Of checks that ask name servers.',
          kind: 'curves',
          unit: 's',
          width: 12,
          height: 9,
          queries: [{ expr: `probe_dns_duration_seconds${OF}`, legend: `${SEEN_FROM} {{phase}}` }],
        },
        {
          title: 'Certificates end',
          description: 'The earliest end in the presented chain.',
          kind: 'list',
          unit: 'dateTimeFromNow',
          width: 24,
          height: 7,
          queries: [{ expr: `probe_ssl_earliest_cert_expiry${OF} * 1000` }],
        },
      ],
    },
  ],
};
