import type { Channel } from './channel.ts';
import type { Receiver } from './receiver.ts';
import { openAlertmanager } from './receivers/alertmanager.ts';
import { openMail } from './receivers/mail.ts';
import { openWebhook } from './receivers/webhook.ts';

type ReceiverOf<Kind extends Receiver['kind']> = Extract<Receiver, { readonly kind: Kind }>;

/** THE table of kinds of receivers: how each is reached. */
const OPENERS: { readonly [Kind in Receiver['kind']]: (receiver: ReceiverOf<Kind>) => Channel } = {
  alertmanager: openAlertmanager,
  webhook: openWebhook,
  mail: openMail,
};

/** The way to a receiver. */
export function channelOf(receiver: Receiver): Channel {
  // Safe: the table has for each kind the one that opens receivers of that kind.
  const open = OPENERS[receiver.kind] as (receiver: Receiver) => Channel;
  return open(receiver);
}
