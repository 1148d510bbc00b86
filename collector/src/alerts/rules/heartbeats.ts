import { formatInstant } from '@nines/shared/time/calendar.ts';
import type { HeartbeatFault, HeartbeatState } from '../../heartbeat/heartbeat.ts';
import type { HeartbeatReport } from '../../heartbeat/heartbeats.ts';
import { formatSpan } from '../../web/format.ts';
import type { Evidence } from '../evidence.ts';
import type { Finding, Holds, Snapshot, Telling } from '../finding.ts';

/** A late job is not down yet, and not well again either. */
const HEARTBEAT_HOLDS: Readonly<Record<HeartbeatState, Holds>> = { new: 'no', up: 'no', late: 'open', down: 'yes' };

export function findMissed({ heartbeats }: Snapshot): Finding[] {
  return heartbeats.map((report) => ({
    subject: null,
    labels: { heartbeat: report.heartbeat.id },
    severity: 'page',
    holds: HEARTBEAT_HOLDS[report.state],
    quiet: null,
    tell: () => tell(report),
  }));
}

function tell(report: HeartbeatReport): Telling {
  const { heartbeat, fault, lastGoodMs, dueAtMs } = report;
  const { what, why, evidence } = FAULTS[fault ?? 'overdue'];
  return {
    summary: `job ${heartbeat.id} ${what}`,
    cause: `${why(report)}last good run ${atOr(lastGoodMs, 'never')}, due ${atOr(dueAtMs, 'at no known time')}`,
    evidence: evidence(report),
    link: '/alerts',
  };
}

interface Words {
  /** Behind the job's name. */
  readonly what: string;
  /** Before what is told of every job. */
  readonly why: (report: HeartbeatReport) => string;
  readonly evidence: (report: HeartbeatReport) => readonly Evidence[];
}

const FAULTS: Readonly<Record<HeartbeatFault, Words>> = {
  failed: {
    what: 'reported failure',
    why: ({ lastFailedMs, lastFailedStatus: status }) =>
      `it ended ${atOr(lastFailedMs, 'at no known time')}${status === null ? '' : ` with exit status ${status}`}; `,
    evidence: ({ lastFailedStatus: status }) =>
      status === null ? [] : [{ kind: 'value', what: 'exit status', value: String(status), limit: '0' }],
  },
  stuck: {
    what: 'does not end',
    why: ({ runningSinceMs, heartbeat: { graceMs } }) =>
      `it runs since ${atOr(runningSinceMs, 'no known time')}, for longer than ${formatSpan(graceMs)}; `,
    evidence: () => [],
  },
  overdue: { what: 'did not run', why: () => '', evidence: () => [] },
};

function atOr(atMs: number | null, otherwise: string): string {
  return atMs === null ? otherwise : formatInstant(atMs, 'UTC');
}
