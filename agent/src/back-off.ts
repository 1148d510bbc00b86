const FIRST_MS = 1_000;
const CAP_MS = 60_000;
/** A server that asks for more patience than this gets asked again all the same. */
const MAX_RETRY_AFTER_MS = 3_600_000;

/**
 * How long to wait before attempt `failures + 1`: full jitter (AWS Architecture Blog, "Exponential Backoff And
 * Jitter"), evenly in `[0, min(60 s, 1 s × 2^(failures − 1))]`, so that agents do not come back all at once.
 * `random` is in `[0, 1)`.
 */
export function backOffMs(failures: number, random: number): number {
  return Math.floor(random * Math.min(CAP_MS, FIRST_MS * 2 ** Math.min(failures - 1, 16)));
}

/** `Retry-After` (RFC 9110 § 10.2.3), seconds or a date, as milliseconds from now, at most an hour; `null` when not readable. */
export function retryAfterMs(header: string | undefined, nowMs: number): number | null {
  if (header === undefined) return null;
  const text = header.trim();
  const delayMs = /^\d+$/.test(text) ? Number(text) * 1_000 : Date.parse(text) - nowMs;
  return Number.isNaN(delayMs) ? null : Math.min(Math.max(0, delayMs), MAX_RETRY_AFTER_MS);
}
