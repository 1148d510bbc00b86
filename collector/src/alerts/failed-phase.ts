import type { Observation } from '@nines/shared/observation.ts';
import { type ProbeTypeName, valuesOf } from '@nines/shared/probes/index.ts';

/**
 * The phase in which a run failed: of those that runs of this check have (`seen` are the names of its values), the first
 * that it did not come to an end of. `null` for a run that did not fail, or not in a phase that was ever seen.
 */
export function failedPhase(
  type: ProbeTypeName,
  seen: readonly string[],
  { outcome, values }: Pick<Observation, 'outcome' | 'values'>,
): string | null {
  if (outcome !== 'down') return null;
  const phases = Object.entries(valuesOf(type))
    .filter(([name, { metric }]) => metric?.labels?.phase !== undefined && seen.includes(name))
    .map(([name]) => name);
  const last = phases.findLastIndex((name) => values[name] != null);
  return phases[last + 1] ?? null;
}
