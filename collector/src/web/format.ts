import { formatInstant } from '@nines/shared/time/calendar.ts';
import type { Unit } from '../sla/attainment.ts';

/** What stands where nothing was measured: never a number that could be taken for one. */
export const NO_DATA = 'no data';

const PPB_PER_PERCENT = 10_000_000;
const MIN_DECIMALS = 3;
const MAX_DECIMALS = 7;

/**
 * Parts per billion as a percentage, truncated and never rounded up: 998_958_333 is `99.895 %`, not 99.90.
 * `null` is `no data`.
 */
export function formatPercent(ppb: number | null, decimals = MIN_DECIMALS): string {
  if (ppb === null) return NO_DATA;
  const fraction = String(ppb % PPB_PER_PERCENT).padStart(MAX_DECIMALS, '0');
  return `${Math.floor(ppb / PPB_PER_PERCENT)}.${fraction.slice(0, decimals)} %`;
}

/** A target in full, as the contract wrote it: 999_500_000 is `99.95 %`. */
export function formatTarget(ppb: number): string {
  const decimals = decimalsOf(ppb);
  return decimals === 0 ? `${ppb / PPB_PER_PERCENT} %` : formatPercent(ppb, decimals);
}

/**
 * Decimals that an attainment needs beside this target: with fewer than the target has, a promise that was kept could
 * look broken. At least three.
 */
export function decimalsBeside(targetPpb: number): number {
  return Math.max(MIN_DECIMALS, decimalsOf(targetPpb));
}

function decimalsOf(ppb: number): number {
  return String(ppb % PPB_PER_PERCENT)
    .padStart(MAX_DECIMALS, '0')
    .replace(/0+$/, '').length;
}

/** From this coverage on a figure says more of what was seen than of what was not. */
const HALF_PPB = 500_000_000;

/** Whether so little was measured that a share of it is no figure to look at first: the range of what is possible is. */
export function isThin(coveragePpb: number | null): boolean {
  return coveragePpb !== null && coveragePpb < HALF_PPB;
}

/** `99.412–99.950 %` with as many decimals as it takes to tell the ends apart; `null` when they are the same. */
export function formatBounds(lowPpb: number | null, highPpb: number | null, decimals = MIN_DECIMALS): string | null {
  if (lowPpb === null || highPpb === null || lowPpb === highPpb) return null;
  for (let digits = decimals; ; digits++) {
    const low = formatPercent(lowPpb, digits);
    const high = formatPercent(highPpb, digits);
    if (low !== high || digits >= MAX_DECIMALS) return `${low.slice(0, -2)}–${high}`;
  }
}

const SPAN_UNITS = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1_000],
] as const;

/** A length of time for people, truncated to its three largest units: `43m 12s`, `2d 3h 14m`, `4.2s`, `250ms`. */
export function formatSpan(spanMs: number): string {
  const lengthMs = Math.trunc(Math.abs(spanMs));
  if (lengthMs === 0) return '0s';
  if (lengthMs < 1_000) return `${lengthMs}ms`;
  if (lengthMs < 10_000) return `${Math.floor(lengthMs / 100) / 10}s`;
  const first = SPAN_UNITS.findIndex(([, size]) => lengthMs >= size);
  let restMs = lengthMs;
  const words: string[] = [];
  for (const [unit, size] of SPAN_UNITS.slice(first, first + 3)) {
    const count = Math.floor(restMs / size);
    restMs -= count * size;
    if (count > 0) words.push(`${count}${unit}`);
  }
  return words.join(' ');
}

/** An amount of what an objective counts: a length of time, or runs. The sign is left to the words around it. */
export function formatAmount(amount: number, unit: Unit): string {
  if (unit === 'ms') return formatSpan(amount);
  const count = Math.trunc(Math.abs(amount));
  return `${formatCount(count)} ${count === 1 ? SINGULAR[unit] : unit}`;
}

const SINGULAR: Readonly<Record<Exclude<Unit, 'ms'>, string>> = {
  runs: 'run',
  slices: 'slice',
  events: 'event',
  windows: 'window',
  statistic: 'statistic',
};

/** `12345` → `12,345`. */
export function formatCount(count: number): string {
  return String(count).replace(/\B(?=(?:\d{3})+$)/g, ',');
}

/** A latency, rounded up in its last digit, so none looks quicker than it was: `850 µs`, `300.5 ms`, `1.234 s`. */
export function formatLatency(micros: number): string {
  if (micros < 1_000) return `${Math.ceil(micros)} µs`;
  const tenths = Math.ceil(micros / 100);
  if (tenths < 10_000) return `${(tenths / 10).toFixed(1)} ms`;
  return `${(Math.ceil(micros / 1_000) / 1_000).toFixed(3)} s`;
}

/** Bytes in binary units, truncated to one decimal: `0 B`, `1.5 KiB`, `12.0 MiB`. */
export function formatBytes(bytes: number): string {
  let value = bytes;
  for (const unit of ['B', 'KiB', 'MiB', 'GiB']) {
    if (value < 1_024 || unit === 'GiB') {
      return unit === 'B' ? `${value} B` : `${(Math.floor(value * 10) / 10).toFixed(1)} ${unit}`;
    }
    value /= 1_024;
  }
  return `${bytes} B`;
}

/** An instant in UTC: the time alone on the day of `nowMs`, with its date on any other: `2026-10-24 23:59:59 UTC`. */
export function formatUtc(atMs: number, nowMs: number): string {
  const text = new Date(atMs).toISOString();
  const isToday = text.slice(0, 10) === new Date(nowMs).toISOString().slice(0, 10);
  return `${isToday ? '' : `${text.slice(0, 10)} `}${text.slice(11, 19)} UTC`;
}

/** An instant as the contract's zone writes it, with its offset: `2026-10-25 02:30:00 +01:00`. */
export function formatZoned(atMs: number, timeZone: string): string {
  const text = formatInstant(atMs, timeZone);
  return text.replace(/^(.{10})T(.*)(.{6})$/, '$1 $2 $3');
}
