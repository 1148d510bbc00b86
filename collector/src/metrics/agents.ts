import { type Exposition, encodeLabels } from '@nines/shared/exposition.ts';
import type { AgentStatus } from '@nines/shared/wire.ts';

/** What the collector knows of one configured agent. */
export interface AgentSample {
  readonly agent: string;
  readonly location: string;
  /** Newest word of the agent about itself; `null` before the first. */
  readonly status: AgentStatus | null;
  readonly skewMs: number | null;
  readonly lastReceivedAtMs: number | null;
  /** Observations taken as unknown because of the agent's clock. */
  readonly disbelieved: number;
}

interface Figure {
  readonly name: string;
  readonly type: 'counter' | 'gauge';
  readonly help: string;
  /** `null`: not known, so no sample is written. */
  readonly read: (sample: AgentSample) => number | null;
}

/** THE table of `nines_agent_*` as the collector shows them; the agent's own `/metrics` has more. */
const FIGURES: readonly Figure[] = [
  {
    name: 'nines_agent_last_received_timestamp_seconds',
    type: 'gauge',
    help: 'When the agent last delivered a batch, Unix time.',
    read: ({ lastReceivedAtMs }) => (lastReceivedAtMs === null ? null : lastReceivedAtMs / 1_000),
  },
  {
    name: 'nines_agent_clock_skew_seconds',
    type: 'gauge',
    help: "Collector's clock minus the agent's, as measured at the last delivery.",
    read: ({ skewMs }) => (skewMs === null ? null : skewMs / 1_000),
  },
  {
    name: 'nines_agent_disbelieved_observations_total',
    type: 'counter',
    help: "Observations taken as unknown because the agent's clock was wrong.",
    read: ({ disbelieved }) => disbelieved,
  },
  {
    name: 'nines_agent_isolated',
    type: 'gauge',
    help: 'Whether the agent found itself cut off from the network.',
    read: ({ status }) => (status === null ? null : Number(status.isolated)),
  },
  {
    name: 'nines_agent_checks',
    type: 'gauge',
    help: 'Checks that the agent runs.',
    read: ({ status }) => status?.checks ?? null,
  },
  {
    name: 'nines_agent_late_runs_total',
    type: 'counter',
    help: 'Runs that started late since the agent started.',
    read: ({ status }) => status?.late_runs ?? null,
  },
  {
    name: 'nines_agent_errors_total',
    type: 'counter',
    help: 'Runs that the agent itself failed to make since it started.',
    read: ({ status }) => status?.agent_errors ?? null,
  },
  {
    name: 'nines_agent_spool_bytes',
    type: 'gauge',
    help: "Bytes that wait on the agent's disk.",
    read: ({ status }) => status?.spool_bytes ?? null,
  },
  {
    name: 'nines_agent_spool_dropped_observations_total',
    type: 'counter',
    help: 'Observations that the agent lost because its spool was full; their time is unknown.',
    read: ({ status }) => status?.dropped_observations ?? null,
  },
  {
    name: 'nines_agent_refused_batches_total',
    type: 'counter',
    help: 'Batches that the collector refused for ever and the agent set aside.',
    read: ({ status }) => status?.refused_batches ?? null,
  },
];

/** Writes what is known of each configured agent. */
export function writeAgentMetrics(exposition: Exposition, samples: readonly AgentSample[]): void {
  for (const { name, type, help, read } of FIGURES) {
    exposition.family(name, type, help);
    for (const sample of samples) {
      const value = read(sample);
      if (value !== null) exposition.sample(encodeLabels({ agent: sample.agent, location: sample.location }), value);
    }
  }
}
