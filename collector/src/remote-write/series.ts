import { type ProbeTypeName, valuesOf } from '@nines/shared/probes/index.ts';
import { TOTAL, toBaseUnit, totalValue, type ValueDeclaration } from '@nines/shared/probes/probe.ts';
import type { CheckColumns } from '@nines/shared/wire.ts';

/** One series and samples of it, as remote write sends them. */
export interface RemoteSeries {
  /** By name, as the protocol wants them. */
  readonly labels: readonly (readonly [name: string, value: string])[];
  readonly samples: readonly { readonly value: number; readonly timestamp: number }[];
}

/** What a check's runs are called at the receiver. */
export interface RemoteNames {
  readonly agent: string;
  readonly location: string;
  /** `null` for a check that is not configured any more: only its whole duration is known by name and unit. */
  readonly probe: ProbeTypeName | null;
  /** Labels of every series, those of the receiver's configuration. */
  readonly external: Readonly<Record<string, string>>;
}

/** The gauges of `/metrics` at every run, at the run's own instant: nothing is lost between two scrapes. */
export function remoteSeries(columns: CheckColumns, { agent, location, probe, external }: RemoteNames): RemoteSeries[] {
  const own = { check: columns.check, agent, location };
  const labelled = (name: string, labels: Readonly<Record<string, string>> = {}) =>
    sorted({ ...external, ...own, ...labels, __name__: name });
  const success = { labels: labelled('probe_success'), samples: samplesOf(columns, (row) => columns.up[row] ?? null) };
  const values = declared(probe).flatMap(([name, { metric, unit }]) => {
    const column = columns.values[name];
    if (column === undefined || metric === null) return [];
    const read = (row: number) => {
      const value = column[row] ?? null;
      return value === null ? null : toBaseUnit(value, unit);
    };
    return [{ labels: labelled(metric.name, metric.labels), samples: samplesOf(columns, read) }];
  });
  return [success, ...values].filter(({ samples }) => samples.length > 0);
}

function declared(probe: ProbeTypeName | null): (readonly [string, ValueDeclaration])[] {
  return probe === null ? [[TOTAL, totalValue]] : Object.entries(valuesOf(probe));
}

/** In the order of time; of runs at one instant the last counts, since a series has one sample an instant. */
function samplesOf({ at_ms: instants }: CheckColumns, read: (row: number) => number | null): RemoteSeries['samples'] {
  const byInstant = new Map<number, number>();
  for (let row = 0; row < instants.length; row++) {
    const value = read(row);
    const atMs = instants[row];
    if (value !== null && atMs !== undefined) byInstant.set(atMs, value);
  }
  return [...byInstant].map(([timestamp, value]) => ({ value, timestamp })).sort((a, b) => a.timestamp - b.timestamp);
}

function sorted(labels: Readonly<Record<string, string>>): (readonly [string, string])[] {
  return Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1));
}
