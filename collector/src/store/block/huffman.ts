/** No code is longer, so that one table of 4,096 places decodes any. */
export const MAX_CODE_BITS = 12;

/** Code lengths for symbols by their frequency; 0 for one that never comes. A symbol alone has a code of one bit. */
export function codeLengths(frequencies: Uint32Array): Uint8Array {
  let scaled = frequencies;
  for (;;) {
    const lengths = huffmanLengths(scaled);
    if (lengths.every((length) => length <= MAX_CODE_BITS)) return lengths;
    // Flattened until it fits: the rare symbols lose little, and nobody waits for an optimal limit.
    scaled = scaled.map((frequency) => (frequency === 0 ? 0 : (frequency >>> 1) + 1));
  }
}

function huffmanLengths(frequencies: Uint32Array): Uint8Array {
  const lengths = new Uint8Array(frequencies.length);
  const symbols = [...frequencies.keys()].filter((symbol) => (frequencies[symbol] ?? 0) > 0);
  const [only] = symbols;
  if (only !== undefined && symbols.length === 1) lengths[only] = 1;
  if (symbols.length < 2) return lengths;
  // Two queues: leaves by weight, and inner nodes, which are made in order of weight.
  const leaves = symbols.sort((a, b) => (frequencies[a] ?? 0) - (frequencies[b] ?? 0) || a - b);
  const weights = leaves.map((symbol) => frequencies[symbol] ?? 0);
  const parents: number[] = [];
  let [leaf, inner] = [0, leaves.length];
  const takeLightest = () => {
    const isLeaf = leaf < leaves.length && (inner >= weights.length || (weights[leaf] ?? 0) <= (weights[inner] ?? 0));
    return isLeaf ? leaf++ : inner++;
  };
  while (weights.length < 2 * leaves.length - 1) {
    const [a, b] = [takeLightest(), takeLightest()];
    parents[a] = weights.length;
    parents[b] = weights.length;
    weights.push((weights[a] ?? 0) + (weights[b] ?? 0));
  }
  const depths = new Uint32Array(weights.length);
  for (let node = weights.length - 2; node >= 0; node--) {
    depths[node] = (depths[parents[node] ?? 0] ?? 0) + 1;
    const symbol = leaves[node];
    if (symbol !== undefined) lengths[symbol] = Math.min(255, depths[node] ?? 0);
  }
  return lengths;
}

/** The canonical codes of some lengths, lowest bit first as they are written. */
export function codesOf(lengths: Uint8Array): Uint16Array {
  const codes = new Uint16Array(lengths.length);
  let code = 0;
  for (let length = 1; length <= MAX_CODE_BITS; length++) {
    for (let symbol = 0; symbol < lengths.length; symbol++) {
      if (lengths[symbol] === length) codes[symbol] = reversed(code++, length);
    }
    code <<= 1;
  }
  return codes;
}

/** For each value of the next 12 bits: symbol × 16 + length of its code; 0 where no code begins so. */
export function decodingTable(lengths: Uint8Array): Uint16Array {
  const table = new Uint16Array(1 << MAX_CODE_BITS);
  const codes = codesOf(lengths);
  for (let symbol = 0; symbol < lengths.length; symbol++) {
    const length = lengths[symbol] ?? 0;
    if (length === 0) continue;
    for (let at = codes[symbol] ?? 0; at < table.length; at += 1 << length) table[at] = symbol * 16 + length;
  }
  return table;
}

function reversed(code: number, length: number): number {
  let result = 0;
  for (let bit = 0; bit < length; bit++) result |= ((code >>> bit) & 1) << (length - 1 - bit);
  return result;
}
