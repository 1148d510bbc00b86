import type { Check } from '@nines/shared/check.ts';
import { Exposition, encodeLabels, suffix } from '@nines/shared/exposition.ts';
import type { Observation, Outcome } from '@nines/shared/observation.ts';
import type { ProbeTypeName } from '@nines/shared/probes/index.ts';
import { valueMetricFamilies } from '@nines/shared/probes/value-metrics.ts';

const OUTCOMES = (['up', 'down', 'unknown'] as const).map((outcome) => ({ outcome, own: suffix('', { outcome }) }));

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
    const checks = [...this.#states].map(([check, state]) => ({ ...state, labels: encodeLabels({ check, agent }) }));
    page.family('probe_success', 'gauge', 'Whether the last run was up (1) or down (0).');
    for (const { last, labels } of checks) {
      // An unknown outcome is neither: without a sample the series ends, and no average counts it either way.
      if (last !== null && last.outcome !== 'unknown') page.sample(labels, last.outcome === 'up' ? 1 : 0);
    }
    page.family('nines_runs_total', 'counter', 'Runs by outcome since the agent started.');
    for (const { runs, labels } of checks) {
      for (const { outcome, own } of OUTCOMES) page.sample(labels, runs[outcome], own);
    }
    for (const family of valueMetricFamilies(checks.map(({ type }) => type))) {
      page.family(family.name, 'gauge', family.help);
      for (const { last, labels, type } of checks) {
        if (last !== null && last.outcome !== 'unknown') family.write(page, labels, type, last.values);
      }
    }
    const ownLabels = encodeLabels({ agent });
    for (const { name, type, help, value } of own) {
      page.family(name, type, help);
      if (value !== null) page.sample(ownLabels, value);
    }
    return page.toString();
  }
}
