import { type Exposition, encodeLabels, suffix } from '@nines/shared/exposition.ts';
import { HEARTBEAT_STATES } from '../heartbeat/heartbeat.ts';
import type { HeartbeatReport } from '../heartbeat/heartbeats.ts';

interface Figure {
  readonly name: string;
  readonly help: string;
  /** `null`: not known, so no sample is written. */
  readonly readMs: (report: HeartbeatReport) => number | null;
}

const INSTANTS: readonly Figure[] = [
  {
    name: 'nines_heartbeat_last_good_timestamp_seconds',
    help: 'When a run of the job last ended well, Unix time.',
    readMs: ({ lastGoodMs }) => lastGoodMs,
  },
  {
    name: 'nines_heartbeat_due_timestamp_seconds',
    help: 'When the job is due next, Unix time.',
    readMs: ({ dueAtMs }) => dueAtMs,
  },
];

const STATES = HEARTBEAT_STATES.map((state) => ({ state, own: suffix('', { state }) }));

/** `nines_heartbeat_*`: how jobs stand that say themselves that they ran. */
export function writeHeartbeatMetrics(exposition: Exposition, reports: readonly HeartbeatReport[]): void {
  const help = 'Whether the job was never heard (new), is up, late or down: 1 for the one that holds.';
  exposition.family('nines_heartbeat_state', 'gauge', help);
  for (const report of reports) {
    const labels = labelsOf(report);
    for (const { state, own } of STATES) exposition.sample(labels, report.state === state ? 1 : 0, own);
  }
  for (const { name, help, readMs } of INSTANTS) {
    exposition.family(name, 'gauge', help);
    for (const report of reports) {
      const atMs = readMs(report);
      if (atMs !== null) exposition.sample(labelsOf(report), atMs / 1_000);
    }
  }
}

function labelsOf({ heartbeat }: HeartbeatReport): Uint8Array {
  return encodeLabels({ heartbeat: heartbeat.id });
}
