const UNITS = [
  ['w', 604_800_000],
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1_000],
  ['ms', 1],
] as const;

const UNIT_MS = new Map<string, number>(UNITS);
const SHAPE = /^(?:\d+(?:w|d|h|ms|m|s))+$/;

/** `"90s"`, `"1h30m"`, `"250ms"` → integer milliseconds; `null` for anything else (no sign, no fraction, no space). */
export function parseDuration(text: string): number | null {
  if (!SHAPE.test(text)) return null;
  let total = 0;
  for (const [, count, unit] of text.matchAll(/(\d+)(w|d|h|ms|m|s)/g)) {
    total += Number(count) * (UNIT_MS.get(unit ?? '') ?? Number.NaN);
  }
  return Number.isSafeInteger(total) ? total : null;
}

/** Integer milliseconds → text that `parseDuration` reads back: `5_400_000` → `"1h30m"`, thirty days `"30d"` (never weeks). */
export function formatDuration(durationMs: number): string {
  if (durationMs === 0) return '0s';
  let rest = Math.abs(durationMs);
  let text = durationMs < 0 ? '-' : '';
  for (const [unit, size] of UNITS) {
    // A contract says 30d; nobody says 4w2d.
    if (unit === 'w') continue;
    const count = Math.floor(rest / size);
    rest -= count * size;
    if (count > 0) text += `${count}${unit}`;
  }
  return text;
}
