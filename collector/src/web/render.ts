import { formatUtc } from './format.ts';
import { type Html, html } from './html.ts';
import type { PageModel } from './page-model.ts';
import { AGENT_STATES, renderAgents } from './render-agents.ts';
import { renderChecks } from './render-checks.ts';
import { type ContractPage, contractBody } from './render-contract.ts';
import { renderObjectives, STANDINGS } from './render-objectives.ts';
import type { Section, SectionView } from './section.ts';
import { SECTIONS } from './sections.ts';

/** Folder of the assets in the page's addresses: it carries their digest, so a new version is never mixed with an old. */
export interface AssetFolder {
  readonly path: string;
}

/** The whole page at `/`. */
export function renderPage(model: PageModel, assets: AssetFolder): string {
  return renderDocument({
    title: documentTitle(model),
    assets,
    script: html`<script defer src="${assets.path}/uplot.js"></script>
<script type="module" src="${assets.path}/nines.js"></script>`,
    body: html`<a class="skip" href="#figures">Skip to the figures</a>
<header><h1><span class="brand">Nines</span> ${model.title}</h1>
<nav aria-label="Pages"><a href="/alerts">Alerts</a>${SECTIONS.map(({ path, name }) => html` <a href="${path}">${name}</a>`)}</nav>
<p id="connection" role="status"></p></header>
<p id="announcement" class="hidden" role="status"></p>
<main>${fragment(model, assets)}</main>
${FOOTER}`,
  });
}

/** The part of the page that changes, for the live refresh. */
export function renderFragment(model: PageModel, assets: AssetFolder): string {
  return fragment(model, assets).toString();
}

/** A page about one part of the house. */
export function renderSectionPage(section: Section, view: SectionView, assets: AssetFolder): string {
  return renderDocument({
    title: `${view.title} · Nines`,
    assets,
    script: html`<script type="module" src="${assets.path}/nines.js"></script>`,
    body: html`<a class="skip" href="#figures">Skip to the figures</a>
<header><h1><span class="brand">Nines</span> ${view.title}</h1>
<nav class="quiet" aria-label="Pages"><a href="/">Overview</a></nav>
<p id="connection" role="status"></p></header>
<p id="announcement" class="hidden" role="status"></p>
<main>${sectionFragment(section, view, assets)}</main>
${FOOTER}`,
  });
}

/** The part of it that changes. */
export function renderSectionFragment(section: Section, view: SectionView, assets: AssetFolder): string {
  return sectionFragment(section, view, assets).toString();
}

function sectionFragment({ path }: Section, { title, nowMs, news, body }: SectionView, assets: AssetFolder): Html {
  const asOf = formatUtc(nowMs, nowMs);
  return html`<div id="figures" tabindex="-1" data-title="${title} · Nines" data-as-of="${asOf}" data-news="${news}" data-assets="${assets.path}" data-fragment="${path}/fragment">
<p class="quiet as-of">Figures as of <time datetime="${new Date(nowMs).toISOString()}">${asOf}</time></p>
${body}
</div>`;
}

/** The page of one contract, at `/contracts/:id`. */
export function renderContractPage(page: ContractPage, assets: AssetFolder): string {
  return renderDocument({
    title: `${page.id} · ${page.customerName} · Nines`,
    assets,
    script: null,
    body: html`${contractBody(page)}
${FOOTER}`,
  });
}

/** What stands at an address where nothing is. */
export function renderNotFound(path: string, assets: AssetFolder): string {
  return renderDocument({
    title: 'Not found · Nines',
    assets,
    script: null,
    body: html`<header><h1><span class="brand">Nines</span></h1></header>
<main><section><h2>Nothing here</h2><p class="empty">There is no page at <code>${path}</code>. All figures are on
<a href="/">the overview</a>.</p></section></main>`,
  });
}

export interface DocumentParts {
  readonly title: string;
  readonly assets: AssetFolder;
  readonly script: Html | null;
  readonly body: Html;
}

/** A page around its body: head, stylesheets, and the pattern of unknown time. */
export function renderDocument({ title, assets, script, body }: DocumentParts): string {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title}</title>
<link rel="icon" type="image/svg+xml" href="${assets.path}/icon.svg">
<link rel="stylesheet" href="${assets.path}/uplot.css">
<link rel="stylesheet" href="${assets.path}/page.css">
<link rel="stylesheet" href="${assets.path}/figures.css">
<link rel="stylesheet" href="${assets.path}/documents.css">
<link rel="stylesheet" href="${assets.path}/subjects.css">
${script}
</head>
<body>
${HATCH}
${body}
</body>
</html>
`.toString();
}

/** The pattern of unknown time. It stands in the page: an address inside a stylesheet would point into that file. */
const HATCH = html`<svg class="hidden" aria-hidden="true" width="0" height="0"><defs><pattern id="hatch" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><rect class="hatch" width="3" height="6"/></pattern></defs></svg>`;

function fragment(model: PageModel, assets: AssetFolder): Html {
  const asOf = formatUtc(model.nowMs, model.nowMs);
  const summary = summarize(model);
  return html`<div id="figures" tabindex="-1" data-title="${documentTitle(model)}" data-as-of="${asOf}" data-news="${summary.news}" data-assets="${assets.path}">
<section id="summary" aria-label="Summary">
<p><b>Objectives</b> ${summary.objectives}</p><p><b>Checks</b> ${summary.checks}</p><p><b>Agents</b> ${summary.agents}</p>
<p class="quiet">Figures as of <time datetime="${new Date(model.nowMs).toISOString()}">${asOf}</time></p>
</section>
${renderObjectives(model)}
${renderChecks(model)}
${renderAgents(model)}
</div>`;
}

interface Summary {
  readonly objectives: string;
  readonly checks: string;
  readonly agents: string;
  /** What a person who listens to the page must hear when it changes. */
  readonly news: string;
}

function summarize({ objectives, checks, agents }: PageModel): Summary {
  const breached = objectives.filter(({ standing }) => standing === 'breached').map(({ id }) => id);
  const down = checks.filter(({ state }) => state === 'down').map(({ id }) => id);
  return {
    objectives: countWords(objectives.map(({ standing }) => STANDINGS[standing].word)),
    checks: countWords(checks.map(({ state }) => state)),
    agents: countWords(agents.map(({ state }) => AGENT_STATES[state].word)),
    news: `${down.length === 0 ? 'No check down' : `Down: ${down.join(', ')}`}. ${
      breached.length === 0 ? 'No objective breached' : `Breached: ${breached.join(', ')}`
    }.`,
  };
}

/** The gravest word first. */
const GRAVITY = ['breached', 'down', 'silent', 'clock wrong', 'isolated', 'never heard', 'inconclusive', 'unknown'];

function countWords(words: readonly string[]): string {
  if (words.length === 0) return 'none';
  const groups = [...Map.groupBy(words, (word) => word)].toSorted(([a], [b]) => gravityOf(a) - gravityOf(b));
  return groups.map(([word, all]) => `${all.length} ${word}`).join(', ');
}

function gravityOf(word: string): number {
  const place = GRAVITY.indexOf(word);
  return place === -1 ? GRAVITY.length : place;
}

function documentTitle(model: PageModel): string {
  const breached = model.objectives.filter(({ standing }) => standing === 'breached').length;
  const down = model.checks.filter(({ state }) => state === 'down').length;
  const news = [breached > 0 && `${breached} breached`, down > 0 && `${down} down`].filter((part) => part !== false);
  return [...news, model.title, 'Nines'].join(' · ');
}

export const FOOTER = html`<footer><h2>What the words mean</h2>
<dl class="words">${Object.values(STANDINGS).map(({ word, meaning }) => html`<div><dt>${word}</dt><dd>${meaning}</dd></div>`)}
<div><dt>possible</dt><dd>The attainment if all unknown time had been bad, and if all of it had been good.</dd></div>
<div><dt>coverage</dt><dd>The share of the time (or of the runs) that was measured. Unknown is neither up nor down.</dd></div></dl>
<p class="quiet">Percentages are truncated, never rounded up. In the strips a low band is up, a hatched one unknown, a tall block down.</p>
<p class="quiet scriptless">Without JavaScript the figures are those of the moment this page was loaded, and charts are left out.</p>
</footer>`;
