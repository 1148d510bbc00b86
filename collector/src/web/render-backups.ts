import type { GoodBackup, RepositoryReport, Trial } from '../backups/report.ts';
import type { Case } from '../sla/cases.ts';
import { formatBytes, formatCount, formatSpan, formatUtc, NO_DATA } from './format.ts';
import { type Html, html } from './html.ts';
import type { SectionView } from './section.ts';

/** What the page of backups shows. */
export interface BackupsPage {
  readonly nowMs: number;
  readonly reports: readonly RepositoryReport[];
}

/** The page of backups: every repository, what was found in it, and whether somebody has tried it. */
export function renderBackups({ nowMs, reports }: BackupsPage): SectionView {
  const bad = reports
    .map((report) => ({ name: report.repository.name, state: stateOf(report, nowMs) }))
    .filter(({ state }) => state.look === 'breached')
    .map(({ name, state }) => `${name}: ${state.word}`);
  return {
    title: 'Backups',
    nowMs,
    news: bad.length === 0 ? 'No repository needs somebody.' : `${bad.join(', ')}.`,
    body: html`<section id="repositories" aria-labelledby="repositories-title">
<h2 id="repositories-title">Repositories</h2>
${reports.length === 0 ? NONE : reports.map((report, index) => renderRepository(report, index, nowMs))}
</section>`,
  };
}

const NONE = html`<p class="empty">No repository is looked at. Add a check of a type such as <code>restic</code>,
<code>borg</code> or <code>files</code> under <code>checks:</code> in the configuration, and reload.</p>`;

function renderRepository(report: RepositoryReport, index: number, nowMs: number): Html {
  const { repository, windows, promises } = report;
  const checks = [...repository.listedBy, ...repository.triedBy].map(({ id }) => id).join(', ');
  const { word, look } = stateOf(report, nowMs);
  return html`<article class="repository" id="repository-${index}">
<div class="subject"><h3>${repository.name}</h3><p class="quiet">${checks} on ${repository.agents.join(', ')}</p></div>
<p class="badge ${look}">${word}</p>
<dl>
${renderNewest(report, nowMs)}
${renderKept(report, nowMs)}
${renderSizes(report.backups)}
${renderTrials(report, nowMs)}
</dl>
${renderWindows(windows, { nowMs, arePromised: promises.windows !== null })}
</article>`;
}

interface State {
  readonly word: string;
  /** The class of the badge, as of objectives. */
  readonly look: string;
}

/**
 * A backup that did not stand its last test is worth nothing, however young. One that is known to be young enough stays so,
 * even if nobody looks any more; one that is too old may not be the last.
 */
function stateOf({ backups, promises: { maxAgeMs }, points, trials }: RepositoryReport, nowMs: number): State {
  if (trials.some(({ outcome }) => outcome === 'failed')) return { word: 'test failed', look: 'breached' };
  const newest = backups.at(-1);
  const isSeen = points !== null;
  if (newest !== undefined && maxAgeMs === null) return { word: 'no age promised', look: 'on-track' };
  if (newest !== undefined && nowMs - newest.endedAtMs <= (maxAgeMs ?? 0)) return { word: 'fresh', look: 'met' };
  if (!isSeen) return { word: 'not seen', look: 'inconclusive' };
  return { word: newest === undefined ? 'no backup' : 'too old', look: 'breached' };
}

function renderNewest({ backups, promises: { maxAgeMs } }: RepositoryReport, nowMs: number): Html {
  const newest = backups.at(-1);
  const age = newest === undefined ? NO_DATA : `${formatSpan(nowMs - newest.endedAtMs)} ago`;
  return html`<div><dt>Last good backup</dt><dd class="figure">${age}</dd>
<dd class="quiet">${maxAgeMs === null ? 'no age promised' : `at most ${formatSpan(maxAgeMs)} promised`}</dd>
${newest !== undefined && html`<dd class="quiet">${formatUtc(newest.endedAtMs, nowMs)}</dd>`}</div>`;
}

function renderKept({ points, oldestAtMs }: RepositoryReport, nowMs: number): Html {
  return html`<div><dt>Can be restored</dt><dd class="figure">${points === null ? NO_DATA : count(points, 'backup')}</dd>
${
  oldestAtMs !== null &&
  html`<dd class="quiet">back to ${formatUtc(oldestAtMs, nowMs)}</dd>
<dd class="quiet">${formatSpan(nowMs - oldestAtMs)}</dd>`
}</div>`;
}

const CHART = { height: 28, bar: 6, gap: 2, most: 30 } as const;

/** The newest size, and the last ones as bars from nought. */
function renderSizes(backups: readonly GoodBackup[]): Html {
  const sizes = backups.flatMap(({ bytes }) => bytes ?? []).slice(-CHART.most);
  const newest = sizes.at(-1);
  if (newest === undefined) return html`<div><dt>Size</dt><dd class="figure">${NO_DATA}</dd></div>`;
  const most = Math.max(1, ...sizes);
  const step = CHART.bar + CHART.gap;
  const bars = sizes.map((bytes, index) => {
    const height = Math.max(1, Math.round((CHART.height * bytes) / most));
    return html`<rect x="${index * step}" y="${CHART.height - height}" width="${CHART.bar}" height="${height}"/>`;
  });
  const range = `${formatBytes(Math.min(...sizes))} to ${formatBytes(most)}`;
  return html`<div><dt>Size</dt><dd class="figure">${formatBytes(newest)}</dd>
<dd><svg class="sizes" role="img" aria-label="Sizes of the last ${count(sizes.length, 'backup')}, oldest first: ${range}" width="${sizes.length * step}" height="${CHART.height}">${bars}</svg></dd>
<dd class="quiet">${range}</dd></div>`;
}

const NAMES: Readonly<Record<Trial['kind'], string>> = { verify: 'Verified', restore: 'Test restore' };
const LOOKS: Readonly<Record<string, string>> = { good: 'met', failed: 'breached' };

function renderTrials({ repository, trials }: RepositoryReport, nowMs: number): Html {
  if (trials.length > 0) return html`${trials.map((trial) => renderTrial(trial, nowMs))}`;
  const why = repository.triedBy.length === 0 ? 'no check verifies or restores it' : 'not in the last 100 days';
  return html`<div><dt>Tried</dt><dd class="figure">never</dd><dd class="quiet">${why}</dd></div>`;
}

function renderTrial({ kind, endedAtMs, outcome, reason, values, lastGoodMs }: Trial, nowMs: number): Html {
  const lastGood = lastGoodMs === null ? 'never good' : `last good ${formatSpan(nowMs - lastGoodMs)} ago`;
  return html`<div><dt>${NAMES[kind]}</dt>
<dd><span class="outcome ${LOOKS[outcome] ?? 'inconclusive'}">${outcome}</span> ${formatSpan(nowMs - endedAtMs)} ago</dd>
${reason !== null && html`<dd class="quiet"><code>${reason}</code></dd>`}
<dd class="quiet">${outcome === 'good' ? describeTried(kind, values) : lastGood}</dd></div>`;
}

function describeTried(kind: Trial['kind'], { files, bytes, part }: Trial['values']): string {
  if (kind === 'restore') return `${count(files ?? 0, 'file')}, ${formatBytes(bytes ?? 0)} compared`;
  return part === undefined ? 'read to its end' : `part ${part} of its data read`;
}

const STRIP = { height: 30, calm: 12 } as const;

/** The last windows, oldest first: a low band where a backup came, a tall block where none did, a hatched band where one may come. */
function renderWindows(
  windows: readonly Case[],
  { nowMs, arePromised }: { readonly nowMs: number; readonly arePromised: boolean },
): Html | null {
  if (windows.length === 0) return null;
  const missed = windows.filter(({ state }) => state === 'bad');
  const came = windows.filter(({ state }) => state === 'good').length;
  const what = arePromised ? 'promised window' : 'day';
  const words = `${count(windows.length, what)}: ${came} with a good backup, ${missed.length} without`;
  const width = 100 / windows.length;
  return html`<div class="windows"><p class="quiet">Last ${words}</p>
<svg class="strip" role="img" aria-label="Last ${words}" width="100%" height="${STRIP.height}">${windows.map(
    (window, index) => renderWindow(window, { x: index * width, width: width * 0.9, nowMs }),
  )}</svg>
${missed.length > 0 && html`<p class="missed">Missed: ${missed.map(({ fromMs }) => formatUtc(fromMs, nowMs)).join(', ')}</p>`}</div>`;
}

function renderWindow(
  { fromMs, state, reason }: Case,
  { x, width, nowMs }: { readonly x: number; readonly width: number; readonly nowMs: number },
): Html {
  const [kind, height, word] =
    state === 'good'
      ? (['up', STRIP.calm, 'backed up'] as const)
      : state === 'bad'
        ? (['down', STRIP.height, reason ?? 'missed'] as const)
        : (['unknown', STRIP.calm, 'not known yet'] as const);
  const box = html`x="${percent(x)}%" y="${STRIP.height - height}" width="${percent(width)}%" height="${height}"`;
  return html`<g><title>From ${formatUtc(fromMs, nowMs)}: ${word}</title><rect class="${kind}" ${box}/>${state === 'unknown' && html`<rect fill="url(#hatch)" ${box}/>`}</g>`;
}

function percent(value: number): string {
  return String(Math.round(value * 1_000) / 1_000);
}

function count(number: number, what: string): string {
  return `${formatCount(number)} ${number === 1 ? what : `${what}s`}`;
}
