import { createHash, createHmac } from 'node:crypto';
import { formatInstant } from '@nines/shared/time/calendar.ts';
import type { Alert } from './alert.ts';
import type { ExchangeTools, Message } from './exchange.ts';
import type { Receiver } from './receiver.ts';
import { AlertmanagerSilences } from './silences/alertmanager-silences.ts';

/** One kind of receiver: what it has to be told again, and in which form. Pending alerts are nobody's business. */
export interface ReceiverKind {
  /** After so long an alert that was taken in is sent again; `null`: never, one message for each change of state. */
  readonly resendMs: number | null;
  readonly messageOf: (receiver: Receiver, alerts: readonly Alert[], at: { nowMs: number; everyMs: number }) => Message;
  /** Its own silences, for kinds that have them: maintenance is mirrored there. */
  readonly silences: ((receiver: Receiver, tools: ExchangeTools) => AlertmanagerSilences) | null;
}

/** Prometheus' own (`resend-delay`). */
const RESEND_MS = 60_000;

/** THE table of kinds of receivers. */
export const RECEIVER_KINDS: Readonly<Record<Receiver['kind'], ReceiverKind>> = {
  alertmanager: {
    resendMs: RESEND_MS,
    messageOf: toAlertmanager,
    silences: (receiver, tools) => new AlertmanagerSilences(receiver, tools),
  },
  webhook: { resendMs: null, messageOf: toWebhook, silences: null },
};

/** API v2. An alert that is not sent again ends by itself after four intervals, as Prometheus has it. */
function toAlertmanager(
  { url }: Receiver,
  alerts: readonly Alert[],
  { nowMs, everyMs }: { nowMs: number; everyMs: number },
): Message {
  const aheadMs = 4 * Math.max(everyMs, RESEND_MS);
  const body = alerts.map(({ labels, annotations, url: generatorURL, firedAtMs, sinceMs, resolvedAtMs }) => ({
    labels,
    annotations,
    startsAt: instant(firedAtMs ?? sinceMs),
    endsAt: instant(resolvedAtMs ?? nowMs + aheadMs),
    ...(generatorURL === null ? {} : { generatorURL }),
  }));
  return { url: `${url.replace(/\/$/, '')}/api/v2/alerts`, headers: {}, body: JSON.stringify(body) };
}

/** The signature covers the instant, so that an old message cannot be played again later. */
function toWebhook({ url, secret }: Receiver, alerts: readonly Alert[], { nowMs }: { nowMs: number }): Message {
  const body = JSON.stringify({
    version: 1,
    alerts: alerts.map((alert) => ({
      id: createHash('sha256').update(`${alert.key} ${alert.sinceMs}`).digest('hex').slice(0, 32),
      status: alert.state,
      labels: alert.labels,
      annotations: alert.annotations,
      starts_at: instant(alert.firedAtMs ?? alert.sinceMs),
      ends_at: alert.resolvedAtMs === null ? null : instant(alert.resolvedAtMs),
      url: alert.url,
    })),
  });
  const timestamp = String(Math.floor(nowMs / 1_000));
  const signature = createHmac('sha256', secret ?? '')
    .update(`${timestamp}.${body}`)
    .digest('hex');
  return { url, headers: { 'x-nines-timestamp': timestamp, 'x-nines-signature': `sha256=${signature}` }, body };
}

function instant(atMs: number): string {
  return formatInstant(atMs, 'UTC');
}
