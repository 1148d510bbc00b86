import { type Exposition, type Suffix, suffix } from '../exposition.ts';
import { type ProbeTypeName, valuesOf } from './index.ts';
import { toBaseUnit, type ValueUnit } from './probe.ts';

/** A gauge that shows values of probes, of every type that declares it. */
export interface ValueMetricFamily {
  readonly name: string;
  readonly help: string;
  /** Writes what a run of the type measured; nothing of what it did not. */
  write(
    exposition: Exposition,
    labels: Uint8Array,
    type: ProbeTypeName,
    values: Readonly<Record<string, number>>,
  ): void;
}

interface ShownValue {
  readonly name: string;
  readonly unit: ValueUnit;
  readonly own: Suffix;
}

/** The gauges that these types declare. Types share names, and values of one type differ by labels. */
export function valueMetricFamilies(types: Iterable<ProbeTypeName>): ValueMetricFamily[] {
  const families = new Map<string, { readonly help: string; readonly shown: Map<ProbeTypeName, ShownValue[]> }>();
  for (const type of new Set(types)) {
    for (const [name, { metric, unit }] of Object.entries(valuesOf(type))) {
      if (metric === null) continue;
      const family = families.get(metric.name) ?? { help: metric.help, shown: new Map<ProbeTypeName, ShownValue[]>() };
      families.set(metric.name, family);
      const own = suffix('', metric.labels);
      family.shown.set(type, [...(family.shown.get(type) ?? []), { name, unit, own }]);
    }
  }
  return [...families].map(([name, { help, shown }]) => ({
    name,
    help,
    write(exposition, labels, type, values) {
      for (const { name, unit, own } of shown.get(type) ?? []) {
        const measured = values[name];
        if (measured !== undefined) exposition.sample(labels, toBaseUnit(measured, unit), own);
      }
    },
  }));
}
