import { formatZoned } from './format.ts';
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
  const rows = newest.map(({ state, statement: { period, revision, figures }, statement }) => [
    html`<a href="/contracts/${contract}/statements/${period.name}">${period.name}</a>${partText(statement, newest)}`,
    verdicts(figures.objectives.map(({ verdict }) => verdict)),
    credits(figures.settlements),
    html`${state}${revision > 1 && html` <span class="quiet">revision ${revision}</span>`}`,
  ]);
  return html`<section id="statements" aria-labelledby="statements-title"><h2 id="statements-title">Statements</h2>
${
  newest.length === 0 &&
  html`<p class="empty">None yet: the figures of a period are frozen after its end. None is made of
periods before the contract began, or of which nothing was known.</p>`
}
${renderTable('Figures that were frozen after a period', ['Period', 'Verdicts', 'Credit', 'State'], rows)}
${older > 0 && html`<p class="quiet">and ${older} earlier in <a href="/api/v1/contracts/${contract}/statements">the API</a></p>`}
</section>`;
}

/** Which part of a period it is, when a version of the contract took over in the middle of it. */
function partText({ contract, period }: StatementView['statement'], all: readonly StatementView[]): Html | null {
  const parts = all
    .map(({ statement }) => statement.period)
    .filter(({ name }) => calendarName(name) === calendarName(period.name))
    .toSorted((a, b) => a.from_ms - b.from_ms);
  const part = parts.findIndex(({ name }) => name === period.name) + 1;
  if (parts.length < 2) return null;
  const minute = (atMs: number) => formatZoned(atMs, period.time_zone).slice(0, 16);
  const time = `${minute(period.from_ms)} to ${minute(period.to_ms)}`;
  return html`<br><span class="quiet">part ${part} of ${parts.length}: version ${contract.version}, ${time}</span>`;
}

/** A later part is called `2026-10-v2`. */
function calendarName(name: string): string {
  return name.replace(/-v\d+$/, '');
}

function verdicts(all: readonly string[]): Html[] {
  const groups = [...Map.groupBy(all, (verdict) => verdict)].toSorted(([a], [b]) => a.localeCompare(b));
  return groups.map(([verdict, { length }]) => html`<span class="badge ${verdict}">${length} ${verdict}</span> `);
}

function credits(settlements: StatementView['statement']['figures']['settlements']): string {
  if (settlements.length === 0) return 'no fee agreed';
  return settlements.map(({ currency, credit }) => `${currency} ${bandText(credit)}`).join(', ');
}
