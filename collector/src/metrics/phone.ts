import { type Exposition, encodeLabels } from '@nines/shared/exposition.ts';
import type { CallTotal } from '../phone/call-counts.ts';
import type { PhoneNow } from '../phone/phone-now.ts';

export interface PhoneSample extends PhoneNow {
  readonly totals: readonly CallTotal[];
}

/** `nines_phone_*` of the collector: calls that ended, who waits, and promises over the last half hour. */
export function writePhoneMetrics(exposition: Exposition, { totals, queues, shares }: PhoneSample): void {
  const ended = 'Calls that ended since the collector started, by queue and outcome.';
  exposition.family('nines_phone_calls_total', 'counter', ended);
  for (const { queue, outcome, calls } of totals) exposition.sample(encodeLabels({ queue, outcome }), calls);
  exposition.family('nines_phone_queue_callers_waiting', 'gauge', 'Callers who wait now, by queue.');
  for (const { queue, waiting } of queues) exposition.sample(encodeLabels({ queue }), waiting);
  const longest = 'How long the caller who waits longest has been waiting; 0 when nobody waits.';
  exposition.family('nines_phone_queue_longest_wait_seconds', 'gauge', longest);
  for (const { queue, longestWaitMs } of queues) exposition.sample(encodeLabels({ queue }), longestWaitMs / 1_000);
  const level = 'Service level over the calls of the last 30 minutes, by the promise; absent without such calls.';
  exposition.family('nines_phone_service_level_ratio', 'gauge', level);
  for (const { objective, share } of shares) {
    const { indicator, customer, contract, id } = objective;
    if (share === null || !('calls' in indicator) || indicator.calls?.kind !== 'service_level') continue;
    const labels = encodeLabels({ customer, contract, objective: id, window: '30m' });
    exposition.sample(labels, Number(share.good) / Number(share.total));
  }
}
