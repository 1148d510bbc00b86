import { type Html, html } from './html.ts';
import type { MoneyLine, MoneyView } from './money-view.ts';

/** The words for a state, and the verdict that it looks like. */
const STATES = {
  owed: { word: 'owed', looks: 'breached' },
  possible: { word: 'possible', looks: 'inconclusive' },
  nothing: { word: 'none owed', looks: 'met' },
} as const satisfies Record<MoneyView['state'], object>;

/** Credit, reward and net of a contract for one period, and how each term comes to its amount. */
export function renderMoney(money: MoneyView): Html {
  const { customer, contract, periodName, isRunning, state, currency, credit, reward, net, lines } = money;
  const when = isRunning ? `${periodName}, if nothing more goes wrong` : periodName;
  return html`<article class="objective" id="money-${customer}-${contract}-${periodName}">
<div class="subject"><h4>Money</h4><p class="quiet">${when}</p></div>
<p class="badge ${STATES[state].looks}">${STATES[state].word}</p>
<dl>
<div><dt>Credit owed</dt><dd class="figure">${currency} ${credit}</dd></div>
<div><dt>Reward earned</dt><dd class="figure">${currency} ${reward}</dd></div>
<div><dt>Net</dt><dd class="figure">${currency} ${net}</dd></div>
</dl>
<details id="money-terms-${customer}-${contract}-${periodName}"><summary>${lines.length === 1 ? '1 term' : `${lines.length} terms`}</summary>
<ol>${lines.map(renderLine)}</ol></details>
</article>`;
}

function renderLine({ objective, terms, amount, right, open }: MoneyLine): Html {
  return html`<li>${objective}: ${terms} <strong>${amount}</strong>
${right !== null && html`<span>${right}</span>`}
${open.length > 0 && html`<span class="quiet">not known yet: ${open.join(', ')}</span>`}</li>`;
}
