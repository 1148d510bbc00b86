import { formatLatency, formatPercent, formatSpan, formatUtc, NO_DATA } from './format.ts';
import { type Html, html } from './html.ts';
import { type CheckView, type LastObservation, latencyRange, type PageModel, type StripCell } from './page-model.ts';
import { describeTotals, renderStrip, stripSharePpb, stripTotals, untilNow } from './strip.ts';

/** The worst first: what needs a person must not be found by scrolling. */
const ORDER: Readonly<Record<CheckView['state'], number>> = { down: 0, unknown: 1, up: 2 };

/** Every check: how it is, how its last 24 hours were, who saw it. */
export function renderChecks(model: PageModel): Html {
  const checks = model.checks.toSorted((a, b) => ORDER[a.state] - ORDER[b.state]);
  return html`<section id="checks" aria-labelledby="checks-title">
<h2 id="checks-title">Checks <span class="quiet">last 24 hours</span></h2>
${checks.length === 0 ? NO_CHECKS : checks.map((check) => renderCheck(check, model.nowMs))}
</section>`;
}

const NO_CHECKS = html`<p class="empty">No checks yet. Measure something: add a check under <code>checks:</code> in the
configuration, name the agents that run it under <code>from:</code>, and reload.</p>`;

function renderCheck(view: CheckView, nowMs: number): Html {
  const check = { ...view, strip: untilNow(view.strip, nowMs) };
  return html`<article class="check" id="check-${check.id}">
<div class="subject"><h3>${check.id} <span class="quiet">${check.probe}</span></h3>
<p class="badge ${check.state}">${check.state}</p>
<p class="quiet">${describeState(check, nowMs)}</p>
<ul class="seen">${check.agents.map((seen) => renderSeen(seen, nowMs))}</ul></div>
<div class="day">${renderDay(check.strip, nowMs)}${renderLatency(check)}</div>
</article>`;
}

function describeState({ state, reason, sinceMs }: CheckView, nowMs: number): Html {
  if (sinceMs === null) return html`no agent has reported it yet`;
  const why = reason === null ? null : html`<code>${reason}</code> `;
  const since = formatUtc(sinceMs, nowMs);
  return state === 'up' ? html`since ${since}` : html`${why}for ${formatSpan(nowMs - sinceMs)}, since ${since}`;
}

function renderSeen({ agent, location, outcome, reason, atMs, totalMicros }: LastObservation, nowMs: number): Html {
  const latency = totalMicros === null ? null : html` <b>${formatLatency(totalMicros)}</b>`;
  const place = agent === location ? agent : `${agent} (${location})`;
  return html`<li><span class="outcome ${outcome}">${outcome}</span>${latency} from ${place} at ${formatUtc(atMs, nowMs)}${reason !== null && html` <code>${reason}</code>`}</li>`;
}

function renderDay(cells: readonly StripCell[], nowMs: number): Html {
  const strip = renderStrip(cells, nowMs);
  const first = cells[0];
  const last = cells.at(-1);
  if (strip === null || first === undefined || last === undefined) {
    return html`<p class="empty">No observations in the last 24 hours: its time is unknown, neither up nor down.</p>`;
  }
  const totals = stripTotals(cells);
  const share = formatPercent(stripSharePpb(totals));
  return html`<p class="totals"><b>${share}</b>${share !== NO_DATA && ' of measured time up'} <span class="quiet">${describeTotals(totals)}</span></p>
<div class="plot">${strip}<p class="ends quiet" aria-hidden="true"><span>${formatUtc(first.fromMs, nowMs)}</span><span>${formatUtc(last.toMs, nowMs)}</span></p></div>`;
}

/** The chart covers the same time as the strip above it. */
function renderLatency({ id, latency, strip }: CheckView): Html {
  const range = latencyRange(latency);
  if (range === null) return html`<p class="latency quiet">Latency: ${NO_DATA}</p>`;
  const text = `${formatLatency(range.minMicros)} to ${formatLatency(range.maxMicros)}`;
  return html`<p class="latency quiet">Latency ${text}</p>
<div class="chart" id="chart-${id}" data-own role="img" aria-label="Latency of ${id} over the last 24 hours: ${text}" data-series="/checks/${encodeURIComponent(id)}/latency.json" data-from-ms="${strip[0]?.fromMs ?? null}" data-to-ms="${strip.at(-1)?.toMs ?? null}"></div>`;
}
