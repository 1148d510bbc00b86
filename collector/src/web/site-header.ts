import { type Html, type HtmlPart, html } from './html.ts';
import { SECTIONS } from './sections.ts';

const PAGES = [{ path: '/', name: 'Overview' }, { path: '/alerts', name: 'Alerts' }, ...SECTIONS];

/** The head of every page: what it is about, and the way to the others. `path` is its own. */
export function siteHeader(heading: HtmlPart, path: string): Html {
  const links = PAGES.map((page) => {
    return html`<a href="${page.path}"${page.path === path && html` aria-current="page"`}>${page.name}</a>`;
  });
  return html`<header><h1><a class="brand" href="/">Nines</a> ${heading}</h1>
<p id="connection" role="status"></p>
<nav aria-label="Pages">${links}</nav></header>`;
}
