import type { Dashboard as GrafanaDashboard } from '@grafana/grafana-foundation-sdk/dashboard';
import {
  DashboardBuilder,
  DashboardLinkBuilder,
  DashboardLinkType,
  DatasourceVariableBuilder,
  QueryVariableBuilder,
  RowBuilder,
  VariableRefresh,
  VariableSort,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { DATA_SOURCE, type Panel, panelOf } from './panel.ts';

/** A choice at the top: the values of a label, of the series that fit the choices before it. */
export interface Choice {
  readonly label: string;
  readonly metric: string;
}

/** One dashboard. */
export interface Dashboard {
  /** Its file, and its address in Grafana. */
  readonly id: string;
  readonly title: string;
  readonly description: string;
  readonly choices: readonly Choice[];
  readonly rows: readonly { readonly title: string; readonly panels: readonly Panel[] }[];
}

const TAG = 'nines';

/** The dashboard as Grafana reads it. */
export function dashboardOf({ id, title, description, choices, rows }: Dashboard): GrafanaDashboard {
  const builder = new DashboardBuilder(title)
    .uid(`nines-${id}`)
    .description(description)
    .tags([TAG])
    .time({ from: 'now-24h', to: 'now' })
    .refresh('30s')
    .timezone('browser')
    .link(
      new DashboardLinkBuilder('Nines').type(DashboardLinkType.Dashboards).tags([TAG]).asDropdown(true).keepTime(true),
    )
    .withVariable(new DatasourceVariableBuilder('datasource').label('Prometheus').type('prometheus'));
  for (const choice of choices) builder.withVariable(variableOf(choice));
  for (const row of rows) {
    builder.withRow(new RowBuilder(row.title));
    for (const panel of row.panels) builder.withPanel(panelOf(panel));
  }
  return builder.build();
}

function variableOf({ label, metric }: Choice): QueryVariableBuilder {
  return new QueryVariableBuilder(label)
    .label(label)
    .datasource(DATA_SOURCE)
    .query(`label_values(${metric}, ${label})`)
    .refresh(VariableRefresh.OnTimeRangeChanged)
    .sort(VariableSort.AlphabeticalAsc)
    .includeAll(true)
    .allValue('.*')
    .multi(true);
}
