/**
 * Collects garbage now, where the agent was started so that it can (`bin/nines-agent.mjs`). Left alone, V8 lets a small
 * heap grow to several times what lives in it: long work with much that is short-lived says when it is time.
 */
export function collectGarbage(): void {
  globalThis.gc?.();
}
