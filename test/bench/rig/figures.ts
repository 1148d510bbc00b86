/** The value below which this share of the values lies; NaN without any. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

/** `1.23 (1.01–1.45)`: the median with the least and the greatest. */
export function spread(values: readonly number[], digits: number): string {
  const [least, greatest] = [Math.min(...values), Math.max(...values)];
  return `${median(values).toFixed(digits)} (${least.toFixed(digits)}–${greatest.toFixed(digits)})`;
}

/** `met` or `missed`, with the goal; a goal is a number that must be reached (`>=`) or not exceeded (`<=`). */
export function against(value: number, relation: '>=' | '<=', goal: number): string {
  const isMet = relation === '>=' ? value >= goal : value <= goal;
  return `${relation === '>=' ? '≥' : '≤'} ${goal}: ${isMet ? 'met' : 'MISSED'}`;
}

export function mebibytes(bytes: number): string {
  return (bytes / 2 ** 20).toFixed(1);
}

/** Prints rows under their headings, the columns as wide as they have to be. */
export function printTable(headings: readonly string[], rows: readonly (readonly string[])[]): void {
  const widths = headings.map((heading, at) => Math.max(heading.length, ...rows.map((row) => (row[at] ?? '').length)));
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, at) => cell.padEnd(widths[at] ?? 0))
      .join('  ')
      .trimEnd();
  console.log(
    ['', line(headings), widths.map((width) => '-'.repeat(width)).join('  '), ...rows.map(line), ''].join('\n'),
  );
}
