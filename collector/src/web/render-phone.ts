import type { CallTally } from '../phone/call-tally.ts';
import { formatCount, formatPercent, formatSpan, formatUtc, NO_DATA } from './format.ts';
import { type Html, type HtmlPart, html } from './html.ts';
import type { PhoneDayView, PhonePromiseView, PhoneQueueView, PhoneSourceView, PhoneView } from './phone-view.ts';
import { renderObjective } from './render-objectives.ts';
import { renderTable } from './render-table.ts';
import type { SectionView } from './section.ts';

/** The page about telephone support: who waits now, what was promised, and what became of the calls. */
export function renderPhone(view: PhoneView): SectionView {
  const waiting = view.queues.reduce((sum, { live }) => sum + (live?.waiting ?? 0), 0);
  return {
    title: 'Telephone support',
    nowMs: view.nowMs,
    news: `${waiting} waiting.`,
    body: html`${renderQueues(view)}
${renderSources(view)}
${renderPromises(view.promises)}
${renderDays(view)}`,
  };
}

function renderQueues({ queues }: PhoneView): Html {
  const columns = ['Queue', 'Waiting now', 'Longest wait', 'Talking', ...TALLY_COLUMNS];
  return html`<section id="phone-queues" aria-labelledby="phone-queues-title">
<h2 id="phone-queues-title">Queues</h2>
${queues.length === 0 ? NO_CALLS : wide('Queues now and today', renderTable('Now, and the calls that came today', columns, queues.map(queueRow)))}
</section>`;
}

const NO_CALLS = html`<p class="empty">No calls yet. Let an agent follow your telephone system: a check of the type
<code>asterisk_queue_log</code>, <code>asterisk_ami</code>, <code>freeswitch</code> or <code>phone_http</code>; or import what
it exports with <code>nines-collector import calls</code>.</p>`;

function queueRow({ tally, live }: PhoneQueueView): HtmlPart[] {
  const now = [
    count('waiting', live?.waiting ?? null),
    waitOf(live?.waiting ?? null, live?.longestWaitMs ?? null),
    count('talking', live?.talking ?? null),
  ];
  return [tally.queue, ...now, ...tallyCells(tally)];
}

function waitOf(waiting: number | null, longestWaitMs: number | null): HtmlPart {
  if (waiting === 0) return 'nobody waits';
  const known = waiting === null || longestWaitMs === null ? null : longestWaitMs - (longestWaitMs % 1_000);
  return named('longest wait', known === null ? NO_DATA : formatSpan(known));
}

function count(what: string, value: number | null): HtmlPart {
  return named(what, value === null ? NO_DATA : formatCount(value));
}

const TALLY_COLUMNS = [
  'Offered',
  'Answered',
  'Gave up',
  'Refused',
  'Other',
  'Unknown',
  'Speed of answer',
  'Talk',
  'Longest',
];

function tallyCells(tally: CallTally): HtmlPart[] {
  return [
    count('offered', tally.offered),
    count('answered', tally.answered),
    count('gave up', tally.abandoned),
    count('refused', tally.refused),
    count('other', tally.other),
    count('unknown', tally.unknown),
    named('to answer', seconds(tally.meanWaitS)),
    named('talk', seconds(tally.meanTalkS)),
    named('longest wait', seconds(tally.longestWaitS)),
  ];
}

/** A number that says what it is where a narrow screen has no headings. */
function named(what: string, figure: string): Html {
  return html`${figure}<span class="unit"> ${what}</span>`;
}

function seconds(lengthS: number | null): string {
  return lengthS === null ? NO_DATA : formatSpan(lengthS * 1_000);
}

function renderSources({ sources, nowMs }: PhoneView): Html | null {
  if (sources.length === 0) return null;
  const columns = ['Check', 'Queues', 'Waiting', 'Longest wait', 'Logged in', 'Available', 'Paused', 'As of'];
  const rows = sources.map((source) => sourceRow(source, nowMs));
  return html`<section id="phone-sources" aria-labelledby="phone-sources-title">
<h2 id="phone-sources-title">Who is there</h2>
${wide('Telephone systems now', renderTable('As the telephone systems said last', columns, rows))}
</section>`;
}

function sourceRow(source: PhoneSourceView, nowMs: number): HtmlPart[] {
  return [
    html`${source.check} <span class="quiet">${source.agent}</span>`,
    source.queues === null ? 'all' : source.queues.join(', '),
    count('waiting', source.waiting),
    waitOf(source.waiting, source.longestWaitMs),
    count('logged in', source.loggedIn),
    count('available', source.available),
    count('paused', source.paused),
    source.atMs === null
      ? 'never'
      : html`${formatUtc(source.atMs, nowMs)}${source.isCurrent ? null : ', silent since'}`,
  ];
}

function renderPromises(promises: readonly PhonePromiseView[]): Html {
  const contracts = [...Map.groupBy(promises, ({ objective }) => objective.contract).values()];
  return html`<section id="phone-promises" aria-labelledby="phone-promises-title">
<h2 id="phone-promises-title">Promises</h2>
${contracts.length === 0 ? NO_PROMISES : contracts.map(renderContractPromises)}
</section>`;
}

const NO_PROMISES = html`<p class="empty">No promise about calls yet. Add an objective with <code>phone_service_level</code>,
<code>phone_abandonment</code> or <code>phone_answer_speed</code> to a contract.</p>`;

function renderContractPromises(promises: readonly PhonePromiseView[]): Html | null {
  const first = promises[0]?.objective;
  if (first === undefined) return null;
  return html`<section class="contract">
<h3>${first.customerName} <span class="quiet">contract</span> <a href="/contracts/${first.contract}">${first.contract}</a></h3>
${promises.map(renderPromise)}
</section>`;
}

function renderPromise({ objective, recentPpb }: PhonePromiseView): Html {
  const recent = html`<div><dt>Last 30 minutes</dt><dd class="figure">${formatPercent(recentPpb)}</dd><dd class="quiet">of the calls that came then</dd></div>`;
  return renderObjective(objective, [recent]);
}

function renderDays({ days, dailyPromises, timeZone }: PhoneView): Html {
  const columns = ['Day', ...TALLY_COLUMNS, ...dailyPromises];
  const caption = `Days in ${timeZone}, by when the call came; whole seconds, truncated`;
  const rows = days.map((day) => dayRow(day, dailyPromises));
  return html`<section id="phone-days" aria-labelledby="phone-days-title">
<h2 id="phone-days-title">By day</h2>
${wide('Calls by day', renderTable(caption, columns, rows))}
</section>`;
}

function dayRow({ date, tally, shares }: PhoneDayView, promises: readonly string[]): HtmlPart[] {
  const cells = shares.map((share, index) => named(promises[index] ?? '', formatPercent(share)));
  return [date, ...tallyCells(tally), ...cells];
}

/** A table that is wider than some screens: it scrolls by itself, and not the page. */
function wide(label: string, table: Html | null): Html {
  return html`<div class="wide" tabindex="0" role="region" aria-label="${label}">${table}</div>`;
}
