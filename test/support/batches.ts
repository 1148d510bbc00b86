import type { Batch, CheckColumns } from '@nines/shared/wire.ts';
import { WIRE_VERSION } from '@nines/shared/wire-version.ts';
import type { Delivery } from '../../collector/src/store/store.ts';

/** An instant that every batch of the tests is near: 2026-09-21. */
export const START_MS = 1_790_000_000_000;

/** Columns of a check that was up once a minute, from `fromMs` on. */
export function upColumns(check: string, count: number, fromMs = START_MS): CheckColumns {
  return {
    check,
    every_ms: 60_000,
    at_ms: Array.from({ length: count }, (_, index) => fromMs + index * 60_000),
    up: Array.from({ length: count }, () => 1 as const),
    reasons: {},
    values: { total: Array.from({ length: count }, (_, index) => 1_000 + index) },
  };
}

/** A valid batch; what a test is about is given, the rest is ordinary. */
export function aBatch(given: Partial<Batch> = {}): Batch {
  return {
    version: WIRE_VERSION,
    agent: 'fra-web03',
    spool: 'spool-0001',
    sequence: 1,
    checks: [upColumns('shop-home', 3)],
    ...given,
  };
}

/** A batch as ingest hands it to a store, received one second after it was sent. */
export function aDelivery(given: Partial<Batch> = {}): Delivery {
  return { batch: aBatch(given), receivedAtMs: START_MS + 1_000, skewMs: 1_000 };
}

/** Everything an asynchronous iterable yields. */
export async function collect<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const all: Item[] = [];
  for await (const item of items) all.push(item);
  return all;
}
