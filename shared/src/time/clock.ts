/** Time as a parameter: everything that waits or reads the time takes a `Clock`, so tests decide what time it is. */
export interface Clock {
  /** Wall clock, integer milliseconds since the Unix epoch; may jump. */
  nowMs(): number;
  /** Monotonic clock in milliseconds with microsecond fractions; only differences mean anything. */
  elapsedMs(): number;
  /** Calls `callback` once after `delayMs`; the returned function cancels it. */
  after(delayMs: number, callback: () => void): () => void;
  /** Resolves after `delayMs`, or at once when `signal` aborts (it never rejects). */
  sleep(delayMs: number, signal?: AbortSignal): Promise<void>;
}

/** Node clamps a longer timer to 1 ms; the caller that needs more must re-arm. */
export const MAX_TIMER_MS = 2 ** 31 - 1;

export const systemClock: Clock = {
  nowMs: () => Date.now(),
  elapsedMs: () => performance.now(),
  after(delayMs, callback) {
    const timer = setTimeout(callback, Math.min(Math.max(0, delayMs), MAX_TIMER_MS));
    return () => clearTimeout(timer);
  },
  sleep(delayMs, signal) {
    return new Promise((resolve) => {
      if (signal?.aborted) return resolve();
      const finish = () => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', finish);
        resolve();
      };
      const timer = setTimeout(finish, Math.min(Math.max(0, delayMs), MAX_TIMER_MS));
      signal?.addEventListener('abort', finish, { once: true });
    });
  },
};
