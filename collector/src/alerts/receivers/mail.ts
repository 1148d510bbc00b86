import { createTransport, type SendMailOptions } from 'nodemailer';
import type { NoticeChannel } from '../channel.ts';
import { mailText } from '../notices/mail-text.ts';
import { noticeView } from '../notices/view.ts';
import type { MailReceiver, Smtp } from '../receiver.ts';

/** Writes one mail for each notice, over a connection of its own. */
export function openMail({ smtp, from, to, terms }: MailReceiver): NoticeChannel {
  return {
    tells: 'notices',
    terms,
    async tell(notice, { publicUrl }, { signal }) {
      const { subject, text } = mailText(noticeView(notice, publicUrl));
      const domain = from.replace(/^.*@|>$/g, '');
      const mail: SendMailOptions = {
        from,
        to: [...to],
        subject,
        text,
        // The same however often it is sent: a mailbox shows it once.
        messageId: `<${notice.id}@${domain}>`,
        headers: { 'auto-submitted': 'auto-generated', 'x-nines-notice': notice.id },
      };
      const transport = createTransport(transportOptions(smtp));
      const stop = () => transport.close();
      signal?.addEventListener('abort', stop, { once: true });
      try {
        await transport.sendMail(mail);
      } finally {
        signal?.removeEventListener('abort', stop);
        transport.close();
      }
    },
  };
}

function transportOptions({ host, port, tls, ca, login, timeoutMs }: Smtp) {
  return {
    host,
    port,
    secure: tls === 'tls',
    // A server that offers no STARTTLS gets nothing, least of all a password.
    requireTLS: tls === 'starttls',
    ignoreTLS: tls === 'none',
    connectionTimeout: timeoutMs,
    greetingTimeout: timeoutMs,
    socketTimeout: timeoutMs,
    ...(ca === null ? {} : { tls: { ca } }),
    ...(login === null ? {} : { auth: { user: login.username, pass: login.password } }),
  };
}
