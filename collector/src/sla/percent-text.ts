/** Parts per billion as a percentage with all seven decimals: `99.9305233`. What is cut is never rounded. */
export function percentText(ppb: number): string {
  const digits = String(ppb).padStart(8, '0');
  return `${digits.slice(0, -7)}.${digits.slice(-7)}`;
}

/** A share as it was agreed, without zeros behind: `99`, `99.95`. Parts per billion. */
export function targetText(ppb: number): string {
  return percentText(ppb).replace(/\.?0+$/, '');
}
