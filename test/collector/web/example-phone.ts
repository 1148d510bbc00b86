import { objectiveView } from '../../../collector/src/web/page-model.ts';
import type { PhoneView } from '../../../collector/src/web/phone-view.ts';
import { anObjective } from '../../support/objectives.ts';
import { exampleAttainment, NOW_MS } from './example-model.ts';

const TALLY = {
  queue: 'support',
  offered: 1_234,
  answered: 1_000,
  abandoned: 160,
  refused: 12,
  other: 60,
  unknown: 2,
  meanWaitS: 17,
  meanTalkS: 181,
  longestWaitS: 310,
};

const SERVICE_LEVEL = anObjective(
  {
    kind: 'event_ratio',
    source: { stream: 'calls', checks: ['support-calls'], at: 'begin' },
    valid: { kind: 'always' },
    good: { kind: 'outcome', in: ['answered'] },
    calls: {
      kind: 'service_level',
      formula: 'answered_in_threshold_over_offered',
      withinS: 20,
      shortS: 5,
      queues: ['support'],
      abandoned: ['abandoned'],
      alsoOffered: [],
    },
  },
  { id: 'answered', targetPpb: 800_000_000 },
);

/** Two queues, one of them silent; a promise whose figure does not know of refused callers; two days. */
export const EXAMPLE_PHONE: PhoneView = {
  nowMs: NOW_MS,
  timeZone: 'Europe/Berlin',
  sources: [
    {
      check: 'support-queue',
      agent: 'pbx1',
      queues: ['support'],
      atMs: NOW_MS - 4_000,
      isCurrent: true,
      waiting: 3,
      longestWaitMs: 44_000,
      loggedIn: 5,
      available: 0,
      paused: 1,
    },
    {
      check: 'hotline',
      agent: 'pbx2',
      queues: null,
      atMs: null,
      isCurrent: false,
      waiting: null,
      longestWaitMs: null,
      loggedIn: null,
      available: null,
      paused: null,
    },
  ],
  queues: [
    { tally: TALLY, live: { queue: 'support', waiting: 3, longestWaitMs: 44_321, talking: 5 } },
    { tally: { ...TALLY, queue: 'sales & <partners>', meanWaitS: null }, live: null },
  ],
  promises: [
    {
      objective: objectiveView(
        SERVICE_LEVEL,
        exampleAttainment({
          unit: 'events',
          good: 940,
          bad: 60,
          unknown: 0,
          pending: 0,
          attainmentPpb: 940_000_000,
          lowPpb: 940_000_000,
          highPpb: 940_000_000,
          coveragePpb: 1_000_000_000,
          budget: { total: 200, used: 60, left: 140 },
          incidents: [],
          caveats: [{ code: 'refused-not-heard', events: 0, isCounted: false }],
        }),
        'ACME GmbH',
      ),
      recentPpb: 714_285_714,
    },
  ],
  dailyPromises: ['answered'],
  days: [
    { date: '2026-10-20', tally: TALLY, shares: [812_345_678] },
    { date: '2026-10-19', tally: { ...TALLY, offered: 2 }, shares: [null] },
  ],
};
