// Keeps the page fresh and draws the charts. Everything the page says is there without this file.
import { watchCharts } from './charts.js';
import { morph } from './morph.js';

const REFRESH_MS = 5_000;
const TIMEOUT_MS = 10_000;

const connection = document.getElementById('connection');
const announcement = document.getElementById('announcement');
let isRefreshing = false;

async function refresh() {
  if (isRefreshing || document.hidden) return;
  isRefreshing = true;
  try {
    const response = await fetch(figures().dataset.fragment ?? '/fragment', {
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    if (!response.ok) throw new Error(`the collector answers ${response.status}`);
    show(await response.text());
    say(connection, '');
  } catch {
    say(connection, `Connection lost, figures as of ${figures().dataset.asOf}`);
  } finally {
    document.documentElement.classList.toggle('stale', connection.textContent !== '');
    isRefreshing = false;
  }
}

function show(markup) {
  const template = document.createElement('template');
  template.innerHTML = markup;
  const fresh = template.content.getElementById('figures');
  // Another version of the collector answers: its page needs its own script and styles.
  if (fresh.dataset.assets !== figures().dataset.assets) return location.reload();
  const focused = document.activeElement;
  const newsBefore = figures().dataset.news;
  morph(figures(), fresh);
  if (document.activeElement !== focused && focused.isConnected) focused.focus({ preventScroll: true });
  document.title = figures().dataset.title;
  if (figures().dataset.news !== newsBefore) say(announcement, figures().dataset.news);
  watchCharts();
}

function figures() {
  return document.getElementById('figures');
}

/** A live region is read aloud when its text is set, so it is set only when it differs. */
function say(region, text) {
  if (region.textContent !== text) region.textContent = text;
}

document.documentElement.classList.add('live');
watchCharts();
setInterval(refresh, REFRESH_MS);
document.addEventListener('visibilitychange', refresh);
