import { type Alert, alertId } from '../alerts/alert.ts';
import type { Evidence } from '../alerts/evidence.ts';
import type { PostedNotice } from '../alerts/notices/notice.ts';
import { titleOf } from '../alerts/notices/view.ts';
import type { Register } from '../ledger/register.ts';
import { instantText } from './decision-request.ts';

/** Alerts and what was not delivered of them, as the API tells and the page shows them. */
export type AlertsDocument = ReturnType<typeof alertsDocument>;
export type AlertDocument = ReturnType<typeof alertDocument>;

export interface AlertsAsked {
  readonly alerts: readonly Alert[];
  readonly undelivered: readonly PostedNotice[];
  readonly register: Pick<Register, 'acknowledgements'>;
}

export function alertsDocument({ alerts, undelivered, register }: AlertsAsked) {
  return {
    alerts: alerts.map((alert) => alertDocument(alert, { undelivered, register })),
    undelivered: undelivered.map((notice) => ({
      id: notice.id,
      receiver: notice.receiver,
      state: notice.state,
      title: titleOf(notice),
      at: instantText(notice.atMs),
      attempts: notice.attempts,
      last_error: notice.lastError,
      given_up_at: notice.diedAtMs === null ? null : instantText(notice.diedAtMs),
    })),
  };
}

export function alertDocument(alert: Alert, { undelivered, register }: Omit<AlertsAsked, 'alerts'>) {
  const { state, labels, annotations, sinceMs, firedAtMs, resolvedAtMs, quiet, url, told, evidence } = alert;
  const id = alertId(alert);
  const acknowledged = register.acknowledgements.get(id);
  const isWaiting = (receiver: string) =>
    undelivered.some((one) => one.receiver === receiver && one.alerts.some((other) => other.id === id));
  return {
    id,
    state,
    severity: labels.severity ?? 'info',
    labels,
    summary: annotations.summary ?? '',
    cause: annotations.cause ?? '',
    evidence: evidence.map(evidenceDocument),
    since: instantText(sinceMs),
    since_ms: sinceMs,
    fired_at: firedAtMs === null ? null : instantText(firedAtMs),
    resolved_at: resolvedAtMs === null ? null : instantText(resolvedAtMs),
    /** Why nobody is called; `null`: somebody is. */
    quiet,
    acknowledged:
      acknowledged === undefined
        ? null
        : { by: acknowledged.by, at: instantText(acknowledged.atMs), comment: acknowledged.comment },
    told: Object.entries(told).map(([receiver, { state: last, atMs }]) => ({
      receiver,
      state: last,
      at: instantText(atMs),
      delivered: !isWaiting(receiver),
    })),
    url,
  };
}

function evidenceDocument(evidence: Evidence) {
  if (evidence.kind === 'value') return evidence;
  const { kind, agent, location, outcome, reason, failedPhase, atMs } = evidence;
  const at = atMs === null ? null : instantText(atMs);
  return { kind, agent, location, outcome, reason, failed_phase: failedPhase, at };
}
