import { type Html, type HtmlPart, html } from './html.ts';

/** A table whose caption says what it lists and whose first column names each row; `null` without rows. */
export function renderTable(
  caption: string,
  columns: readonly string[],
  rows: readonly (readonly HtmlPart[])[],
): Html | null {
  if (rows.length === 0) return null;
  return html`<table><caption>${caption}</caption>
<thead><tr>${columns.map((column) => html`<th scope="col">${column}</th>`)}</tr></thead>
<tbody>${rows.map(
    ([first = '', ...others]) =>
      html`<tr><th scope="row">${first}</th>${others.map((cell) => html`<td>${cell}</td>`)}</tr>`,
  )}</tbody></table>`;
}
