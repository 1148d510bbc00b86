import type { AgentStatus } from '@nines/shared/wire.ts';
import { describe, expect, it } from 'vitest';
import { Head } from '../../../collector/src/evaluate/head.ts';
import type { JournalEntry } from '../../../collector/src/store/store.ts';
import { aBatch, START_MS, upColumns } from '../../support/batches.ts';
import { MemoryStore } from '../../support/memory-store.ts';

const HOUR_MS = 3_600_000;

function statusAt(atMs: number, spoolBatches: number): AgentStatus {
  return {
    at_ms: atMs,
    version: '0.1.0',
    started_at_ms: START_MS,
    checks: 1,
    runs: 1,
    late_runs: 0,
    isolated: false,
    isolated_runs: 0,
    agent_errors: 0,
    spool_bytes: 0,
    spool_batches: spoolBatches,
    spool_oldest_at_ms: null,
    dropped_observations: 0,
    refused_batches: 0,
  };
}

/** A batch that the agent made and sent at one instant of its own clock, which is `skewMs` behind ours. */
function entry(
  position: number,
  receivedAtMs: number,
  { skewMs, madeMs = receivedAtMs }: { skewMs: number; madeMs?: number },
): JournalEntry {
  const ownMs = madeMs - skewMs;
  const batch = aBatch({
    sequence: position,
    checks: [upColumns('home', 1, ownMs)],
    status: statusAt(ownMs, position),
  });
  return { position, batch, receivedAtMs, skewMs };
}

function newestOf(...entries: readonly JournalEntry[]): number | undefined {
  const head = new Head({ journal: new MemoryStore() });
  for (const one of entries) head.apply(one);
  return head.agent('fra-web03')?.status?.spool_batches;
}

describe('what an agent says of itself', () => {
  it('is shown by its own time, not by that of arrival: the backlog comes after the newest', () => {
    expect(
      newestOf(
        entry(1, START_MS, { skewMs: 0 }),
        entry(2, START_MS + 5_000, { skewMs: 0, madeMs: START_MS - HOUR_MS }),
      ),
    ).toBe(1);
  });

  it('said by a clock an hour ahead does not stay the newest for an hour after the clock is right', () => {
    expect(newestOf(entry(1, START_MS, { skewMs: -HOUR_MS }), entry(2, START_MS + 5_000, { skewMs: 0 }))).toBe(2);
  });
});
