/** The element of a numeric column. */
export function cell(column: Float64Array | Uint32Array | Uint16Array | Uint8Array, index: number): number {
  // Safe: callers stay below the length they wrote themselves, and a typed array has no holes. A check here would run
  // for every observation that any agent ever sends.
  return column[index] as number;
}
