import { BlockError } from './byte-stream.ts';

/** No code is longer, so that one table of 4,096 places decodes any. */
export const MAX_CODE_BITS = 12;

/** Room for one code at a time: they are made thousands of times a second, and never while another is in the making. */
const MAX_SYMBOLS = 512;
const order = new Uint16Array(MAX_SYMBOLS);
const weights = new Uint32Array(2 * MAX_SYMBOLS);
const parents = new Uint16Array(2 * MAX_SYMBOLS);
const depths = new Uint8Array(2 * MAX_SYMBOLS);

/** Huffman lengths by frequency, at most 12; 0 for a symbol that never comes, and for one that is alone. */
export function codeLengths(frequencies: Uint32Array, end: number): Uint8Array {
  const lengths = new Uint8Array(end);
  const scaled = frequencies.slice(0, end);
  // Flattened until it fits: the rare symbols lose little, and nobody waits for an optimal limit.
  while (huffmanLengths(scaled, lengths) > MAX_CODE_BITS) {
    for (let symbol = 0; symbol < end; symbol++) {
      const frequency = scaled[symbol] ?? 0;
      if (frequency > 0) scaled[symbol] = (frequency >>> 1) + 1;
    }
  }
  return lengths;
}

/** Fills in the lengths and returns the greatest. */
function huffmanLengths(frequencies: Uint32Array, lengths: Uint8Array): number {
  const leaves = sortSymbols(frequencies);
  const nodes = 2 * leaves - 1;
  // Two queues: leaves by weight, and inner nodes, which are made in order of weight.
  let leaf = 0;
  let inner = leaves;
  for (let node = leaves; node < nodes; node++) {
    let weight = 0;
    for (let child = 0; child < 2; child++) {
      const isLeaf = leaf < leaves && (inner >= node || (weights[leaf] ?? 0) <= (weights[inner] ?? 0));
      const lightest = isLeaf ? leaf++ : inner++;
      parents[lightest] = node;
      weight += weights[lightest] ?? 0;
    }
    weights[node] = weight;
  }
  if (leaves > 0) depths[nodes - 1] = 0;
  let greatest = 0;
  for (let node = nodes - 2; node >= 0; node--) {
    const depth = (depths[parents[node] ?? 0] ?? 0) + 1;
    depths[node] = depth;
    if (node >= leaves) continue;
    lengths[order[node] ?? 0] = depth;
    if (depth > greatest) greatest = depth;
  }
  return greatest;
}

/** The used symbols in `order`, lightest first, with their weights; returns how many. */
function sortSymbols(frequencies: Uint32Array): number {
  let used = 0;
  for (let symbol = 0; symbol < frequencies.length; symbol++) {
    const frequency = frequencies[symbol] ?? 0;
    if (frequency === 0) continue;
    let place = used++;
    while (place > 0 && (weights[place - 1] ?? 0) > frequency) {
      weights[place] = weights[place - 1] ?? 0;
      order[place] = order[place - 1] ?? 0;
      place--;
    }
    weights[place] = frequency;
    order[place] = symbol;
  }
  return used;
}

/** The canonical codes of some lengths, first bit lowest, as they are written. */
export function codesOf(lengths: Uint8Array): Uint16Array {
  const codes = new Uint16Array(lengths.length);
  const next = firstCodes(lengths);
  for (let symbol = 0; symbol < lengths.length; symbol++) {
    const length = lengths[symbol] ?? 0;
    if (length === 0) continue;
    const code = next[length] ?? 0;
    next[length] = code + 1;
    codes[symbol] = reversed(code, length);
  }
  return codes;
}

/** For each value of the next bits, as many as the longest code has: symbol × 16 + length. Throws `BlockError`. */
export function decodingTable(lengths: Uint8Array): Uint16Array {
  let longest = 0;
  let filled = 0;
  for (const length of lengths) {
    if (length > longest) longest = length;
    if (length > 0) filled += 1 << (MAX_CODE_BITS - length);
  }
  if (longest > MAX_CODE_BITS || filled !== 1 << MAX_CODE_BITS) throw new BlockError('a code is not complete');
  const table = new Uint16Array(1 << longest);
  const codes = codesOf(lengths);
  for (let symbol = 0; symbol < lengths.length; symbol++) {
    const length = lengths[symbol] ?? 0;
    if (length === 0) continue;
    const entry = symbol * 16 + length;
    for (let at = codes[symbol] ?? 0; at < table.length; at += 1 << length) table[at] = entry;
  }
  return table;
}

function firstCodes(lengths: Uint8Array): Uint16Array {
  const counts = new Uint16Array(17);
  for (const length of lengths) if (length > 0) counts[length] = (counts[length] ?? 0) + 1;
  const next = new Uint16Array(17);
  for (let length = 1; length <= MAX_CODE_BITS; length++) {
    next[length] = ((next[length - 1] ?? 0) + (counts[length - 1] ?? 0)) << 1;
  }
  return next;
}

function reversed(code: number, length: number): number {
  let result = 0;
  for (let bit = 0; bit < length; bit++) result |= ((code >>> bit) & 1) << (length - 1 - bit);
  return result;
}
