import { formatBytes, formatCount, formatSpan, formatUtc, NO_DATA } from './format.ts';
import { type Html, html } from './html.ts';
import type { AgentState, AgentView, PageModel } from './page-model.ts';

/** The words for an agent's state, as text and as the explanation behind it. */
export const AGENT_STATES: Readonly<Record<AgentState, { readonly word: string; readonly meaning: string }>> = {
  reporting: { word: 'reporting', meaning: 'Delivers on time.' },
  isolated: {
    word: 'isolated',
    meaning: 'Cut off from its own network: what it cannot reach is unknown, not down.',
  },
  'clock-skew': { word: 'clock wrong', meaning: 'Its clock is off, so its observations count as unknown.' },
  silent: { word: 'silent', meaning: 'Has not delivered for too long; what only it measures is unknown.' },
  'never-heard': { word: 'never heard', meaning: 'Has not delivered anything yet.' },
};

/** Every agent: whether it can be relied on, and what it has not delivered. */
export function renderAgents({ agents, nowMs }: PageModel): Html {
  return html`<section id="agents" aria-labelledby="agents-title">
<h2 id="agents-title">Agents</h2>
${agents.length === 0 ? NO_AGENTS : agents.map((agent) => renderAgent(agent, nowMs))}
</section>`;
}

const NO_AGENTS = html`<p class="empty">No agents yet. Name one under <code>agents:</code> in the configuration, give it its
token, and start <code>nines-agent run</code> on a host.</p>`;

function renderAgent(agent: AgentView, nowMs: number): Html {
  const { word, meaning } = AGENT_STATES[agent.state];
  return html`<article class="agent" id="agent-${agent.name}">
<div class="subject"><h3>${agent.name}</h3><p class="quiet">${agent.location}</p></div>
<p class="badge ${agent.state}" title="${meaning}">${word}</p>
<dl>
<div><dt>Last heard</dt><dd>${agent.lastHeardMs === null ? 'never' : formatUtc(agent.lastHeardMs, nowMs)}</dd></div>
<div><dt>Clock</dt><dd>${describeSkew(agent.skewMs)}</dd></div>
<div><dt>Waiting on its disk</dt><dd>${describeSpool(agent)}</dd></div>
<div><dt>Dropped observations</dt><dd>${formatCount(agent.droppedObservations)}</dd></div>
<div><dt>Own network</dt><dd>${describeNetwork(agent)}</dd></div>
</dl>
</article>`;
}

/** The skew is collector minus agent: positive when the agent is behind. */
function describeSkew(skewMs: number | null): string {
  if (skewMs === null) return NO_DATA;
  if (skewMs === 0) return 'exact';
  return `${formatSpan(skewMs)} ${skewMs > 0 ? 'behind' : 'ahead'}`;
}

function describeSpool({ spoolBatches, spoolBytes }: AgentView): string {
  if (spoolBatches === 0) return 'nothing';
  return `${formatCount(spoolBatches)} ${spoolBatches === 1 ? 'batch' : 'batches'}, ${formatBytes(spoolBytes)}`;
}

function describeNetwork({ isIsolated, lastHeardMs }: AgentView): string {
  if (lastHeardMs === null) return NO_DATA;
  return isIsolated ? 'cut off' : 'reachable';
}
