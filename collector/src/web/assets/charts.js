// Latency charts: drawn when they come into view, reloaded while they are.
/* global uPlot */

const HEIGHT = 110;
/** The strips above are indented by the same (and by 16 at the right), so both show the same time at the same place. */
const AXIS_WIDTH = 56;
const RELOAD_MS = 30_000;

const charts = new Map();
const inView = new Set();

const observer = new IntersectionObserver((entries) => {
  for (const { target, isIntersecting } of entries) {
    if (isIntersecting) inView.add(target);
    else inView.delete(target);
  }
  loadDue();
});
const resizer = new ResizeObserver((entries) => {
  for (const { target } of entries) charts.get(target)?.plot?.setSize({ width: target.clientWidth, height: HEIGHT });
});

/** Takes up the charts that are new in the page and lets go of those that left it. */
export function watchCharts() {
  for (const element of document.querySelectorAll('.chart')) {
    if (charts.has(element)) continue;
    charts.set(element, { plot: null, loadedAt: Number.NEGATIVE_INFINITY });
    observer.observe(element);
    resizer.observe(element);
  }
  for (const [element, chart] of charts) if (!element.isConnected) forget(element, chart);
  loadDue();
}

function forget(element, { plot }) {
  plot?.destroy();
  charts.delete(element);
  inView.delete(element);
  observer.unobserve(element);
  resizer.unobserve(element);
}

function loadDue() {
  for (const element of inView) {
    const chart = charts.get(element);
    if (chart === undefined || performance.now() - chart.loadedAt < RELOAD_MS) continue;
    chart.loadedAt = performance.now();
    load(element, chart);
  }
}

async function load(element, chart) {
  try {
    const response = await fetch(element.dataset.series);
    if (!response.ok) throw new Error(`answers ${response.status}`);
    const series = await response.json();
    const columns = [series.at_ms.map((atMs) => atMs / 1_000), series.mean_ms, series.max_ms, series.min_ms];
    if (chart.plot === null) chart.plot = draw(element, columns);
    else chart.plot.setData(columns);
  } catch {
    // The page says when the connection is lost; the chart keeps what it has and is tried at the next refresh.
    chart.loadedAt = Number.NEGATIVE_INFINITY;
  }
}

function draw(element, columns) {
  const color = (name) => () => getComputedStyle(element).getPropertyValue(name);
  const readout = document.createElement('p');
  readout.className = 'readout';
  const axis = { stroke: color('--quiet'), grid: { stroke: color('--line'), width: 1 }, ticks: { show: false } };
  const edge = { stroke: color('--band'), width: 1, points: { show: false } };
  const plot = new uPlot(
    {
      width: element.clientWidth,
      height: HEIGHT,
      legend: { show: false },
      cursor: { y: false, drag: { x: false, y: false } },
      tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1_000), 'Etc/UTC'),
      padding: [6, 16, 0, 0],
      scales: {
        x: { range: (_plot, min, max) => shownTime(element, min, max) },
        y: { range: (_plot, _min, max) => [0, (max ?? 1) * 1.1 || 1] },
      },
      axes: [
        { ...axis, size: 24, space: 64, values: (_plot, splits) => splits.map(clockFor(splits)) },
        { ...axis, size: AXIS_WIDTH, space: 28, values: (_plot, splits) => splits.map(latency) },
      ],
      series: [{}, { stroke: color('--chart'), width: 1.5, points: { show: isLonely } }, edge, edge],
      bands: [{ series: [2, 3], fill: color('--band') }],
      hooks: { setCursor: [(self) => tell(readout, self)], ready: [colorsFollowScheme] },
    },
    columns,
    element,
  );
  element.append(readout);
  return plot;
}

/** The time of the strip above; without one, that of the measurements. In seconds. */
function shownTime({ dataset }, min, max) {
  return dataset.fromMs && dataset.toMs ? [dataset.fromMs / 1_000, dataset.toMs / 1_000] : [min, max];
}

/** A lone measurement between gaps has no line to show it. */
function isLonely(plot, index, from, to) {
  const values = plot.data[index];
  const lonely = [];
  for (let i = from; i <= to; i++) {
    if (values[i] != null && values[i - 1] == null && values[i + 1] == null) lonely.push(i);
  }
  return lonely.length > 0 ? lonely : false;
}

function colorsFollowScheme(plot) {
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => plot.redraw());
}

function tell(readout, { cursor, data }) {
  const index = cursor.idx;
  const [at, mean, max, min] = index == null ? [] : data.map((column) => column[index]);
  readout.textContent =
    at === undefined
      ? ''
      : `${clock(at)} UTC: ${mean == null ? 'no data' : `mean ${latency(mean)}, ${latency(min)} to ${latency(max)}`}`;
}

/** With seconds only where ticks are closer than a minute: two ticks never read the same. */
function clockFor([first, second]) {
  const length = second !== undefined && second - first < 60 ? 19 : 16;
  return (seconds) => new Date(seconds * 1_000).toISOString().slice(11, length);
}

function clock(seconds) {
  return new Date(seconds * 1_000).toISOString().slice(11, 16);
}

/** Milliseconds as people write them: `0.3 ms`, `120 ms`, `1.5 s`. */
function latency(valueMs) {
  if (valueMs >= 1_000) return `${Number((valueMs / 1_000).toPrecision(3))} s`;
  return `${Number(valueMs.toPrecision(3))} ms`;
}
