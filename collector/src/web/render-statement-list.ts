import { type Html, html } from './html.ts';
import { bandText } from './render-statement-money.ts';
import { renderTable } from './render-table.ts';
import type { StatementView } from './statement-view.ts';

/** What was frozen of a contract: the newest periods, each by its newest revision. */
export interface StatementList {
  /** Newest first. */
  readonly newest: readonly StatementView[];
  /** How many older periods there are. */
  readonly older: number;
}

/** The statements of a contract, each with its verdicts, credit and state. */
export function renderStatements(contract: string, { newest, older }: StatementList): Html {
  const rows = newest.map(({ state, statement: { period, revision, figures } }) => [
    html`<a href="/contracts/${contract}/statements/${period.name}">${period.name}</a>`,
    verdicts(figures.objectives.map(({ verdict }) => verdict)),
    credits(figures.settlements),
    html`${state}${revision > 1 && html` <span class="quiet">revision ${revision}</span>`}`,
  ]);
  return html`<section id="statements" aria-labelledby="statements-title"><h2 id="statements-title">Statements</h2>
${newest.length === 0 && html`<p class="empty">None yet: the figures of a period are frozen after its end.</p>`}
${renderTable('Figures that were frozen after a period', ['Period', 'Verdicts', 'Credit', 'State'], rows)}
${older > 0 && html`<p class="quiet">and ${older} earlier in <a href="/api/v1/contracts/${contract}/statements">the API</a></p>`}
</section>`;
}

function verdicts(all: readonly string[]): Html[] {
  const groups = [...Map.groupBy(all, (verdict) => verdict)].toSorted(([a], [b]) => a.localeCompare(b));
  return groups.map(([verdict, { length }]) => html`<span class="badge ${verdict}">${length} ${verdict}</span> `);
}

function credits(settlements: StatementView['statement']['figures']['settlements']): string {
  if (settlements.length === 0) return 'no fee agreed';
  return settlements.map(({ currency, credit }) => `${currency} ${bandText(credit)}`).join(', ');
}
