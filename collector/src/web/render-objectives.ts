import type { Incident } from '../sla/attainment.ts';
import {
  decimalsBeside,
  formatAmount,
  formatBounds,
  formatPercent,
  formatSpan,
  formatTarget,
  formatZoned,
  isThin,
  NO_DATA,
} from './format.ts';
import { type Html, html } from './html.ts';
import type { MoneyView } from './money-view.ts';
import type { ObjectiveView, PageModel, Standing } from './page-model.ts';
import { renderMoney } from './render-money.ts';

/** The words for a standing, as text and as the explanation behind it. */
export const STANDINGS: Readonly<Record<Standing, { readonly word: string; readonly meaning: string }>> = {
  met: { word: 'met', meaning: 'The promise is kept, whatever the unmeasured time was like.' },
  breached: { word: 'breached', meaning: 'The promise is broken, whatever the unmeasured time was like.' },
  inconclusive: {
    word: 'inconclusive',
    meaning: 'Too much was not measured: it could still be either way, so neither is claimed.',
  },
  'on-track': {
    word: 'on track',
    meaning: 'No verdict yet: the period still runs, and the budget left covers even what was not measured so far.',
  },
};

const MAX_INCIDENTS = 20;

/** Every objective, under its customer and contract. */
export function renderObjectives(model: PageModel): Html {
  return html`<section id="objectives" aria-labelledby="objectives-title">
<h2 id="objectives-title">Objectives</h2>
${model.objectives.length === 0 ? NO_OBJECTIVES : groupByContract(model.objectives).map((own) => renderContract(own, model.money))}
</section>`;
}

const NO_OBJECTIVES = html`<p class="empty">No objectives yet. Promise something: add a contract with an objective under
<code>contracts:</code> in the configuration and reload. Checks are measured meanwhile.</p>`;

function groupByContract(objectives: readonly ObjectiveView[]): readonly (readonly ObjectiveView[])[] {
  return [...Map.groupBy(objectives, ({ customer, contract }) => `${customer}/${contract}`).values()];
}

/** One contract's objectives and what it owes; `null` when it has none. */
export function renderContract(objectives: readonly ObjectiveView[], money: readonly MoneyView[]): Html | null {
  const first = objectives[0];
  if (first === undefined) return null;
  return html`<section class="contract" id="contract-${first.customer}-${first.contract}">
<h3>${first.customerName} <span class="quiet">contract</span> <a href="/contracts/${first.contract}">${first.contract}</a></h3>
${objectives.map((objective) => renderObjective(objective))}
${money.filter(({ customer, contract }) => customer === first.customer && contract === first.contract).map(renderMoney)}
</section>`;
}

/** One promise; `more` are entries beside its own figures. */
export function renderObjective(objective: ObjectiveView, more: readonly Html[] = []): Html {
  const { contract, id, standing } = objective;
  const { word, meaning } = STANDINGS[standing];
  return html`<article class="objective" id="objective-${contract}-${id}">
<div class="subject"><h4>${id}</h4><p class="quiet">${objective.promise}</p></div>
<p class="badge ${standing}" title="${meaning}">${word}</p>
<dl>
${renderAttainment(objective)}
${renderBudget(objective)}
<div><dt>Coverage</dt><dd class="figure">${formatPercent(objective.coveragePpb)}</dd><dd class="quiet">${describeUnknown(objective)}</dd></div>
<div><dt>Period</dt><dd class="figure">${objective.periodName}</dd><dd class="quiet">${describePeriod(objective)}</dd></div>
${more}
</dl>
${objective.caveats.map((caveat) => html`<p class="caveat quiet">${caveat}</p>`)}
${renderIncidents(objective)}
</article>`;
}

function renderAttainment({ targetPpb, attainmentPpb, lowPpb, highPpb, coveragePpb }: ObjectiveView): Html {
  const decimals = decimalsBeside(targetPpb);
  const bounds = formatBounds(lowPpb, highPpb, decimals);
  if (bounds !== null && isThin(coveragePpb)) {
    return html`<div><dt>Attainment</dt><dd class="figure thin" title="All unmeasured time counted as bad, and as good">${bounds}</dd>
<dd class="quiet">target ${formatTarget(targetPpb)}</dd>
<dd class="quiet">${formatPercent(attainmentPpb, decimals)} of the little that was measured</dd></div>`;
  }
  return html`<div><dt>Attainment</dt><dd class="figure">${formatPercent(attainmentPpb, decimals)}</dd>
<dd class="quiet">target ${formatTarget(targetPpb)}</dd>
${bounds !== null && html`<dd class="quiet" title="All unmeasured time counted as bad, and as good">possible <span class="bounds">${bounds}</span></dd>`}</div>`;
}

function renderBudget({ budget, unit, attainmentPpb, coveragePpb }: ObjectiveView): Html {
  if (attainmentPpb === null) {
    // A full bar would look as if all were well, when nobody was measuring.
    return html`<div class="budget"><dt>Error budget</dt><dd class="figure">${NO_DATA}</dd>
<dd class="quiet">${formatAmount(budget.total, unit)} allowed</dd></div>`;
  }
  // What is overspent is so whatever the rest was like; what is left may be gone already.
  const isDoubtful = isThin(coveragePpb) && budget.left >= 0;
  const left = describeLeft(budget.left, unit);
  return html`<div class="budget"><dt>Error budget</dt><dd class="figure">${isDoubtful ? `at most ${left}` : left}</dd>
<dd>${renderBar(budget, isDoubtful)}</dd>
<dd class="quiet">${describeUsed(budget, unit)}</dd></div>`;
}

function describeLeft(left: number, unit: ObjectiveView['unit']): string {
  return left < 0 ? `overspent by ${formatAmount(left, unit)}` : `${formatAmount(left, unit)} left`;
}

function describeUsed({ used, total }: ObjectiveView['budget'], unit: ObjectiveView['unit']): string {
  return total === 0
    ? `${formatAmount(used, unit)} used, none allowed`
    : `${formatAmount(used, unit)} used of ${formatAmount(total, unit)}`;
}

/** How much of the budget is left, drawn; the words beside it say the same. */
function renderBar({ total, left }: ObjectiveView['budget'], isDoubtful: boolean): Html {
  const share = total > 0 ? Math.min(1, Math.max(0, left / total)) : 0;
  const level = left < 0 ? 'spent' : isDoubtful ? 'doubtful' : share < 0.25 ? 'low' : 'ample';
  return html`<svg class="bar ${level}" aria-hidden="true" width="100%" height="6"><rect class="track" width="100%" height="6" rx="3"/><rect class="fill" width="${Math.floor(share * 1_000) / 10}%" height="6" rx="3"/></svg>`;
}

function describeUnknown({ unknown, unit, coveragePpb }: ObjectiveView): string {
  if (coveragePpb === null) return 'nothing was due yet';
  return unknown === 0 ? 'nothing unknown' : `${formatAmount(unknown, unit)} unknown`;
}

function describePeriod({ isRunning, toMs, periodToMs, timeZone, periodName }: ObjectiveView): string {
  if (isRunning) return `${timeZone}, ends in ${formatSpan(periodToMs - toMs)}`;
  return periodName.startsWith('rolling') ? timeZone : `${timeZone}, ended`;
}

function renderIncidents({ contract, id, incidents, toMs, timeZone }: ObjectiveView): Html | null {
  if (incidents.length === 0) return null;
  const shown = incidents.slice(0, MAX_INCIDENTS);
  const hidden = incidents.length - shown.length;
  return html`<details id="incidents-${contract}-${id}">
<summary>${incidents.length === 1 ? '1 incident' : `${incidents.length} incidents`}</summary>
<ol>${shown.map((incident) => renderIncident(incident, toMs, timeZone))}</ol>
${hidden > 0 && html`<p class="quiet">and ${hidden} earlier</p>`}
</details>`;
}

function renderIncident({ fromMs, toMs, checks, reasons }: Incident, judgedToMs: number, timeZone: string): Html {
  const length = formatSpan((toMs ?? judgedToMs) - fromMs);
  const cause = reasons.length === 0 ? 'cause unknown' : reasons.join(', ');
  return html`<li><time datetime="${new Date(fromMs).toISOString()}">${formatZoned(fromMs, timeZone)}</time>
<strong>${toMs === null ? `ongoing for ${length}` : length}</strong> <span>${checks.join(', ')}</span> <code>${cause}</code></li>`;
}
