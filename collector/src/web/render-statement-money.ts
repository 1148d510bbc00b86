import { type Html, html } from './html.ts';
import { renderTable } from './render-table.ts';
import type { SettlementView } from './statement-view.ts';

/** What a contract owes for a period, with every step of the arithmetic of each term. */
export function renderSettlement(settlement: SettlementView): Html {
  const { currency, fee, credit, reward, net, credits, rewards, steps } = settlement;
  const money = (amount: string) => `${currency} ${amount}`;
  return html`<section><h2>What is owed</h2>
<article><dl class="sums"><div><dt>Fee</dt><dd class="figure">${money(fee)}</dd></div>
<div><dt>Credit</dt><dd class="figure">${money(bandText(credit))}</dd></div>
<div><dt>Reward</dt><dd class="figure">${money(bandText(reward))}</dd></div>
<div><dt>Net</dt><dd class="figure">${money(bandText(net))}</dd></div></dl>
${[...credits, ...rewards].map((line) => {
  const notes = [...(line.right === null ? [] : [line.right]), ...line.open.map((text) => `not known yet: ${text}`)];
  return html`${renderSteps(`${line.objective}: ${line.terms}: ${money(bandText(line))}`, line.steps)}
${notes.length > 0 && html`<p class="quiet">${notes.join('; ')}</p>`}`;
})}
${renderSteps('Altogether', steps)}</article></section>`;
}

/** `49.90`, or `0.00 to 49.90` while it is not certain. */
export function bandText({ low, high }: { readonly low: string; readonly high: string }): string {
  return low === high ? low : `${low} to ${high}`;
}

function renderSteps(title: string, { high }: SettlementView['steps']): Html | null {
  return renderTable(
    title,
    ['Step', 'Figure'],
    high.map(({ rule, figure }) => [rule, figure]),
  );
}
