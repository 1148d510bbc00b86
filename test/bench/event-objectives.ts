/**
 * What judging events costs with every scrape: 50 objectives with four burn windows each over one stream of a month, in a
 * store on disk, after one event more. Read from the store each time, and followed in memory. Times are those of all
 * threads' cores, whatever else the machine does meanwhile.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Event } from '@nines/shared/event.ts';
import { attain } from '../../collector/src/evaluate/attain.ts';
import { burnWindows } from '../../collector/src/evaluate/burn.ts';
import type { EventSupply } from '../../collector/src/evaluate/evidence.ts';
import { Head } from '../../collector/src/evaluate/head.ts';
import { RecentEvents } from '../../collector/src/evaluate/recent-events.ts';
import type { Indicator } from '../../collector/src/sla/indicator.ts';
import { PLAIN_PROFILE } from '../../collector/src/sla/profile.ts';
import { openStore } from '../../collector/src/store/open.ts';
import { anObjective } from '../support/objectives.ts';
import { EMPTY_JOURNAL } from './rig/made-up-runs.ts';

const EVENTS = process.argv.includes('--quick') ? 10_000 : 100_000;
const OBJECTIVES = 50;
const SCRAPES = 3;
const DAY_MS = 86_400_000;
/** October 2026 in Berlin, seen on its last evening. */
const FROM_MS = 1_790_805_600_000;
const SPAN_MS = 30 * DAY_MS;
const NOW_MS = FROM_MS + SPAN_MS;

function call(index: number): Event {
  const atMs = FROM_MS + Math.floor((index * (SPAN_MS - 600_000)) / EVENTS);
  const outcome = index % 17 === 0 ? 'abandoned' : 'answered';
  const labels = { queue: `queue-${index % 10}` };
  const values = { wait: (index * 131) % 60_000, talk: (index * 37) % 300_000 };
  return {
    stream: 'calls',
    id: `call-${index}`,
    agent: 'pbx',
    revision: 1,
    atMs,
    endedAtMs: atMs + 90_000,
    outcome,
    labels,
    values,
  };
}

const source = { stream: 'calls', checks: [], at: 'end' } as const;
const objectives = Array.from({ length: OBJECTIVES }, (_, index) => {
  const indicator: Indicator = {
    kind: 'event_ratio',
    source,
    valid: { kind: 'label', name: 'queue', in: [`queue-${index % 10}`] },
    good: { kind: 'outcome', in: ['answered'] },
  };
  const profile = { ...PLAIN_PROFILE, method: { kind: 'occurrences' } as const };
  return anObjective(indicator, { id: `answered-${index}`, profile, targetPpb: 800_000_000 });
});

const plan = {
  agentsOf: () => [],
  assignedTimesOf: () => new Map(),
  everyMsOf: () => null,
  locationOf: (agent: string) => agent,
};
const head = new Head({ journal: EMPTY_JOURNAL });

const directory = mkdtempSync(join(tmpdir(), 'nines-event-objectives-'));
const store = await openStore({ directory });
for (let first = 0; first < EVENTS; first += 5_000) {
  const events = Array.from({ length: Math.min(5_000, EVENTS - first) }, (_, index) => call(first + index));
  await store.putEvents({ events, receivedAtMs: NOW_MS });
}
const recent = new RecentEvents(store);

/** Milliseconds of processors and of the clock. */
async function judgeAll(events: EventSupply, nowMs: number) {
  const beganMs = performance.now();
  const began = process.cpuUsage();
  for (const objective of objectives) {
    const evaluation = { head, plan, nowMs, events };
    await burnWindows(objective, evaluation, await attain(objective, evaluation));
  }
  const { user, system } = process.cpuUsage(began);
  return { cpuMs: (user + system) / 1_000, tookMs: performance.now() - beganMs };
}

async function scrape(what: string, events: EventSupply): Promise<void> {
  for (let count = 0; count < SCRAPES; count++) {
    const received = { events: [call(EVENTS + count)], receivedAtMs: NOW_MS };
    recent.note(received, await store.putEvents(received));
    const { cpuMs, tookMs } = await judgeAll(events, NOW_MS + count * 15_000);
    console.log(`${what}: ${(cpuMs / 1_000).toFixed(2)} s of a core, ${(tookMs / 1_000).toFixed(2)} s by the clock`);
  }
}

console.log(`${EVENTS} events, ${OBJECTIVES} objectives with four burn windows, each scrape after one event more`);
await scrape('read from the store', store);
await scrape('followed in memory', recent);
await store.close();
rmSync(directory, { recursive: true });
