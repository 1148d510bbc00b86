import { toColumns } from '@nines/shared/wire.ts';
import type { CheckPlan } from '../../../collector/src/evaluate/evidence.ts';
import type { Journal } from '../../../collector/src/evaluate/journal-reader.ts';
import type { JournalEntry } from '../../../collector/src/store/store.ts';

/** A run a minute of `check-0`, `check-1` …, as one agent made them from the beginning of October 2026 in Berlin on. */
export const MADE_UP = { fromMs: 1_790_805_600_000, everyMs: 60_000, agent: 'fra-1' } as const;

const { fromMs: FROM_MS, everyMs: EVERY_MS, agent } = MADE_UP;

/** Down for ten minutes about every four days, each check at another time. */
function run(check: number, index: number) {
  const isUp = (index + check * 37) % 5_760 >= 10;
  return {
    check: `check-${check}`,
    atMs: FROM_MS + index * EVERY_MS + (check % 60) * 1_000,
    everyMs: EVERY_MS,
    outcome: isUp ? ('up' as const) : ('down' as const),
    reason: isUp ? null : 'timeout',
    values: isUp ? { total: 20_000 + ((index * 131 + check) % 977) * 200 } : {},
  };
}

/** Runs `[first, first + count)` of a check as one batch. */
export function madeUpEntry(check: number, first: number, count: number): JournalEntry {
  const runs = Array.from({ length: count }, (_, index) => run(check, first + index));
  const batch = { version: 1, agent, spool: 'bench-spool', sequence: 1, checks: toColumns(runs) } as const;
  const position = 1 + check * 10_000_000 + first;
  return { position, batch, receivedAtMs: (runs.at(-1)?.atMs ?? 0) + 1_000, skewMs: 0 };
}

/** A journal in which nothing is. */
export const EMPTY_JOURNAL: Journal = {
  async *tail() {},
  async *entriesBetween() {},
  sealedRuns: async () => [],
  thresholdWeeks: async () => [],
  holdStill: async () => () => {},
};

/** Gives any hour of a check back as the store would, out of the same runs: `check` is the one that is judged now. */
export function madeUpJournal(asked: () => { readonly check: number; readonly runs: number }): Journal {
  return {
    ...EMPTY_JOURNAL,
    async *entriesBetween(fromMs, toMs) {
      const { check, runs } = asked();
      const first = Math.max(0, Math.floor((fromMs - FROM_MS) / EVERY_MS) - 1);
      const end = Math.min(runs, Math.ceil((toMs - FROM_MS) / EVERY_MS) + 1);
      if (first < end) yield madeUpEntry(check, first, end - first);
    },
  };
}

/** The one agent runs every check, and always did. */
export const MADE_UP_PLAN: CheckPlan = {
  agentsOf: () => [agent],
  assignedTimesOf: () => new Map([[agent, [{ fromMs: 0, toMs: Number.POSITIVE_INFINITY }]]]),
  everyMsOf: () => EVERY_MS,
  locationOf: () => 'fra',
};
