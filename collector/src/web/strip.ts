import { formatSpan, formatUtc } from './format.ts';
import { type Html, html } from './html.ts';
import type { StripCell } from './page-model.ts';

/** Height of the drawing; only a part of it is used while all is well, so an outage stands out without its colour. */
const HEIGHT = 30;
const CALM_HEIGHT = 12;
const MIN_DOWN_HEIGHT = 18;

type Kind = 'up' | 'partly-unknown' | 'unknown' | 'down';

interface Block extends StripCell {
  readonly kind: Kind;
  readonly height: number;
}

/** The cells up to now: the newest may have begun a stretch that has not passed yet. */
export function untilNow(cells: readonly StripCell[], nowMs: number): readonly StripCell[] {
  const begun = cells.filter(({ fromMs }) => fromMs < nowMs);
  return begun.map((cell) => (cell.toMs > nowMs ? { ...cell, toMs: nowMs } : cell));
}

/** Up, down and unknown time over all cells, in ms. */
export function stripTotals(cells: readonly StripCell[]): Pick<StripCell, 'upMs' | 'downMs' | 'unknownMs'> {
  const totals = { upMs: 0, downMs: 0, unknownMs: 0 };
  for (const cell of cells) {
    totals.upMs += cell.upMs;
    totals.downMs += cell.downMs;
    totals.unknownMs += cell.unknownMs;
  }
  return totals;
}

/** The share of measured time that was up, in parts per billion, truncated; `null` when nothing was measured. */
export function stripSharePpb({ upMs, downMs }: Pick<StripCell, 'upMs' | 'downMs'>): number | null {
  // BigInt: a day in ms times a billion passes 2^53.
  return upMs + downMs === 0 ? null : Number((BigInt(upMs) * 1_000_000_000n) / BigInt(upMs + downMs));
}

/**
 * The last 24 hours as a drawing: a low band while up, a hatched one where unknown, a tall block for every cell with
 * an outage. Each block carries its text.
 */
export function renderStrip(cells: readonly StripCell[], nowMs: number): Html | null {
  const first = cells[0];
  const last = cells.at(-1);
  if (first === undefined || last === undefined) return null;
  const spanMs = last.toMs - first.fromMs;
  const place = (atMs: number) => `${percent((atMs - first.fromMs) / spanMs)}%`;
  return html`<svg class="strip" role="img" aria-label="${describe(cells, nowMs)}" width="100%" height="${HEIGHT}">${mergeCells(
    cells,
  ).map((block) => renderBlock(block, place, nowMs))}</svg>`;
}

function renderBlock(block: Block, place: (atMs: number) => string, nowMs: number): Html {
  const box = html`x="${place(block.fromMs)}" y="${HEIGHT - block.height}" width="${widthOf(block, place)}" height="${block.height}"`;
  const hatch = block.kind === 'unknown' || block.kind === 'partly-unknown';
  return html`<g><title>${describeBlock(block, nowMs)}</title><rect class="${block.kind}" ${box}/>${hatch && html`<rect fill="url(#hatch)" ${box}/>`}</g>`;
}

function widthOf(block: Block, place: (atMs: number) => string): string {
  return `${percent((Number.parseFloat(place(block.toMs)) - Number.parseFloat(place(block.fromMs))) / 100)}%`;
}

function percent(share: number): string {
  return String(Math.round(share * 100_000) / 1_000);
}

/** Neighbours that look the same become one block: a quiet day is one rectangle, not hundreds. */
function mergeCells(cells: readonly StripCell[]): readonly Block[] {
  const blocks: Block[] = [];
  for (const cell of cells) {
    const kind = kindOf(cell);
    const block = { ...cell, kind, height: heightOf(cell) };
    const previous = blocks.at(-1);
    if (previous?.kind === kind && previous.height === block.height) blocks[blocks.length - 1] = join(previous, block);
    else blocks.push(block);
  }
  return blocks;
}

function join(left: Block, right: Block): Block {
  return { ...left, toMs: right.toMs, ...stripTotals([left, right]) };
}

function kindOf(cell: StripCell): Kind {
  if (cell.downMs > 0) return 'down';
  if (cell.upMs === 0) return 'unknown';
  return cell.unknownMs > 0 ? 'partly-unknown' : 'up';
}

function heightOf(cell: StripCell): number {
  if (cell.downMs === 0) return CALM_HEIGHT;
  const share = cell.downMs / (cell.upMs + cell.downMs + cell.unknownMs);
  return Math.min(HEIGHT, MIN_DOWN_HEIGHT + Math.round(share * (HEIGHT - MIN_DOWN_HEIGHT)));
}

function describe(cells: readonly StripCell[], nowMs: number): string {
  const outage = lastOutage(cells);
  const when = outage === null ? '' : ` Last outage between ${describeTimes(outage, nowMs)}.`;
  return `Last 24 hours: ${describeTotals(stripTotals(cells))}.${when}`;
}

/** The newest unbroken row of cells with an outage. */
function lastOutage(cells: readonly StripCell[]): Pick<StripCell, 'fromMs' | 'toMs'> | null {
  const end = cells.findLastIndex((cell) => cell.downMs > 0);
  const before = cells.slice(0, Math.max(0, end)).findLastIndex((cell) => cell.downMs === 0);
  const from = cells[before + 1];
  const to = cells[end];
  return from === undefined || to === undefined ? null : { fromMs: from.fromMs, toMs: to.toMs };
}

function describeBlock(block: Block, nowMs: number): string {
  return `Between ${describeTimes(block, nowMs)}: ${describeTotals(block)}`;
}

function describeTimes(block: Pick<StripCell, 'fromMs' | 'toMs'>, nowMs: number): string {
  return `${formatUtc(block.fromMs, nowMs)} and ${formatUtc(block.toMs, nowMs)}`;
}

/** `up 23h 40m, down 12m, unknown 8m`; what did not happen is left out. */
export function describeTotals({ upMs, downMs, unknownMs }: Pick<StripCell, 'upMs' | 'downMs' | 'unknownMs'>): string {
  const parts = [
    ['up', upMs],
    ['down', downMs],
    ['unknown', unknownMs],
  ] as const;
  const words = parts.filter(([, spanMs]) => spanMs > 0).map(([word, spanMs]) => `${word} ${formatSpan(spanMs)}`);
  return words.length === 0 ? 'nothing observed' : words.join(', ');
}
