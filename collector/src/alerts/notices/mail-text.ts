import type { NoticeView } from './view.ts';

/** What a notice says in a mail. Plain text: it has to be read on a phone at night. */
export function mailText(view: NoticeView): { readonly subject: string; readonly text: string } {
  const { title, severity, status, alerts, left_off: leftOff, firing, url } = view;
  const blocks = alerts.map((alert) =>
    [
      `${alert.status.toUpperCase()} (${alert.severity}): ${alert.summary}`,
      `  ${alert.cause}`,
      `  since ${alert.since}, fired ${alert.fired_at}${alert.resolved_at === null ? '' : `, resolved ${alert.resolved_at}`}`,
      ...(alert.url === null ? [] : [`  ${alert.url}`]),
    ].join('\n'),
  );
  const rest = leftOff === 0 ? [] : [`and ${leftOff} more`];
  const foot = `${firing} of this group ${firing === 1 ? 'fires' : 'fire'} now.${url === null ? '' : ` All alerts: ${url}`}`;
  return {
    subject: `[${status}, ${severity}] ${title}`.replace(/\s+/g, ' ').slice(0, 200),
    text: `${[...blocks, ...rest, foot].join('\n\n')}\n`,
  };
}
