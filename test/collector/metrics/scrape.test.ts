import { expect, it } from 'vitest';
import { planOf } from '../../../collector/src/config/plan.ts';
import { Head } from '../../../collector/src/evaluate/head.ts';
import { createProgramMetrics } from '../../../collector/src/metrics/program.ts';
import { type ScrapeSource, writeScrape } from '../../../collector/src/metrics/scrape.ts';
import { CallCounts } from '../../../collector/src/phone/call-counts.ts';
import { probeOptions } from '../../../shared/src/probes/index.ts';
import { START_MS } from '../../support/batches.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { JournalInMemory } from '../evaluate/journal-in-memory.ts';

const probe = { type: 'tcp', host: 'shop.example', port: 443 };
const agents = [{ name: 'fra', location: 'fra', local: false, token: null, metricsAt: null }];

/** Checks that were never run; each has some two kilobytes of counters. */
function sourceOf(checks: number): ScrapeSource {
  const configured = Array.from({ length: checks }, (_, at) => ({
    id: `shop-${at}`,
    everyMs: 30_000,
    timeoutMs: 10_000,
    schedule: null,
    agents: ['fra'],
    probe: probeOptions.parse(probe),
    writtenProbe: probe,
  }));
  const now = {
    head: new Head({ journal: new JournalInMemory() }),
    plan: planOf({ checks: configured, agents }, []),
    nowMs: START_MS,
    nines: { agents },
    standings: [],
    settlements: [],
    recentEvents: { all: async () => [], async *events() {} },
  };
  return {
    store: { size: async () => ({ bytes: 1, batches: 1 }) },
    disk: { freeBytes: async () => 1 },
    metrics: createProgramMetrics(),
    heartbeats: { statuses: () => [] },
    figures: { now: async () => now },
    callCounts: new CallCounts(),
    // It stands still: no turn is over because of its length.
    clock: new ManualClock(START_MS),
    isWhole: () => true,
  };
}

it('others get their turn before each piece of a long page, or the one before waits to be packed and sent', async () => {
  const pieces = (await writeScrape(sourceOf(500), 'prometheus'))[Symbol.asyncIterator]();
  await pieces.next();
  let asked = 0;
  for (let isLast = false; !isLast; asked++) {
    let hadTurn = false;
    setImmediate(() => {
      hadTurn = true;
    });
    isLast = (await pieces.next()).done === true;
    expect(hadTurn || isLast).toBe(true);
  }
  expect(asked).toBeGreaterThan(2);
});
