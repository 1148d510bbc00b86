import type { AgentStatus } from '@nines/shared/wire.ts';
import type { DeliveryState } from './delivery.ts';
import type { EventSpoolState } from './event-spool.ts';
import type { OwnMetric } from './metrics.ts';
import type { SchedulerCounts } from './scheduler.ts';
import type { SpoolState } from './spool.ts';

/** What the process costs. */
export interface Usage {
  readonly rssBytes: number;
  readonly cpuSeconds: number;
}

export interface OwnState {
  readonly status: AgentStatus;
  readonly scheduler: SchedulerCounts;
  readonly spool: SpoolState;
  readonly delivery: DeliveryState;
  readonly eventSpool: EventSpoolState;
  readonly eventDelivery: DeliveryState;
  readonly usage: Usage;
  readonly refusedChecks: number;
  readonly isReloadGood: boolean;
}

/** The figures about the agent itself. */
export function ownMetrics(state: OwnState): OwnMetric[] {
  return [
    ...runMetrics(state),
    ...spoolMetrics(state),
    ...deliveryMetrics(state),
    ...eventMetrics(state),
    ...processMetrics(state),
  ];
}

function runMetrics({ status, scheduler, refusedChecks }: OwnState): OwnMetric[] {
  return [
    gauge('checks', 'Checks that this agent runs.', status.checks),
    gauge('refused_checks', 'Assigned checks that this version does not understand.', refusedChecks),
    gauge('running_checks', 'Runs under way.', scheduler.running),
    counter('late_runs_total', 'Runs that started more than 0.5 s after their instant.', scheduler.lateRuns),
    counter('skipped_runs_total', 'Instants at which no run could be started.', scheduler.skippedRuns),
    counter('errors_total', 'Runs that failed by a fault of the agent.', status.agent_errors),
    gauge('isolated', 'Whether the agent last found itself cut off.', status.isolated ? 1 : 0),
    counter('isolated_runs_total', 'Failed runs that count as unknown, the agent being cut off.', status.isolated_runs),
  ];
}

function spoolMetrics({ status, spool }: OwnState): OwnMetric[] {
  const oldestMs = spool.oldestAtMs === null ? null : Math.max(0, status.at_ms - spool.oldestAtMs);
  return [
    gauge('spool_bytes', 'Bytes that wait for delivery.', spool.bytes),
    gauge('spool_batches', 'Batches that wait for delivery.', spool.batches),
    gauge('spool_oldest_age_seconds', 'Age of the oldest batch that waits.', oldestMs === null ? 0 : oldestMs / 1_000),
    counter('spool_errors_total', 'Times that the disk refused the spool.', spool.diskErrors),
    counter('dropped_observations_total', 'Observations lost from a full spool.', spool.droppedObservations),
  ];
}

function deliveryMetrics({ spool, delivery }: OwnState): OwnMetric[] {
  const { isReachable } = delivery;
  return [
    counter('delivered_batches_total', 'Batches that the collector has stored.', delivery.deliveredBatches),
    counter('delivered_observations_total', 'Observations in delivered batches.', delivery.deliveredItems),
    counter('delivery_failures_total', 'Attempts to deliver that failed.', delivery.failures),
    counter('refused_batches_total', 'Batches set aside because the collector refuses them.', spool.refusedBatches),
    gauge(
      'collector_reachable',
      'Whether the last delivery worked.',
      isReachable === null ? null : Number(isReachable),
    ),
  ];
}

function eventMetrics({ eventSpool, eventDelivery }: OwnState): OwnMetric[] {
  return [
    gauge('event_spool_bytes', 'Bytes of events that wait for delivery.', eventSpool.bytes),
    counter('delivered_events_total', 'Events that the collector has stored.', eventDelivery.deliveredItems),
    counter('event_delivery_failures_total', 'Attempts to deliver events that failed.', eventDelivery.failures),
    counter('refused_events_total', 'Events set aside because the collector refuses them.', eventSpool.refusedEvents),
    counter('dropped_events_total', 'Events lost from a full spool.', eventSpool.droppedEvents),
  ];
}

function processMetrics({ status, usage, isReloadGood }: OwnState): OwnMetric[] {
  return [
    gauge('config_last_reload_successful', 'Whether the last reload was taken.', isReloadGood ? 1 : 0),
    gauge('start_time_seconds', 'Start of the process, Unix time.', status.started_at_ms / 1_000),
    gauge('resident_memory_bytes', 'Resident memory of the process.', usage.rssBytes),
    counter('cpu_seconds_total', 'CPU time of the process, user and system.', usage.cpuSeconds),
  ];
}

function gauge(name: string, help: string, value: number | null): OwnMetric {
  return { name: `nines_agent_${name}`, type: 'gauge', help, value };
}

function counter(name: string, help: string, value: number): OwnMetric {
  return { name: `nines_agent_${name}`, type: 'counter', help, value };
}
