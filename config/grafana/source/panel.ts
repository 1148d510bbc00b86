import type { Builder } from '@grafana/grafana-foundation-sdk/cog';
import type { DataSourceRef, Panel as GrafanaPanel } from '@grafana/grafana-foundation-sdk/dashboard';
import { DataqueryBuilder, PromQueryFormat } from '@grafana/grafana-foundation-sdk/prometheus';
import { PanelBuilder as StatBuilder } from '@grafana/grafana-foundation-sdk/stat';
import { PanelBuilder as StateTimelineBuilder } from '@grafana/grafana-foundation-sdk/statetimeline';
import { PanelBuilder as TableBuilder } from '@grafana/grafana-foundation-sdk/table';
import { PanelBuilder as TimeseriesBuilder } from '@grafana/grafana-foundation-sdk/timeseries';

/** A query, and how its series are called: with labels as `{{agent}}`. */
export interface Query {
  readonly expr: string;
  readonly legend?: string;
}

/** One panel, as much of it as our dashboards differ in. Widths and heights are of Grafana's grid, 24 columns. */
export interface Panel {
  readonly title: string;
  /** What it says and what it does not, for the mark beside the title. */
  readonly description: string;
  readonly kind: keyof typeof KINDS;
  /** One of Grafana's units. */
  readonly unit: 'percentunit' | 's' | 'dateTimeFromNow' | 'bytes' | 'short' | 'none';
  readonly width: number;
  readonly height: number;
  readonly queries: readonly [Query, ...Query[]];
}

/** The data source that somebody chooses at the top. */
export const DATA_SOURCE: DataSourceRef = { type: 'prometheus', uid: '$datasource' };

/** THE table of kinds of panels. */
const KINDS = {
  /** A curve over time for each series. */
  curves: ({ unit }: Panel) => new TimeseriesBuilder().unit(unit).fillOpacity(10).spanNulls(false),
  /** The newest value of each series, large. */
  figures: ({ unit }: Panel) => new StatBuilder().unit(unit),
  /** The newest value of each series, a line each. */
  list: ({ unit }: Panel) => new TableBuilder().unit(unit),
  /** Bands of states over time. */
  bands: ({ unit }: Panel) => new StateTimelineBuilder().unit(unit).mergeValues(true),
} as const;

/** Kinds that show how things stand now ask for that instant alone. */
const INSTANT: ReadonlySet<Panel['kind']> = new Set(['figures', 'list']);

export function panelOf(panel: Panel): Builder<GrafanaPanel> {
  const { title, description, kind, width, height, queries } = panel;
  const builder = KINDS[kind](panel)
    .title(title)
    .description(description)
    .datasource(DATA_SOURCE)
    .span(width)
    .height(height);
  for (const [index, query] of queries.entries()) builder.withTarget(targetOf(query, kind, index));
  return builder;
}

function targetOf({ expr, legend }: Query, kind: Panel['kind'], index: number): DataqueryBuilder {
  const target = new DataqueryBuilder()
    .expr(expr)
    .refId(String.fromCharCode(65 + index))
    .datasource(DATA_SOURCE);
  if (legend !== undefined) target.legendFormat(legend);
  if (kind === 'list') target.format(PromQueryFormat.Table);
  return INSTANT.has(kind) ? target.instant() : target.range();
}
