import { type Alert, alertId } from '../alert.ts';
import type { Severity } from '../finding.ts';
import { MOST_ALERTS, type Notice, type NoticeReason, noticeAlert, noticeId } from './notice.ts';

/** When and of what a receiver is told. */
export interface NoticeTerms {
  /** `null`: all. */
  readonly severities: readonly Severity[] | null;
  /** The labels whose values make a group: one notice for all alerts that have the same. */
  readonly groupBy: readonly string[];
  /** A group is told of once nothing joined it for so long, and at the latest after `LONGEST_WAITS` times that. */
  readonly groupWaitMs: number;
  /** Between two notices of a group. */
  readonly groupIntervalMs: number;
  /** What still fires and nobody acknowledged is told again after this; `null`: never. */
  readonly remindEveryMs: number | null;
  /** Told only of what nobody acknowledged within this time; `null`: of everything, at once. */
  readonly escalateAfterMs: number | null;
  readonly tellsResolved: boolean;
}

/** Somebody who is told by notices. */
export interface NoticeReader {
  readonly name: string;
  readonly terms: NoticeTerms;
}

export interface DueRequest {
  readonly reader: NoticeReader;
  readonly nowMs: number;
  /** Whether somebody said that they are on it. */
  readonly isAcknowledged: (alertId: string) => boolean;
}

/** Notices to be sent, and the alerts with what their reader is told by them. */
export interface Due {
  readonly notices: readonly Notice[];
  readonly told: readonly Alert[];
}

/** A group that goes on growing is told of in the end. */
const LONGEST_WAITS = 8;

interface Group {
  readonly labels: Readonly<Record<string, string>>;
  readonly due: { readonly alert: Alert; readonly why: NoticeReason; readonly sinceMs: number }[];
  firing: number;
  lastToldMs: number;
}

/** What a reader has to be told now of all alerts that there are. Pure; sending and remembering are others' business. */
export function dueNotices(alerts: Iterable<Alert>, request: DueRequest): Due {
  const { reader, nowMs } = request;
  const { severities, groupBy } = reader.terms;
  const groups = new Map<string, Group>();
  for (const alert of alerts) {
    if (alert.state === 'pending' || !isWanted(severities, alert)) continue;
    const labels = Object.fromEntries(groupBy.map((name) => [name, alert.labels[name] ?? '']));
    const key = JSON.stringify(labels);
    const group = groups.get(key) ?? { labels, due: [], firing: 0, lastToldMs: Number.NEGATIVE_INFINITY };
    groups.set(key, group);
    if (alert.state === 'firing') group.firing++;
    group.lastToldMs = Math.max(group.lastToldMs, alert.told[reader.name]?.atMs ?? Number.NEGATIVE_INFINITY);
    const due = whyDue(alert, request);
    if (due !== null) group.due.push({ alert, ...due });
  }
  const ready = [...groups.values()].filter((group) => isReady(group, reader.terms, nowMs));
  return {
    notices: ready.map((group) => noticeOf(group, request)),
    told: ready.flatMap(({ due }) =>
      due.map(({ alert }) => ({
        ...alert,
        told: { ...alert.told, [reader.name]: { state: alert.state, atMs: nowMs } },
      })),
    ),
  };
}

function isWanted(severities: readonly Severity[] | null, { labels }: Alert): boolean {
  return severities === null || severities.some((severity) => severity === labels.severity);
}

function whyDue(alert: Alert, request: DueRequest): { readonly why: NoticeReason; readonly sinceMs: number } | null {
  const { reader, nowMs, isAcknowledged } = request;
  const { escalateAfterMs, remindEveryMs, tellsResolved } = reader.terms;
  const known = alert.told[reader.name];
  if (alert.state === 'resolved') {
    const isNews = tellsResolved && known?.state === 'firing';
    return isNews ? { why: 'change', sinceMs: alert.resolvedAtMs ?? nowMs } : null;
  }
  if (alert.quiet !== null) return null;
  const firedAtMs = alert.firedAtMs ?? alert.sinceMs;
  if (known?.state !== 'firing') {
    if (escalateAfterMs === null) return { why: 'change', sinceMs: firedAtMs };
    const isLeft = nowMs - firedAtMs >= escalateAfterMs && !isAcknowledged(alertId(alert));
    return isLeft ? { why: 'escalation', sinceMs: firedAtMs + escalateAfterMs } : null;
  }
  const isTime = remindEveryMs !== null && nowMs - known.atMs >= remindEveryMs;
  return isTime && !isAcknowledged(alertId(alert)) ? { why: 'reminder', sinceMs: known.atMs + remindEveryMs } : null;
}

function isReady({ due, lastToldMs }: Group, { groupWaitMs, groupIntervalMs }: NoticeTerms, nowMs: number): boolean {
  if (due.length === 0 || nowMs - lastToldMs < groupIntervalMs) return false;
  const first = due.reduce((least, { sinceMs }) => Math.min(least, sinceMs), Number.POSITIVE_INFINITY);
  const last = due.reduce((most, { sinceMs }) => Math.max(most, sinceMs), Number.NEGATIVE_INFINITY);
  return nowMs - last >= groupWaitMs || nowMs - first >= LONGEST_WAITS * groupWaitMs;
}

function noticeOf({ labels, due, firing }: Group, { reader, nowMs }: DueRequest): Notice {
  // A change is told as one, whatever else is due with it.
  const why = due.some((one) => one.why === 'change') ? 'change' : (due[0]?.why ?? 'change');
  const told = due.toSorted((a, b) => a.sinceMs - b.sinceMs).slice(0, MOST_ALERTS);
  const identity = { receiver: reader.name, atMs: nowMs, why, group: labels };
  return {
    ...identity,
    id: noticeId(identity),
    status: firing > 0 ? 'firing' : 'resolved',
    firing,
    alerts: told.map(({ alert }) => noticeAlert(alert)),
    leftOff: due.length - told.length,
  };
}
