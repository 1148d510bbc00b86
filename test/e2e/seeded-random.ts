/** Random numbers that come again: `NINES_SEED` names the sequence, which is another one at each run without it. */
export function seededRandom(): { readonly seed: number; readonly random: () => number } {
  const seed = Number(process.env.NINES_SEED ?? Date.now() % 1_000_000);
  return { seed, random: randomFrom(seed) };
}

/** Random numbers evenly in `[0, 1)`, the same for the same seed (mulberry32). */
export function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let bits = Math.imul(state ^ (state >>> 15), 1 | state);
    bits = (bits + Math.imul(bits ^ (bits >>> 7), 61 | bits)) ^ bits;
    return ((bits ^ (bits >>> 14)) >>> 0) / 2 ** 32;
  };
}
