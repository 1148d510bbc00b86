import { formatLabels, formatNumber } from '@nines/shared/exposition.ts';
import { valuesOf } from '@nines/shared/probes/index.ts';
import { TOTAL, toBaseUnit, totalValue, type ValueDeclaration } from '@nines/shared/probes/probe.ts';
import { OUTCOME_CODES, type RunColumns } from '../store/run-columns.ts';
import { type ExportContents, type ExportFormat, inPieces, type SeriesToWrite } from './format.ts';

/**
 * OpenMetrics 1.0 with instants, as `promtool tsdb create-blocks-from openmetrics` takes it: the gauges of `/metrics` at
 * every run, and of events a counter. A family stands in one piece and a series in it too, so the store is read once for
 * each. Of runs at one instant the last counts, since a series has one sample an instant.
 */
export const openMetrics: ExportFormat = {
  observations: (contents) => inPieces(observationLines(contents)),
  events: (contents) => inPieces(eventLines(contents)),
};

/** What a sample is made of: a value that the probe type declares, or the outcome. */
interface Sampled {
  readonly name: string;
  readonly declaration: ValueDeclaration | null;
}

function* observationLines(contents: ExportContents): Generator<string> {
  const { series } = contents;
  yield* head('probe_success', 'gauge', 'Whether the run succeeded; no sample while it is unknown.');
  for (const one of series) yield* gaugeLines(contents, one, { name: 'probe_success', declaration: null });
  for (const [metric, help] of familiesOf(series)) {
    yield* head(metric, 'gauge', help);
    for (const one of series) {
      for (const [name, declaration] of declaredBy(one)) {
        if (declaration.metric?.name === metric) yield* gaugeLines(contents, one, { name, declaration });
      }
    }
  }
  yield '# EOF\n';
}

/** Of a check that is not configured any more, only its whole duration is known by name and unit. */
function declaredBy({ probe }: SeriesToWrite): (readonly [string, ValueDeclaration])[] {
  return probe === null ? [[TOTAL, totalValue]] : Object.entries(valuesOf(probe));
}

function familiesOf(series: readonly SeriesToWrite[]): ReadonlyMap<string, string> {
  const families = new Map<string, string>();
  for (const one of series) {
    for (const [, { metric }] of declaredBy(one)) if (metric !== null) families.set(metric.name, metric.help);
  }
  return families;
}

function* gaugeLines(
  { runs }: ExportContents,
  series: SeriesToWrite,
  { name, declaration }: Sampled,
): Generator<string> {
  const { check, agent, location } = series;
  const own = { check, agent, ...(location === null ? {} : { location }), ...declaration?.metric?.labels };
  const metric = declaration?.metric?.name ?? name;
  const sampleOf = declaration === null ? successOf : readerOf(name, declaration);
  const labels = formatLabels(own);
  for (const piece of runs(series, new Set(declaration === null ? [] : [name]))) {
    const read = sampleOf(piece);
    for (let row = 0; row < piece.length; row++) {
      const value = piece.atMs[row + 1] === piece.atMs[row] ? null : read(row);
      if (value !== null) yield `${metric}{${labels}} ${formatNumber(value)} ${seconds(piece.atMs[row] ?? 0)}\n`;
    }
  }
}

/** Row → value; `null` for none. */
type SampleReader = (row: number) => number | null;

function successOf({ outcomes }: RunColumns): SampleReader {
  return (row) => (outcomes[row] === OUTCOME_CODES.unknown ? null : Number(outcomes[row] === OUTCOME_CODES.up));
}

function readerOf(name: string, { unit }: ValueDeclaration): (piece: RunColumns) => SampleReader {
  return ({ values }) => {
    const column = values.find((value) => value.name === name);
    return (row) => (column?.present[row] === 1 ? toBaseUnit(column.numbers[row] ?? 0, unit) : null);
  };
}

function* eventLines(contents: ExportContents): Generator<string> {
  yield* head('nines_events', 'counter', 'Events by their beginning, counted from the beginning of the export.');
  for (const stream of contents.streams) {
    for (const key of seriesOfEvents(contents, stream)) yield* counterLines(contents, stream, key);
  }
  yield '# EOF\n';
}

/** Agent and outcome tell the series of a stream apart: labels of events may be anything. */
function seriesOfEvents({ events }: ExportContents, stream: string): string[] {
  const keys = new Set<string>();
  for (const { agent, outcome } of events(stream)) keys.add(`${agent} ${outcome ?? 'open'}`);
  return [...keys].sort();
}

function* counterLines({ events }: ExportContents, stream: string, key: string): Generator<string> {
  const [agent = '', outcome = ''] = key.split(' ');
  const labels = formatLabels({ stream, agent, outcome });
  let total = 0;
  let waiting: number | null = null;
  for (const event of events(stream)) {
    if (`${event.agent} ${event.outcome ?? 'open'}` !== key) continue;
    if (waiting !== null && waiting !== event.atMs)
      yield `nines_events_total{${labels}} ${total} ${seconds(waiting)}\n`;
    waiting = event.atMs;
    total++;
  }
  if (waiting !== null) yield `nines_events_total{${labels}} ${total} ${seconds(waiting)}\n`;
}

function* head(name: string, type: string, help: string): Generator<string> {
  yield `# TYPE ${name} ${type}\n# HELP ${name} ${help}\n`;
}

/** Milliseconds as OpenMetrics writes instants, exactly. */
function seconds(atMs: number): string {
  return `${Math.floor(atMs / 1_000)}.${String(atMs % 1_000).padStart(3, '0')}`;
}
