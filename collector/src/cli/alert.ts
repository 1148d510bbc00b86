import { randomBytes } from 'node:crypto';
import { type CommandContext, EXIT, type ExitCode } from '@nines/shared/command.ts';
import { errorMessage } from '@nines/shared/errors.ts';
import { systemClock } from '@nines/shared/time/clock.ts';
import { type Alert, alertKey } from '../alerts/alert.ts';
import type { Channel } from '../alerts/channel.ts';
import { type Notice, noticeAlert } from '../alerts/notices/notice.ts';
import { channelOf } from '../alerts/receivers.ts';
import { loadNines } from '../config/nines.ts';

export interface AlertTestOptions {
  readonly config: string;
  readonly json: boolean;
}

/** `nines-collector alert test`: one alert to every receiver, from here, whether a collector runs or not. */
export async function testAlerts({ config, json }: AlertTestOptions, context: CommandContext): Promise<ExitCode> {
  const { alerts, publicUrl } = loadNines(config, context.env);
  const { receivers, everyMs } = alerts;
  const nowMs = systemClock.nowMs();
  const tell = (channel: Channel, receiver: string) => {
    const alert = aTest(nowMs, publicUrl);
    const tools = { clock: systemClock };
    if (channel.tells === 'states') return channel.tell([alert], { nowMs, everyMs }, tools);
    return channel.tell(aNotice(receiver, alert), { nowMs, publicUrl }, tools);
  };
  const results = await Promise.all(
    receivers.map(async (receiver) => {
      const error = await tell(channelOf(receiver), receiver.name).then(() => null, errorMessage);
      return { receiver: receiver.name, kind: receiver.kind, taken: error === null, error };
    }),
  );
  for (const { receiver, error, ...result } of results) {
    const line = json ? JSON.stringify({ receiver, ...result, error }) : `${receiver}: ${error ?? 'taken'}`;
    context.out(`${line}\n`);
  }
  if (results.length === 0) context.err(`${config} names no receiver below alerts\n`);
  return results.length > 0 && results.every(({ taken }) => taken) ? EXIT.done : EXIT.failed;
}

/** It ends by itself: nobody has to resolve it. */
function aTest(nowMs: number, url: string | null): Alert {
  const labels = { alertname: 'NinesTest', severity: 'info' };
  return {
    key: alertKey(labels),
    labels,
    annotations: { summary: 'a test of the way that alerts take', cause: 'nines-collector alert test' },
    url,
    state: 'firing',
    sinceMs: nowMs,
    firedAtMs: nowMs,
    clearSinceMs: null,
    resolvedAtMs: null,
    quiet: null,
    quietUntilMs: null,
    evidence: [],
    told: {},
  };
}

function aNotice(receiver: string, alert: Alert): Notice {
  const { alertname = '' } = alert.labels;
  return {
    // Another one at each call: a receiver must not take it for the last one.
    id: randomBytes(16).toString('hex'),
    receiver,
    atMs: alert.sinceMs,
    why: 'change',
    group: { alertname },
    status: 'firing',
    firing: 1,
    alerts: [noticeAlert(alert)],
    leftOff: 0,
  };
}
