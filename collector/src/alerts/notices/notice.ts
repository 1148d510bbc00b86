import { createHash } from 'node:crypto';
import { type Alert, alertId } from '../alert.ts';

/** Why somebody is told: something changed, it still holds, or nobody took it on. */
export type NoticeReason = 'change' | 'reminder' | 'escalation';

/** An alert as it was when the notice was made. */
export interface NoticeAlert {
  readonly id: string;
  readonly status: 'firing' | 'resolved';
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly url: string | null;
  /** When its condition began to hold; one that was stored before this was noted has only the next. */
  readonly sinceMs?: number;
  /** When it fired. */
  readonly startsAtMs: number;
  /** When it was resolved. */
  readonly endsAtMs: number | null;
}

/** What one receiver has to be told of one group of alerts, once. */
export interface Notice {
  /** The dedupe key: the same however often it is sent. */
  readonly id: string;
  readonly receiver: string;
  readonly atMs: number;
  readonly why: NoticeReason;
  /** What the alerts of the group have in common. */
  readonly group: Readonly<Record<string, string>>;
  /** Whether any alert of the group fires now. */
  readonly status: 'firing' | 'resolved';
  /** How many of them fire now, whether they are told of here or not. */
  readonly firing: number;
  /** Those that it is about, at most `MOST_ALERTS`. */
  readonly alerts: readonly NoticeAlert[];
  /** How many more it is about. */
  readonly leftOff: number;
}

/** A notice on its way. */
export interface PostedNotice extends Notice {
  /** `dead`: given up, and kept for people to see. */
  readonly state: 'waiting' | 'dead';
  readonly attempts: number;
  readonly lastError: string | null;
  /** When it was given up; `null` while it waits. */
  readonly diedAtMs: number | null;
}

/** Ten thousand checks that are down at once are one page that names so many, and a number. */
export const MOST_ALERTS = 100;

export function noticeAlert(alert: Alert): NoticeAlert {
  return {
    id: alertId(alert),
    status: alert.state === 'resolved' ? 'resolved' : 'firing',
    labels: alert.labels,
    annotations: alert.annotations,
    url: alert.url,
    sinceMs: alert.sinceMs,
    startsAtMs: alert.firedAtMs ?? alert.sinceMs,
    endsAtMs: alert.resolvedAtMs,
  };
}

export function noticeId({ receiver, atMs, why, group }: Pick<Notice, 'receiver' | 'atMs' | 'why' | 'group'>): string {
  const text = JSON.stringify([receiver, atMs, why, Object.entries(group).sort(([a], [b]) => (a < b ? -1 : 1))]);
  return createHash('sha256').update(text).digest('hex').slice(0, 32);
}

/** A notice that waits to be sent for the first time. */
export function posted(notice: Notice): PostedNotice {
  return { ...notice, state: 'waiting', attempts: 0, lastError: null, diedAtMs: null };
}
