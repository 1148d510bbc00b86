import type { Check } from '@nines/shared/check.ts';
import { Exposition, formatLabels } from '@nines/shared/exposition.ts';
import type { Observation, Outcome } from '@nines/shared/observation.ts';
import { type ProbeTypeName, valuesOf } from '@nines/shared/probes/index.ts';
import { toBaseUnit } from '@nines/shared/probes/probe.ts';

const OUTCOMES: readonly Outcome[] = ['up', 'down', 'unknown'];

interface CheckState {
  type: ProbeTypeName;
  last: Observation | null;
  readonly runs: Record<Outcome, number>;
}

/** One figure about the agent itself. */
export interface OwnMetric {
  readonly name: string;
  readonly type: 'counter' | 'gauge';
  readonly help: string;
  /** `null`: there is nothing to say now, and the sample is left out. */
  readonly value: number | null;
}

/** What the checks of this agent saw last, and how often, as Prometheus reads it. */
export class CheckMetrics {
  #states = new Map<string, CheckState>();

  /** Takes these checks; the counters of those that stay go on. */
  update(checks: readonly Check[]): void {
    const states = new Map<string, CheckState>();
    for (const { id, probe } of checks) {
      const state = this.#states.get(id) ?? { type: probe.type, last: null, runs: { up: 0, down: 0, unknown: 0 } };
      if (state.type !== probe.type) state.last = null;
      state.type = probe.type;
      states.set(id, state);
    }
    this.#states = states;
  }

  record(observation: Observation): void {
    const state = this.#states.get(observation.check);
    if (state === undefined) return;
    state.last = observation;
    state.runs[observation.outcome]++;
  }

  /** The page of `/metrics`. */
  render(agent: string, own: readonly OwnMetric[]): string {
    const page = new Exposition();
    const success = page.family('probe_success', 'gauge', 'Whether the last run was up (1) or down (0).');
    const runs = page.family('nines_runs_total', 'counter', 'Runs by outcome since the agent started.');
    for (const [check, state] of this.#states) {
      const labels = formatLabels({ check, agent });
      for (const outcome of OUTCOMES) runs(`${labels},outcome="${outcome}"`, state.runs[outcome]);
      // An unknown outcome is neither: without a sample the series ends, and no average counts it either way.
      if (state.last === null || state.last.outcome === 'unknown') continue;
      success(labels, state.last.outcome === 'up' ? 1 : 0);
      renderValues(page, state, labels);
    }
    const ownLabels = formatLabels({ agent });
    for (const { name, type, help, value } of own) if (value !== null) page.family(name, type, help)(ownLabels, value);
    return page.toString();
  }
}

function renderValues(page: Exposition, state: CheckState, labels: string): void {
  const declarations = valuesOf(state.type);
  for (const name in declarations) {
    const declaration = declarations[name];
    const value = state.last?.values[name];
    if (value === undefined || declaration === undefined || declaration.metric === null) continue;
    const { metric, unit } = declaration;
    const all = metric.labels === undefined ? labels : `${labels},${formatLabels(metric.labels)}`;
    page.family(metric.name, 'gauge', metric.help)(all, toBaseUnit(value, unit));
  }
}
