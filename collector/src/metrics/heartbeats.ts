import { type Exposition, formatLabels } from '@nines/shared/exposition.ts';
import { HEARTBEAT_STATES } from '../heartbeat/heartbeat.ts';
import type { HeartbeatReport } from '../heartbeat/heartbeats.ts';

/** `nines_heartbeat_*`: how jobs stand that say themselves that they ran. */
export function writeHeartbeatMetrics(exposition: Exposition, reports: readonly HeartbeatReport[]): void {
  const state = exposition.family(
    'nines_heartbeat_state',
    'gauge',
    'Whether the job was never heard (new), is up, late or down: 1 for the one that holds.',
  );
  const good = exposition.family(
    'nines_heartbeat_last_good_timestamp_seconds',
    'gauge',
    'When a run of the job last ended well, Unix time.',
  );
  const due = exposition.family(
    'nines_heartbeat_due_timestamp_seconds',
    'gauge',
    'When the job is due next, Unix time.',
  );
  for (const report of reports) {
    const heartbeat = report.heartbeat.id;
    for (const one of HEARTBEAT_STATES) state(formatLabels({ heartbeat, state: one }), report.state === one ? 1 : 0);
    const labels = formatLabels({ heartbeat });
    if (report.lastGoodMs !== null) good(labels, report.lastGoodMs / 1000);
    if (report.dueAtMs !== null) due(labels, report.dueAtMs / 1000);
  }
}
