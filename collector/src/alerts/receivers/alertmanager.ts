import { formatInstant } from '@nines/shared/time/calendar.ts';
import type { Alert } from '../alert.ts';
import type { StateChannel, TellingTime } from '../channel.ts';
import { exchange } from '../exchange.ts';
import type { AlertmanagerReceiver } from '../receiver.ts';
import { AlertmanagerSilences, alertmanagerApi } from '../silences/alertmanager-silences.ts';

/** Prometheus' own (`resend-delay`). */
const RESEND_MS = 60_000;

/** Alertmanager's API v2. */
export function openAlertmanager(receiver: AlertmanagerReceiver): StateChannel {
  const url = `${alertmanagerApi(receiver)}/alerts`;
  return {
    tells: 'states',
    resendMs: RESEND_MS,
    async tell(alerts, at, tools) {
      await exchange(receiver, { url, headers: {}, body: JSON.stringify(toAlertmanager(alerts, at)) }, tools);
    },
    silences: (tools) => new AlertmanagerSilences(receiver, tools),
  };
}

/** An alert that is not sent again ends by itself after four intervals, as Prometheus has it. */
function toAlertmanager(alerts: readonly Alert[], { nowMs, everyMs }: TellingTime) {
  const aheadMs = 4 * Math.max(everyMs, RESEND_MS);
  return alerts.map(({ labels, annotations, url: generatorURL, firedAtMs, sinceMs, resolvedAtMs }) => ({
    labels,
    annotations,
    startsAt: formatInstant(firedAtMs ?? sinceMs, 'UTC'),
    endsAt: formatInstant(resolvedAtMs ?? nowMs + aheadMs, 'UTC'),
    ...(generatorURL === null ? {} : { generatorURL }),
  }));
}
