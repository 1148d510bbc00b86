import { formatUtc } from './format.ts';
import { type Html, type HtmlPart, html } from './html.ts';
import type { PageModel } from './page-model.ts';
import { AGENT_STATES, renderAgents } from './render-agents.ts';
import { renderChecks } from './render-checks.ts';
import { type ContractPage, contractBody } from './render-contract.ts';
import { renderObjectives, STANDINGS } from './render-objectives.ts';
import type { Section, SectionView } from './section.ts';
import { siteHeader } from './site-header.ts';

/** Folder of the assets in the page's addresses: it carries their digest, so a new version is never mixed with an old. */
export interface AssetFolder {
  readonly path: string;
}

/** The whole page at `/`. */
export function renderPage(model: PageModel, assets: AssetFolder): string {
  return renderDocument({
    title: documentTitle(model),
    heading: model.title,
    path: '/',
    assets,
    script: html`<script defer src="${assets.path}/uplot.js"></script>
<script type="module" src="${assets.path}/nines.js"></script>`,
    main: fragment(model, assets),
    footer: FOOTER,
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
    heading: view.title,
    path: section.path,
    assets,
    script: html`<script type="module" src="${assets.path}/nines.js"></script>`,
    main: sectionFragment(section, view, assets),
    footer: FOOTER,
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
    heading: html`${page.id} <span class="quiet">${page.customerName}</span>`,
    path: `/contracts/${page.id}`,
    assets,
    script: null,
    main: contractBody(page),
    footer: FOOTER,
  });
}

/** What stands at an address where nothing is; `why` when more is known of that. */
export function renderNotFound(path: string, assets: AssetFolder, why: string | null = null): string {
  return renderDocument({
    title: 'Not found · Nines',
    heading: 'Not found',
    path,
    assets,
    script: null,
    main: html`<section><h2>Nothing here</h2><p class="empty">There is no page at <code>${path}</code>${why !== null && html`: ${why}`}. All
figures are on <a href="/">the overview</a>.</p></section>`,
    footer: null,
  });
}

export interface DocumentParts {
  /** Of the tab. */
  readonly title: string;
  /** Of the page, beside the product's name. */
  readonly heading: HtmlPart;
  /** The page's own address. */
  readonly path: string;
  readonly assets: AssetFolder;
  /** `null` for a page that stays as it is; the others have their figures in `#figures`. */
  readonly script: Html | null;
  readonly main: Html;
  readonly footer: Html | null;
}

/** A page around what it shows: head, stylesheets, the pattern of unknown time, and the way to the other pages. */
export function renderDocument({ title, heading, path, assets, script, main, footer }: DocumentParts): string {
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
${script !== null && html`<a class="skip" href="#figures">Skip to the figures</a>`}
${siteHeader(heading, path)}
<p id="announcement" class="hidden" role="status"></p>
<main>${main}</main>
${footer}
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
<div><dt>coverage</dt><dd>The share of the time (or of the runs) that was measured. Unknown is neither up nor down. Where it is less than half, what is possible
stands in the place of the attainment.</dd></div></dl>
<p class="quiet">Percentages are truncated, never rounded up. In the strips a low band is up, a hatched one unknown, a tall block down.</p>
<p class="quiet scriptless">Without JavaScript the figures are those of the moment this page was loaded, and charts are left out.</p>
</footer>`;
