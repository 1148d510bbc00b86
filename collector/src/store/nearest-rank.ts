/** The rank of a quantile (parts per billion) among so many numbers, the least being 1: the nearest-rank definition. */
export function nearestRank(count: number, ppb: number): number {
  return Math.max(1, Number((BigInt(count) * BigInt(ppb) + 999_999_999n) / 1_000_000_000n));
}

/**
 * The number of that rank, 1 being the least, among numbers that are put into another order meanwhile. Hoare's quickselect
 * with a median of three: a few passes, where sorting would take twenty.
 */
export function numberOfRank(numbers: Float64Array, rank: number): number {
  const wanted = rank - 1;
  let [low, high] = [0, numbers.length - 1];
  while (low < high) {
    const pivot = medianOf(numbers[low] ?? 0, numbers[(low + high) >>> 1] ?? 0, numbers[high] ?? 0);
    let [up, down] = [low, high];
    while (up <= down) {
      while ((numbers[up] ?? 0) < pivot) up++;
      while ((numbers[down] ?? 0) > pivot) down--;
      if (up > down) break;
      const swapped = numbers[up] ?? 0;
      numbers[up++] = numbers[down] ?? 0;
      numbers[down--] = swapped;
    }
    if (wanted <= down) high = down;
    else if (wanted >= up) low = up;
    else break;
  }
  return numbers[wanted] ?? Number.NaN;
}

function medianOf(a: number, b: number, c: number): number {
  return Math.max(Math.min(a, b), Math.min(Math.max(a, b), c));
}
