import { formatInstant } from '@nines/shared/time/calendar.ts';
import type { Notice, NoticeAlert } from './notice.ts';

/** A notice as webhooks and templates read it. */
export type NoticeView = ReturnType<typeof noticeView>;

/** `publicUrl` is where the pages are; without it there is no link. */
export function noticeView(notice: Notice, publicUrl: string | null) {
  const { id, why, group, status, firing, alerts, leftOff, atMs } = notice;
  return {
    id,
    why,
    status,
    title: titleOf(notice),
    /** Of the gravest alert. */
    severity: gravest(alerts),
    firing,
    group,
    /** Names the group for ever, so that its end reaches what its beginning opened. */
    group_key: Object.entries(group)
      .map(([name, value]) => `${name}=${value}`)
      .sort()
      .join(','),
    alerts: alerts.map(alertView),
    left_off: leftOff,
    url: publicUrl === null ? null : `${publicUrl}/alerts`,
    at: formatInstant(atMs, 'UTC'),
  };
}

/** Its instants are named as in `/api/v1/alerts`, and written so. */
function alertView({ id, status, labels, annotations, url, startsAtMs, sinceMs = startsAtMs, endsAtMs }: NoticeAlert) {
  return {
    id,
    status,
    labels,
    annotations,
    summary: annotations.summary ?? '',
    cause: annotations.cause ?? '',
    severity: labels.severity ?? 'info',
    url,
    since: new Date(sinceMs).toISOString(),
    fired_at: new Date(startsAtMs).toISOString(),
    resolved_at: endsAtMs === null ? null : new Date(endsAtMs).toISOString(),
  };
}

const PREFIX = { change: '', reminder: 'still: ', escalation: 'nobody is on it: ' } as const;

/** One line: the alert itself when it is one, otherwise how many and the first of them. */
export function titleOf({ why, alerts, leftOff }: Notice): string {
  const [first] = alerts;
  const what = first?.annotations.summary ?? 'alerts';
  const count = alerts.length + leftOff;
  const firing = alerts.filter(({ status }) => status === 'firing').length;
  const isOver = firing === 0 && leftOff === 0;
  const more = count > 1 ? ` and ${count - 1} more` : '';
  return `${isOver ? 'resolved: ' : PREFIX[why]}${what}${more}`;
}

const GRAVEST_FIRST = ['page', 'ticket', 'info'] as const;

function gravest(alerts: readonly NoticeAlert[]): string {
  return GRAVEST_FIRST.find((severity) => alerts.some(({ labels }) => labels.severity === severity)) ?? 'info';
}
