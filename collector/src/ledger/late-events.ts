import type { EventStore, StoredEvent } from '../store/events.ts';
import type { Register } from './register.ts';

/** So far back it is looked for events that came late: nobody is held up at a start by years of them. */
const BACK_MS = 92 * 86_400_000;

/**
 * Events of some streams that came behind a period that was frozen before: after a restart nobody remembers whether the
 * statement was looked at again. Rejects with `StoreError`.
 */
export async function* lateEvents(
  streams: Iterable<string>,
  { store, register }: { readonly store: Pick<EventStore, 'events'>; readonly register: Register },
): AsyncGenerator<StoredEvent> {
  const { frozenUntilMs } = register;
  const spans = frozenSpans(register).filter(({ toMs }) => toMs > frozenUntilMs - BACK_MS);
  if (spans.length === 0) return;
  for (const stream of streams) {
    for await (const event of store.events({ stream, fromMs: frozenUntilMs - BACK_MS, toMs: frozenUntilMs })) {
      const endMs = event.endedAtMs ?? Number.POSITIVE_INFINITY;
      const isLate = spans.some(
        ({ fromMs, toMs, frozenAtMs }) => event.receivedAtMs >= frozenAtMs && event.atMs < toMs && endMs >= fromMs,
      );
      if (isLate) yield event;
    }
  }
}

/** The different stretches of time that are frozen, each since when at the earliest: thousands of contracts share a month. */
function frozenSpans(register: Register) {
  const spans = new Map<string, { readonly fromMs: number; readonly toMs: number; readonly frozenAtMs: number }>();
  for (const revisions of register.statements()) {
    const newest = revisions.at(-1);
    if (newest === undefined) continue;
    const { from_ms: fromMs, to_ms: toMs } = newest.period;
    const key = `${fromMs} ${toMs}`;
    const known = spans.get(key)?.frozenAtMs ?? Number.POSITIVE_INFINITY;
    spans.set(key, { fromMs, toMs, frozenAtMs: Math.min(known, newest.frozen_at_ms) });
  }
  return [...spans.values()];
}
