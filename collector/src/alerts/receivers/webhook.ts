import { createHmac } from 'node:crypto';
import type { NoticeChannel } from '../channel.ts';
import { exchange } from '../exchange.ts';
import { noticeView } from '../notices/view.ts';
import type { WebhookReceiver } from '../receiver.ts';

/** Posts notices as JSON, in the form of a template or in our own, signed when there is a key. */
export function openWebhook(receiver: WebhookReceiver): NoticeChannel {
  const { url, terms, template, variables, secret } = receiver;
  return {
    tells: 'notices',
    terms,
    async tell(notice, { nowMs, publicUrl }, tools) {
      const view = noticeView(notice, publicUrl);
      const body =
        template === null ? JSON.stringify({ version: 1, ...view }) : template.render({ ...view, variables });
      const signed = secret === null ? {} : signature(body, { secret, nowMs });
      const headers = { ...receiver.headers, 'idempotency-key': notice.id, ...signed };
      await exchange(receiver, { url, headers, body }, tools);
    },
  };
}

/** It covers the instant, so that an old message cannot be played again later. */
function signature(body: string, { secret, nowMs }: { readonly secret: string; readonly nowMs: number }) {
  const timestamp = String(Math.floor(nowMs / 1_000));
  const digest = createHmac('sha256', secret).update(`${timestamp}.${body}`).digest('hex');
  return { 'x-nines-timestamp': timestamp, 'x-nines-signature': `sha256=${digest}` };
}
