import { formatSpan, formatZoned } from './format.ts';
import { type Html, html } from './html.ts';
import { type AssetFolder, renderDocument } from './render.ts';
import type { ExcludedView, ObjectiveFigures, SettlementView, StatementView } from './statement-view.ts';

/** A statement as a page that can be printed: every figure, what was not counted, what is owed, who signed, the digests. */
export function renderStatement(view: StatementView, assets: AssetFolder): string {
  const { statement, state } = view;
  const { contract, period, revision, figures } = statement;
  return renderDocument({
    title: `${contract.id} ${period.name} · Nines`,
    assets,
    script: null,
    body: html`<header><h1><span class="brand">Nines</span> Statement of ${contract.id} for ${period.name}</h1></header>
<main>
<section><h2>${contract.customer}, revision ${revision}: ${state}</h2>
<p>From ${period.from} to ${period.to} in ${period.time_zone}
(<time datetime="${iso(period.from_ms)}">${iso(period.from_ms)}</time> to <time datetime="${iso(period.to_ms)}">${iso(period.to_ms)}</time>).
Contract version ${contract.version}. Frozen at ${iso(statement.frozen_at_ms)} by ${statement.program}.</p>
${renderChanges(view)}
</section>
<section><h2>What was promised</h2>${figures.objectives.map((one) => renderObjective(one))}</section>
${figures.settlements.map(renderSettlement)}
${renderSignatures(view)}
<section><h2>Digests</h2>
<dl><dt>This statement (SHA-256)</dt><dd><code>${statement.digest}</code></dd>
<dt>Its figures</dt><dd><code>${statement.figures_digest}</code></dd>
<dt>What they were computed from</dt><dd><code>${statement.inputs_digest}</code></dd>
<dt>The contract</dt><dd><code>${contract.digest}</code></dd></dl></section>
</main>`,
  });
}

function renderChanges({ statement: { why, changes } }: StatementView): Html | null {
  if (changes.length === 0) return null;
  const rows = changes.map(
    ({ field, before, after }) =>
      html`<tr><th scope="row">${field}</th><td>${JSON.stringify(before)}</td><td>${JSON.stringify(after)}</td></tr>`,
  );
  return html`<h3>What is other than in the revision before, and why</h3>
<p>${why.join('; ')}</p>
<table><thead><tr><th scope="col">figure</th><th scope="col">before</th><th scope="col">now</th></tr></thead>
<tbody>${rows}</tbody></table>`;
}

function renderObjective(one: ObjectiveFigures): Html {
  const { time_zone: zone } = one.period;
  return html`<article><h3>${one.objective}: ${one.verdict}</h3>
<dl><dt>Target</dt><dd>${one.target} %</dd>
<dt>Attained</dt><dd>${one.attainment === null ? 'no data' : `${one.attainment} %`}</dd>
<dt>At least, at most</dt><dd>${one.low ?? 'no data'} % to ${one.high ?? 'no data'} %</dd>
<dt>Coverage</dt><dd>${one.coverage ?? '0'} %</dd>
<dt>Good, bad, unknown, excluded</dt><dd>${[one.good, one.bad, one.unknown, one.excluded].map((value) => amount(value, one.unit)).join(', ')}</dd>
<dt>Error budget</dt><dd>${amount(one.error_budget.used, one.unit)} used of ${amount(one.error_budget.total, one.unit)}</dd></dl>
${renderIncidents(one, zone)}
${renderExcluded('Not counted', one.exclusions.applied, zone)}
${renderExcluded('Counted all the same', one.exclusions.not_applied, zone)}
</article>`;
}

function renderIncidents({ incidents }: ObjectiveFigures, zone: string): Html | null {
  if (incidents.length === 0) return null;
  return html`<h4>Incidents</h4><ol>${incidents.map(
    ({ from_ms: fromMs, to_ms: toMs, checks, reasons }) =>
      html`<li>${formatZoned(fromMs, zone)}, ${toMs === null ? 'not over' : formatSpan(toMs - fromMs)}: ${checks.join(', ')} <code>${reasons.join(', ')}</code></li>`,
  )}</ol>`;
}

function renderExcluded(title: string, excluded: readonly ExcludedView[], zone: string): Html | null {
  if (excluded.length === 0) return null;
  return html`<h4>${title}</h4><ol>${excluded.map(
    ({ from_ms: fromMs, to_ms: toMs, kind, reason, evidence, explanation }) =>
      html`<li>${formatZoned(fromMs, zone)}, ${formatSpan(toMs - fromMs)}: ${kind}, ${reason} (${evidence})${explanation === undefined ? '' : `; ${explanation}`}</li>`,
  )}</ol>`;
}

function renderSettlement({ currency, fee, credit, reward, net, credits, rewards, steps }: SettlementView): Html {
  const lines = [...credits, ...rewards].map(
    ({ objective, terms, low, high, steps: own }) =>
      html`<li>${objective}: ${terms}: ${band({ low, high })} ${currency}
<ol>${own.high.map(({ rule, figure }) => html`<li>${rule}: ${figure}</li>`)}</ol></li>`,
  );
  return html`<section><h2>What is owed</h2>
<dl><dt>Fee</dt><dd>${fee} ${currency}</dd><dt>Credit</dt><dd>${band(credit)} ${currency}</dd>
<dt>Reward</dt><dd>${band(reward)} ${currency}</dd><dt>Net</dt><dd>${band(net)} ${currency}</dd></dl>
<ol>${lines}</ol><ol>${steps.high.map(({ rule, figure }) => html`<li>${rule}: ${figure}</li>`)}</ol></section>`;
}

function renderSignatures({ statement, signatures }: StatementView): Html {
  const until = statement.claim_until_ms;
  return html`<section><h2>Signatures</h2>
<p>${statement.approvals.length === 0 ? 'The contract asks for none.' : `To be signed by ${statement.approvals.join(', then ')}.`}
${until === null ? '' : `The customer may claim until ${iso(until)}.`}</p>
<ol>${signatures.map(
    ({ by, role, decision, comment, at }) =>
      html`<li>${decision} by ${by} (${role}) at ${at}${comment === null ? '' : `: ${comment}`}</li>`,
  )}</ol></section>`;
}

function band({ low, high }: { readonly low: string; readonly high: string }): string {
  return low === high ? low : `${low} to ${high}`;
}

function amount(value: number, unit: string): string {
  if (unit === 'ms') return value < 0 ? `−${formatSpan(value)}` : formatSpan(value);
  return `${value} ${unit}`;
}

function iso(atMs: number): string {
  return new Date(atMs).toISOString();
}
