import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { findProgram } from './needs.ts';

export interface PlotLine {
  readonly name: string;
  /** Lines of one family have one colour. */
  readonly family: string;
  /** How far between dashes, in pixels; 0 is a whole line. */
  readonly dash: number;
  /** Ascending in x; both above 0. */
  readonly points: readonly { readonly x: number; readonly y: number }[];
}

export interface Plot {
  readonly title: string;
  readonly xLabel: string;
  readonly yLabel: string;
  readonly lines: readonly PlotLine[];
}

const WIDTH = 960;
const HEIGHT = 600;
const LEFT = 80;
const RIGHT = 290;
const TOP = 60;
const BOTTOM = 70;
/** Told apart by people who do not see red and green: https://jfly.uni-koeln.de/color/ */
const COLOURS = ['#0072b2', '#d55e00', '#009e73', '#cc79a7', '#56b4e9', '#e69f00', '#000000', '#7f7f7f'];

/** Draws it with both axes logarithmic as `NAME.svg`, and as `NAME.png` when Chromium is there. Returns what it wrote. */
export function draw(plot: Plot, folder: string, name: string): string {
  mkdirSync(folder, { recursive: true });
  const svg = resolve(folder, `${name}.svg`);
  writeFileSync(svg, svgOf(plot));
  const chromium = findProgram('chromium');
  if (chromium === null) return svg;
  const png = resolve(folder, `${name}.png`);
  const profile = join(folder, '.chromium');
  const size = `--window-size=${WIDTH},${HEIGHT}`;
  try {
    const flags = ['--headless', '--no-sandbox', '--disable-gpu', '--hide-scrollbars', `--user-data-dir=${profile}`];
    execFileSync(chromium, [...flags, size, `--screenshot=${png}`, `file://${svg}`], {
      stdio: 'ignore',
      timeout: 60_000,
    });
  } finally {
    rmSync(profile, { recursive: true, force: true });
  }
  return png;
}

function svgOf({ title, xLabel, yLabel, lines }: Plot): string {
  const points = lines.flatMap((one) => one.points);
  const x = scale(
    points.map((point) => point.x),
    LEFT,
    WIDTH - RIGHT,
  );
  const y = scale(
    points.map((point) => point.y),
    HEIGHT - BOTTOM,
    TOP,
  );
  const ticks = [...new Set(points.map((point) => point.x))].sort((a, b) => a - b);
  const decades = decadesOf(points.map((point) => point.y));
  const grid = [
    ...ticks.map((at) => `<line x1="${x(at)}" x2="${x(at)}" y1="${TOP}" y2="${HEIGHT - BOTTOM}"/>`),
    ...decades.map((at) => `<line x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${y(at)}" y2="${y(at)}"/>`),
  ];
  const labels = [
    ...ticks.map((at) => text(x(at), HEIGHT - BOTTOM + 20, 'middle', String(at))),
    ...decades.map((at) => text(LEFT - 8, y(at) + 4, 'end', String(at))),
    text((LEFT + WIDTH - RIGHT) / 2, HEIGHT - 20, 'middle', xLabel),
    text(LEFT - 60, TOP - 12, 'start', yLabel),
    text(LEFT - 60, 26, 'start', title, 17),
  ];
  const families = [...new Set(lines.map(({ family }) => family))];
  const curves = lines.map(({ name, family, dash, points: own }, index) => {
    const colour = COLOURS[families.indexOf(family) % COLOURS.length];
    const dashes = dash === 0 ? '' : ` stroke-dasharray="${dash + 3} ${dash}"`;
    const path = own.map((point, at) => `${at === 0 ? 'M' : 'L'}${x(point.x)} ${y(point.y)}`).join('');
    const dots = own.map((point) => `<circle cx="${x(point.x)}" cy="${y(point.y)}" r="4" fill="${colour}"/>`).join('');
    const legendY = TOP + 12 + index * 24;
    const legend = `<path d="M${WIDTH - RIGHT + 20} ${legendY - 6}h30" stroke="${colour}" stroke-width="3"${dashes}/>`;
    const label = text(WIDTH - RIGHT + 58, legendY - 2, 'start', name);
    return `<path d="${path}" fill="none" stroke="${colour}" stroke-width="2"${dashes}/>${dots}${legend}${label}`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${HEIGHT}" font-family="sans-serif">
<rect width="100%" height="100%" fill="white"/><g stroke="#ddd">${grid.join('')}</g>${labels.join('')}${curves.join('')}</svg>
`;
}

function text(x: number, y: number, anchor: 'start' | 'middle' | 'end', content: string, size = 13): string {
  const escaped = content.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
  return `<text x="${x}" y="${y}" text-anchor="${anchor}" font-size="${size}">${escaped}</text>`;
}

/** Powers of ten around the values. */
function decadesOf(values: readonly number[]): number[] {
  const [least, greatest] = [Math.floor(Math.log10(Math.min(...values))), Math.ceil(Math.log10(Math.max(...values)))];
  return Array.from({ length: greatest - least + 1 }, (_, index) => 10 ** (least + index));
}

/** Whole decades upwards, so that the grid fits; days as they are sideways. */
function scale(values: readonly number[], from: number, to: number): (value: number) => number {
  const isUpwards = from > to;
  const bounds = isUpwards ? decadesOf(values) : [Math.min(...values), Math.max(...values)];
  const [least, greatest] = [Math.log10(bounds[0] ?? 1), Math.log10(bounds.at(-1) ?? 10)];
  const span = greatest - least || 1;
  return (value) => Math.round((from + ((Math.log10(value) - least) / span) * (to - from)) * 10) / 10;
}
