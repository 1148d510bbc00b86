import { type Archive, KEEP_ALL } from '../archive.ts';
import type { SealedPage } from './sealed-reader.ts';
import { Stillness } from './stillness.ts';
import type { StoreThreads } from './store-threads.ts';

/** What a sealed observation writes: its chunk, its rollups, the journal's freed pages. */
const SEALED_BYTES = 20;

/** The verbs of what is sealed, and the upkeep that seals it. */
export function archiveVerbs(threads: StoreThreads): Archive {
  const stillness = new Stillness();
  return {
    sealed: async function* () {
      for (let afterId: number | null = 0; afterId !== null; ) {
        const page: SealedPage = await threads.reading().ask('sealed', { afterId });
        yield* page.series;
        afterId = page.next;
      }
    },
    sealedAgents: async () => threads.reading().ask('sealedAgents', null),
    sealedRuns: async (request) => threads.reading().ask('sealedRuns', request),
    durationSketches: async (interval) => threads.reading().ask('durationSketches', interval),
    damages: async () => threads.reading().ask('damages', null),
    covered: async () => threads.reading().ask('covered', null),
    prepareThresholds: async (wanted) => threads.upkeeping().ask('prepareThresholds', wanted),
    thresholdWeeks: async (threshold) => threads.upkeeping().ask('thresholdWeeks', threshold),
    holdStill: async () => stillness.hold(),
    upkeep: async (nowMs, retention = KEEP_ALL) => {
      const report = await stillness.move(() => threads.upkeeping().ask('step', { nowMs, retention }));
      threads.noteWritten(report.sealed * SEALED_BYTES, report.merged);
      return report;
    },
  };
}
