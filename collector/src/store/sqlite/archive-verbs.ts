import { type Archive, KEEP_ALL } from '../archive.ts';
import { distinctDamages, type SealedPage, seriesOf } from './sealed-reader.ts';
import type { Share } from './share-of-series.ts';
import { Stillness } from './stillness.ts';
import type { StoreThreads } from './store-threads.ts';

/** What a sealed observation writes: its chunk, its rollups, the journal's freed pages. */
const SEALED_BYTES = 20;

type Scanner = ReturnType<StoreThreads['scanning']>[number];

/** The verbs of what is sealed, and the upkeep that seals it. */
export function archiveVerbs(threads: StoreThreads): Archive {
  const stillness = new Stillness();
  let asked = 0;
  const nextScanner = () => {
    const scanners = threads.scanning();
    return scanners[asked++ % scanners.length] ?? scanners[0];
  };
  /** Every scanner at once, each with its part of the series. */
  const shared = async <Found>(ask: (scanner: Scanner, share: Share) => Promise<readonly Found[]>) => {
    const scanners = threads.scanning();
    const found = scanners.map((scanner, part) => ask(scanner, { part, parts: scanners.length }));
    return (await Promise.all(found)).flat();
  };
  return {
    sealed: async function* () {
      const read = (afterId: number) => threads.reading().ask('sealed', { afterId });
      // One is read while the one before is taken over.
      for (let reading: Promise<SealedPage> | null = read(0); reading !== null; ) {
        const page: SealedPage = await reading;
        reading = page.next === null ? null : read(page.next);
        // Who stops listening does not hear of it any more; whoever awaits it does.
        reading?.catch(() => {});
        yield* seriesOf(page);
      }
    },
    sealedAgents: async () => threads.reading().ask('sealedAgents', null),
    sealedRuns: async (request) => nextScanner().ask('sealedRuns', request),
    durationSketches: async (interval) =>
      shared((scanner, share) => scanner.ask('durationSketches', { ...interval, ...share })),
    durationQuantiles: async (request) =>
      shared((scanner, share) => scanner.ask('durationQuantiles', { ...request, ...share })),
    damages: async () => {
      const found = await Promise.all(threads.readers().map((reader) => reader.ask('damages', null)));
      return distinctDamages(found.flat());
    },
    covered: async () => threads.reading().ask('covered', null),
    prepareThresholds: async (wanted) => threads.upkeeping().ask('prepareThresholds', wanted),
    thresholdWeeks: async (threshold) => threads.upkeeping().ask('thresholdWeeks', threshold),
    holdStill: async () => stillness.hold(),
    upkeep: async (nowMs, retention = KEEP_ALL) => {
      // Nothing moves yet: a year of weeks is read meanwhile, and waits for a transaction and not for a whole step.
      await threads.upkeeping().ask('makeReady', { nowMs });
      const report = await stillness.move(() => threads.upkeeping().ask('step', { nowMs, retention }));
      threads.noteWritten(report.sealed * SEALED_BYTES, report.merged);
      return report;
    },
  };
}
