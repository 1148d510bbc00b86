import { probeTypes } from './index.ts';

/** Names of all values that any probe type measures in microseconds. */
export const DURATION_VALUES: ReadonlySet<string> = new Set(
  Object.values(probeTypes).flatMap(({ values }) =>
    Object.entries(values).flatMap(([name, { unit }]) => (unit === 'microseconds' ? [name] : [])),
  ),
);
