import { formatAmount, formatSpan, formatZoned, NO_DATA } from './format.ts';
import { type Html, html } from './html.ts';
import { type AssetFolder, renderDocument } from './render.ts';
import { renderSettlement } from './render-statement-money.ts';
import { renderTable } from './render-table.ts';
import type { ExcludedView, ObjectiveFigures, StatementView } from './statement-view.ts';

/** What the page of a statement shows; the customer's name is today's. */
export interface StatementPage extends StatementView {
  readonly customerName: string;
}

/** A statement as a page that can be printed: every figure, what was not counted, what is owed, who signed, the digests. */
export function renderStatement(view: StatementPage, assets: AssetFolder): string {
  const { statement } = view;
  const { contract, period, figures } = statement;
  return renderDocument({
    title: `${contract.id} ${period.name} · Nines`,
    heading: html`Statement of ${contract.id} for ${period.name} <span class="quiet">${view.customerName}</span>`,
    path: `/contracts/${contract.id}/statements/${period.name}`,
    assets,
    script: null,
    footer: null,
    main: html`${renderAbout(view)}
${renderChanges(view)}
<section><h2>What was promised</h2>${figures.objectives.map(renderObjective)}</section>
${figures.settlements.map(renderSettlement)}
${renderSignatures(view)}
<section><h2>Digests</h2>
<dl class="terms"><div><dt>Statement</dt><dd><code>${statement.digest}</code></dd></div>
<div><dt>Figures</dt><dd><code>${statement.figures_digest}</code></dd></div>
<div><dt>Computed from</dt><dd><code>${statement.inputs_digest}</code></dd></div>
<div><dt>Contract</dt><dd><code>${contract.digest}</code></dd></div></dl>
<p class="quiet">SHA-256. The first is what is signed, and stands in the audit log.</p></section>`,
  });
}

function renderAbout({ statement, state, customerName }: StatementPage): Html {
  const { contract, period, revision } = statement;
  const earlier = `/contracts/${contract.id}/statements/${period.name}?revision=${revision - 1}`;
  return html`<section><h2>Revision ${revision}: ${state}</h2>
<dl class="terms"><div><dt>Customer</dt><dd>${customerName} (${contract.customer})</dd></div>
<div><dt>From</dt><dd>${formatZoned(period.from_ms, period.time_zone)}, ${iso(period.from_ms)}</dd></div>
<div><dt>To</dt><dd>${formatZoned(period.to_ms, period.time_zone)}, ${iso(period.to_ms)}</dd></div>
<div><dt>Time zone</dt><dd>${period.time_zone}</dd></div>
<div><dt>Contract</dt><dd><a href="/contracts/${contract.id}">${contract.id}, version ${contract.version}</a></dd></div>
<div><dt>Frozen</dt><dd>${iso(statement.frozen_at_ms)} by ${statement.program}</dd></div>
${revision > 1 && html`<div><dt>Before it</dt><dd><a href="${earlier}">revision ${revision - 1}</a></dd></div>`}</dl></section>`;
}

function renderChanges({ statement: { why, changes } }: StatementView): Html | null {
  if (changes.length === 0) return null;
  const figures = changes.filter(({ field }) => !FOLLOWS.test(field));
  const rows = figures.map(({ field, before, after }) => [field, text(before), text(after)]);
  const others = changes.length - figures.length;
  return html`<section><h2>What changed, and why</h2>
<p>${why.join('; ')}</p>
${renderTable('Figures other than in the revision before', ['Figure', 'Before', 'Now'], rows)}
${others > 0 && html`<p class="quiet">and ${others} that follow from these: steps of the arithmetic, exact fractions and digests</p>`}</section>`;
}

/** What says once more, in full, what another figure says. */
const FOLLOWS = /\.steps\.|\.shares\.|\.digest$/;

/** A figure that is new or gone has nothing on the other side. */
function text(value: unknown): string {
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? '–');
}

function renderObjective(one: ObjectiveFigures): Html {
  const { time_zone: zone } = one.period;
  const amount = (value: number) => formatAmount(value / one.scale, one.unit);
  return html`<article class="objective">
<div class="subject"><h3>${one.objective}</h3></div>
<p class="badge ${one.verdict}">${one.verdict}</p>
<dl>
<div><dt>Attainment</dt><dd class="figure">${percent(one.attainment)}</dd><dd class="quiet">target ${one.target} %</dd>
${one.low !== one.high && html`<dd class="quiet">possible ${percent(one.low)} to ${percent(one.high)}</dd>`}</div>
<div><dt>Error budget</dt><dd class="figure">${amount(one.error_budget.used)} used</dd><dd class="quiet">of ${amount(one.error_budget.total)}</dd></div>
<div><dt>Coverage</dt><dd class="figure">${percent(one.coverage)}</dd><dd class="quiet">${amount(one.unknown)} unknown</dd></div>
<div><dt>Counted</dt><dd class="quiet">good ${amount(one.good)}</dd><dd class="quiet">bad ${amount(one.bad)}</dd><dd class="quiet">excluded ${amount(one.excluded)}</dd></div>
</dl>
<div class="evidence">${renderIncidents(one, zone)}
${renderExcluded('Not counted', one.exclusions.applied, zone)}
${renderExcluded('Counted all the same', one.exclusions.not_applied, zone)}</div>
</article>`;
}

function renderIncidents({ incidents, unit }: ObjectiveFigures, zone: string): Html | null {
  const isWork = unit === 'events' || unit === 'windows';
  const rows = incidents.map(({ from_ms: fromMs, to_ms: toMs, checks, reasons }) => [
    formatZoned(fromMs, zone),
    toMs === null ? 'not over' : formatSpan(toMs - fromMs),
    checks.join(', '),
    reasons.length > 0 ? reasons.join(', ') : isWork ? 'not over' : 'cause unknown',
  ]);
  return isWork
    ? renderTable('Missed', ['From', 'Length', 'What', 'Outcome'], rows)
    : renderTable('Incidents', ['From', 'Length', 'Checks', 'Cause'], rows);
}

function renderExcluded(title: string, excluded: readonly ExcludedView[], zone: string): Html | null {
  const rows = excluded.map(({ from_ms: fromMs, to_ms: toMs, kind, reason, evidence, explanation }) => [
    formatZoned(fromMs, zone),
    formatSpan(toMs - fromMs),
    `${kind}: ${reason}`,
    explanation === undefined ? evidence : `${evidence}; ${explanation}`,
  ]);
  return renderTable(title, ['From', 'Length', 'Ground', 'Evidence'], rows);
}

function renderSignatures({ statement, signatures }: StatementView): Html {
  const { approvals, claim_until_ms: until } = statement;
  const rows = signatures.map(({ by, role, decision, comment, at }) => [
    decision,
    `${by} (${role})`,
    at,
    comment ?? '',
  ]);
  return html`<section><h2>Signatures</h2>
<p>${approvals.length === 0 ? 'The contract asks for none.' : `To be signed by ${approvals.join(', then ')}.`}
${until === null ? '' : `The customer may claim until ${iso(until)}.`}</p>
${renderTable('What was said of this revision', ['Decision', 'By', 'At', 'Comment'], rows)}</section>`;
}

function percent(share: string | null): string {
  return share === null ? NO_DATA : `${share} %`;
}

function iso(atMs: number): string {
  return `${new Date(atMs).toISOString().slice(0, 19)}Z`;
}
