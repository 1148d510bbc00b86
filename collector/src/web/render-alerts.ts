import type { AlertDocument, AlertsDocument } from '../http/alerts-document.ts';
import { formatSpan, formatUtc } from './format.ts';
import { type Html, html } from './html.ts';
import { type AssetFolder, FOOTER, renderDocument } from './render.ts';
import { renderTable } from './render-table.ts';

/** The page of alerts. `problem` is why the last acknowledgement was refused. */
export interface AlertsPage extends AlertsDocument {
  readonly nowMs: number;
  readonly problem: string | null;
}

/** What is wrong, since when and why, who was told and who is on it; what could not be delivered. */
export function renderAlertsPage(page: AlertsPage, assets: AssetFolder): string {
  const { alerts, problem } = page;
  const firing = alerts.filter(({ state }) => state === 'firing');
  const others = alerts.filter(({ state }) => state !== 'firing');
  return renderDocument({
    title: `${firing.length} firing · Alerts · Nines`,
    heading: 'Alerts',
    path: '/alerts',
    assets,
    script: null,
    main: html`${problem === null ? null : html`<p class="problem" role="alert">Not acknowledged: ${problem}</p>`}
<section aria-labelledby="firing-title"><h2 id="firing-title">Firing</h2>
${firing.length === 0 ? NOTHING : firing.map((alert) => renderAlert(alert, page.nowMs))}</section>
${others.length === 0 ? null : html`<section aria-labelledby="others-title"><h2 id="others-title">Pending and over</h2>${renderTable('Alerts that do not fire yet, or not any more', COLUMNS, rowsOf(others, page.nowMs))}</section>`}
${renderUndelivered(page)}`,
    footer: FOOTER,
  });
}

const NOTHING = html`<p class="empty">Nothing fires.</p>`;

const COLUMNS = ['Alert', 'State', 'Since', 'Quiet'];

function rowsOf(alerts: readonly AlertDocument[], nowMs: number) {
  return alerts.map(({ summary, state, since_ms: sinceMs, quiet }) => [
    summary,
    state,
    formatUtc(sinceMs, nowMs),
    quiet ?? 'no',
  ]);
}

/** Two lines for whoever looks over many; what it was made of and the form are behind the third. */
function renderAlert(alert: AlertDocument, nowMs: number): Html {
  const { id, summary, severity, cause, since, since_ms: sinceMs, fired_at: firedAt, quiet, url, acknowledged } = alert;
  return html`<article class="alert" id="alert-${id}" aria-labelledby="alert-${id}-title">
<p class="badge severity-${severity}">${severity}</p>
<h3 id="alert-${id}-title">${url === null ? summary : html`<a href="${url}">${summary}</a>`}</h3>
<p class="quiet since">since <time datetime="${since}">${formatUtc(sinceMs, nowMs)}</time>, for ${formatSpan(nowMs - sinceMs)}</p>
<p class="cause">${cause}</p>
<details id="alert-${id}-more"><summary>${whoKnows(alert)}</summary>
${quiet === null ? null : html`<p>Nobody is called: ${quiet}</p>`}
${firedAt === null ? null : html`<p class="quiet">Fired <time datetime="${firedAt}">${firedAt}</time></p>`}
${renderEvidence(alert)}
${acknowledged === null ? renderForm(id, summary) : null}
</details>
</article>`;
}

function whoKnows({ told, acknowledged, quiet }: AlertDocument): string {
  const heard = told.map(({ receiver, delivered }) => (delivered ? receiver : `${receiver} (not delivered)`));
  const who = heard.length === 0 ? 'nobody' : heard.join(', ');
  return `Told: ${who}${quiet === null ? '' : ', and nobody is called'}. On it: ${acknowledged === null ? 'nobody' : whoIsOn(acknowledged)}`;
}

function whoIsOn({ by, at, comment }: NonNullable<AlertDocument['acknowledged']>): string {
  return `${by}, since ${at}${comment === null ? '' : `: ${comment}`}`;
}

function renderEvidence({ evidence }: AlertDocument): Html {
  const seen = evidence.flatMap((one) =>
    one.kind === 'observation'
      ? [[one.location, one.agent, one.outcome, one.reason ?? '', one.failed_phase ?? '', one.at ?? 'never']]
      : [],
  );
  const values = evidence.flatMap((one) => (one.kind === 'value' ? [[one.what, one.value, one.limit ?? '']] : []));
  return html`${renderTable('Last runs when it fired', ['Location', 'Agent', 'Outcome', 'Reason', 'Failed in', 'At'], seen)}
${renderTable('Values when it fired', ['What', 'Value', 'Limit'], values)}`;
}

/** Works without a script; the token is nowhere kept. */
function renderForm(id: string, summary: string): Html {
  return html`<form method="post" action="/alerts" class="acknowledge" aria-label="Acknowledge ${summary}">
<input type="hidden" name="id" value="${id}">
<label>Token <input type="password" name="token" required autocomplete="current-password"></label>
<label>Comment <input type="text" name="comment" maxlength="1000"></label>
<button type="submit">I am on it</button>
</form>`;
}

function renderUndelivered({ undelivered }: AlertsPage): Html | null {
  if (undelivered.length === 0) return null;
  const rows = undelivered.map(({ receiver, title, state, at, attempts, last_error: error }) => [
    receiver,
    title,
    state === 'dead' ? 'given up' : 'waiting',
    at,
    String(attempts),
    error ?? '',
  ]);
  return html`<section aria-labelledby="undelivered-title"><h2 id="undelivered-title">Not delivered</h2>
${renderTable('What receivers have not taken in', ['Receiver', 'What', 'State', 'Made', 'Tries', 'Last error'], rows)}</section>`;
}
