import { formatInstant } from '@nines/shared/time/calendar.ts';
import type { HeartbeatState } from '../../heartbeat/heartbeat.ts';
import type { Finding, Holds, Snapshot } from '../finding.ts';

/** A late job is not down yet, and not well again either. */
const HEARTBEAT_HOLDS: Readonly<Record<HeartbeatState, Holds>> = { new: 'no', up: 'no', late: 'open', down: 'yes' };

export function findMissed({ heartbeats }: Snapshot): Finding[] {
  return heartbeats.map(({ heartbeat: { id }, state, lastGoodMs, dueAtMs }) => ({
    subject: null,
    labels: { heartbeat: id },
    severity: 'page',
    holds: HEARTBEAT_HOLDS[state],
    quiet: null,
    tell: () => ({
      summary: `job ${id} did not run well`,
      cause: `last good run ${atOr(lastGoodMs, 'never')}, due ${atOr(dueAtMs, 'at no known time')}`,
      evidence: [],
      link: '/',
    }),
  }));
}

function atOr(atMs: number | null, otherwise: string): string {
  return atMs === null ? otherwise : formatInstant(atMs, 'UTC');
}
