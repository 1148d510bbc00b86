import type { ExpositionFormat } from '@nines/shared/exposition.ts';
import { Counter, collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import { createRemoteMetrics, type RemoteMetrics } from './remote-write.ts';

/** The program's own metrics, each declared once. Those of checks and objectives are written from the live state. */
export interface ProgramMetrics {
  readonly remote: RemoteMetrics;
  readonly registry: Registry;
  /** Batches by what became of them: `stored`, `duplicate`, or the code of the refusal. */
  readonly batches: Counter<'result'>;
  readonly observations: Counter;
  /** Requests with events by what became of them: `stored`, `unchanged`, or the code of the refusal. */
  readonly eventRequests: Counter<'result'>;
  readonly events: Counter;
  readonly requestErrors: Counter;
  readonly storeBytes: Gauge;
  readonly storeFreeBytes: Gauge;
  readonly storeBatches: Gauge;
  readonly sealed: Counter;
  readonly thresholdWeeks: Gauge;
  readonly reloadSuccessful: Gauge;
  readonly reloadSucceededAt: Gauge;
  readonly headReady: Gauge;
  readonly alerts: Gauge<'state'>;
  readonly alertsQuiet: Gauge;
  /** Notices that were not taken in: `waiting`, or given up (`dead`). */
  readonly alertNotices: Gauge<'receiver' | 'state'>;
  /** Messages with alerts by receiver and what became of them: `taken` or `failed`. */
  readonly alertMessages: Counter<'receiver' | 'result'>;
}

/** Gauges of the library whose names end like counters; the same figures stand by type under other names. */
const MISNAMED = ['nodejs_active_handles_total', 'nodejs_active_requests_total', 'nodejs_active_resources_total'];

export function createProgramMetrics(): ProgramMetrics {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
  for (const name of MISNAMED) registry.removeSingleMetric(name);
  return {
    registry,
    batches: new Counter({
      name: 'nines_ingest_batches_total',
      help: 'Batches received, by result: stored, duplicate or the code of the refusal.',
      labelNames: ['result'],
      registers,
    }),
    observations: new Counter({ name: 'nines_ingest_observations_total', help: 'Observations stored.', registers }),
    eventRequests: new Counter({
      name: 'nines_ingest_event_requests_total',
      help: 'Requests with events received, by result: stored, unchanged or the code of the refusal.',
      labelNames: ['result'],
      registers,
    }),
    events: new Counter({
      name: 'nines_ingest_events_total',
      help: 'Events stored: new ones, and new versions of known ones.',
      registers,
    }),
    requestErrors: new Counter({
      name: 'nines_http_internal_errors_total',
      help: 'Requests that failed by a fault of the collector.',
      registers,
    }),
    storeBytes: new Gauge({ name: 'nines_store_bytes', help: 'Size of the store on disk in bytes.', registers }),
    storeFreeBytes: new Gauge({
      name: 'nines_store_free_bytes',
      help: "Room left on the store's disk in bytes; below min_free no batch is taken.",
      registers,
    }),
    storeBatches: new Gauge({ name: 'nines_store_batches', help: 'Batches in the journal.', registers }),
    sealed: new Counter({
      name: 'nines_store_sealed_observations_total',
      help: 'Observations moved from the journal into chunks since the start.',
      registers,
    }),
    thresholdWeeks: new Gauge({
      name: 'nines_store_threshold_backfill_pending',
      help: 'Weeks of a series that are still to be counted for new thresholds; what needs them is inconclusive until then.',
      registers,
    }),
    reloadSuccessful: new Gauge({
      name: 'nines_config_last_reload_successful',
      help: 'Whether the last reload of the configuration succeeded.',
      registers,
    }),
    reloadSucceededAt: new Gauge({
      name: 'nines_config_last_reload_success_timestamp_seconds',
      help: 'When the configuration was last loaded with success, Unix time.',
      registers,
    }),
    alerts: new Gauge({
      name: 'nines_alert_alerts',
      help: 'Alerts by state: pending, firing, or resolved of late.',
      labelNames: ['state'],
      registers,
    }),
    alertsQuiet: new Gauge({
      name: 'nines_alert_quiet',
      help: 'Alerts that hold and of which nobody is told: maintenance, or what they depend on.',
      registers,
    }),
    alertNotices: new Gauge({
      name: 'nines_alert_notices',
      help: 'Notices that a receiver has not taken in, by state: waiting, or dead when they were given up.',
      labelNames: ['receiver', 'state'],
      registers,
    }),
    alertMessages: new Counter({
      name: 'nines_alert_messages_total',
      help: 'Messages with alerts by receiver and result: taken, or failed and sent again.',
      labelNames: ['receiver', 'result'],
      registers,
    }),
    remote: createRemoteMetrics(registers),
    headReady: new Gauge({
      name: 'nines_head_ready',
      help: 'Whether the head has read the whole journal: 0 while it is rebuilt.',
      registers,
    }),
  };
}

/** What the registry wrote, in either format: in OpenMetrics `_total` belongs to a counter's samples alone. */
export function programText(text: string, format: ExpositionFormat): string {
  if (format === 'prometheus') return text;
  const counters = new Set([...text.matchAll(/^# TYPE (\S+)_total counter$/gm)].map(([, name]) => name));
  return text
    .replace(/^# (HELP|TYPE) (\S+)_total /gm, (line, word, name) => (counters.has(name) ? `# ${word} ${name} ` : line))
    .replace(/^\n/gm, '');
}

/** A configuration was taken over. */
export function noteReload(
  { reloadSuccessful, reloadSucceededAt }: Pick<ProgramMetrics, 'reloadSuccessful' | 'reloadSucceededAt'>,
  nowMs: number,
): void {
  reloadSuccessful.set(1);
  reloadSucceededAt.set(nowMs / 1_000);
}
