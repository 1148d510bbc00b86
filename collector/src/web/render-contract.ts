import type { ContractDocument } from '../http/contract-document.ts';
import { type Html, html } from './html.ts';
import type { MoneyView } from './money-view.ts';
import type { ObjectiveView } from './page-model.ts';
import { renderContract } from './render-objectives.ts';
import { renderStatements, type StatementList } from './render-statement-list.ts';

/** What the page of one contract shows. */
export interface ContractPage {
  readonly id: string;
  readonly customerName: string;
  /** The version that binds now; `null` when none does. */
  readonly inForce: number | null;
  /** Newest first. */
  readonly versions: readonly ContractDocument[];
  /** How the objectives of the version in force stand. */
  readonly objectives: readonly ObjectiveView[];
  readonly money: readonly MoneyView[];
  readonly statements: StatementList;
}

/** The page of one contract: how it stands, and what each version says, newest first. */
export function contractBody({ id, inForce, versions, objectives, money, statements }: ContractPage): Html {
  return html`<section id="objectives" aria-labelledby="objectives-title">
<h2 id="objectives-title">How it stands</h2>
${objectives.length === 0 ? html`<p class="empty">No version of this contract is in force.</p>` : null}
${renderContract(objectives, money)}
</section>
${renderStatements(id, statements)}
${versions.map((version) => renderVersion(version, inForce))}`;
}

function renderVersion(version: ContractDocument, inForce: number | null): Html {
  const id = `version-${version.version}`;
  const state = version.draft ? 'draft' : version.version === inForce ? 'in force' : '';
  return html`<section class="version" id="${id}" aria-labelledby="${id}-title">
<h2 id="${id}-title">Version ${version.version}${state === '' ? null : html` <span class="quiet">${state}</span>`}</h2>
<ol class="promises">${version.objectives.map(({ id: objective, service, sentence }) => {
    return html`<li><p>${sentence}</p><p class="quiet">${objective}${service === null ? null : ` · ${service}`}</p></li>`;
  })}</ol>
<dl class="terms">${version.terms.map(({ term, text }) => html`<div><dt>${term}</dt><dd>${text}</dd></div>`)}
<div><dt>Digest</dt><dd><code>${version.digest}</code></dd></div></dl>
</section>`;
}
