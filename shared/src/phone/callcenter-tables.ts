import type { QueueGauges } from './queue-gauges.ts';

/** A row of what `callcenter_config … list` answers, by the headings of its first line. */
export type TableRow = ReadonlyMap<string, string>;

/**
 * `name|status|…`, rows, and `+OK` at the end → rows; `null` for an answer that is an error. A table without a row has no
 * headings either.
 */
export function readTable(text: string): TableRow[] | null {
  const lines = text.split('\n').filter((line) => line !== '');
  if (lines.pop()?.trim() !== '+OK') return null;
  const [headings = '', ...rows] = lines;
  const names = headings.split('|');
  return rows.map((row) => {
    const cells = row.split('|');
    return new Map(names.map((name, index) => [name, cells[index] ?? '']));
  });
}

/** A caller who is in a queue, as `queue list members` says. */
export interface QueueMember {
  readonly channel: string;
  readonly queue: string;
  readonly joinedMs: number;
  readonly isWaiting: boolean;
}

/** States of a member that waits: `Trying` is one whom agents are being rung for. */
const WAITING: ReadonlySet<string> = new Set(['Waiting', 'Trying']);
/** One who gave up, kept for a while in case the caller comes back, is not there. */
const ABANDONED = 'Abandoned';

export function queueMembers(rows: readonly TableRow[]): QueueMember[] {
  return rows.flatMap((row) => {
    const [channel = '', queue = '', joined = ''] = [row.get('uuid'), row.get('queue'), row.get('joined_epoch')];
    const state = row.get('state') ?? '';
    if (channel === '' || state === ABANDONED || !/^[1-9]\d{9}$/.test(joined)) return [];
    return [{ channel, queue, joinedMs: Number(joined) * 1_000, isWaiting: WAITING.has(state) }];
  });
}

/** For how long a caller who gave up may come back to the old place, by queue. */
export function resumable(queues: readonly TableRow[]): ReadonlyMap<string, number> {
  const allowing = queues.filter((row) => row.get('abandoned_resume_allowed') === 'true');
  return new Map(
    allowing.map((row) => [row.get('name') ?? '', Number(row.get('discard_abandoned_after') ?? 0) * 1_000]),
  );
}

export interface Callcenter {
  readonly members: readonly QueueMember[];
  readonly agents: readonly TableRow[];
  /** Who belongs to which queue. */
  readonly tiers: readonly TableRow[];
  /** `null` for every queue. */
  readonly queues: ReadonlySet<string> | null;
}

/** How the queues stand together; an agent of several queues is one agent. */
export function callcenterGauges({ members, agents, tiers, queues }: Callcenter, nowMs: number): QueueGauges {
  const waiting = members.filter(({ isWaiting, queue }) => isWaiting && (queues?.has(queue) ?? true));
  const ours = tiers.filter((tier) => queues?.has(tier.get('queue') ?? '') ?? true);
  const names = new Set(ours.map((tier) => tier.get('agent')));
  const present = agents.filter((agent) => names.has(agent.get('name')) && agent.get('status') !== 'Logged Out');
  const longestMs = Math.max(0, ...waiting.map(({ joinedMs }) => nowMs - joinedMs));
  return {
    waiting: waiting.length,
    longestWaitS: Math.floor(longestMs / 1_000),
    loggedIn: present.length,
    // `Waiting` is ready for a call; `Idle` gets none, whatever the status says.
    available: present.filter((agent) => agent.get('status') !== 'On Break' && agent.get('state') === 'Waiting').length,
    paused: present.filter((agent) => agent.get('status') === 'On Break').length,
  };
}
