import type { AgentNow, CheckNow, ObjectiveNow, Snapshot } from '../../../collector/src/alerts/finding.ts';
import type { NoticeTerms } from '../../../collector/src/alerts/notices/due.ts';
import {
  type SettingChanges,
  type Settings,
  settingsOf,
  type WrittenSettings,
} from '../../../collector/src/alerts/settings.ts';
import type { Attainment } from '../../../collector/src/sla/attainment.ts';
import { PLAIN_PROFILE } from '../../../collector/src/sla/profile.ts';
import { anObjective, areUp } from '../../support/objectives.ts';

export const NOW_MS = Date.UTC(2026, 10, 10, 12);

/** Nothing is there at `NOW_MS`, unless the fields say otherwise. */
export function aSnapshot(fields: Partial<Snapshot> = {}): Snapshot {
  return {
    nowMs: NOW_MS,
    publicUrl: 'https://sla.example.net',
    checks: [],
    objectives: [],
    agents: [],
    heartbeats: [],
    repositories: [],
    statements: [],
    reviews: [],
    ...fields,
  };
}

/** A check in that state, as one agent in Frankfurt sees it. */
export function aCheck(outcome: 'up' | 'down' | 'unknown', reason: string | null = null): CheckNow {
  const state = { outcome, reason };
  const last = { check: 'shop', atMs: NOW_MS - 5_000, everyMs: 30_000, outcome, reason, values: {} };
  return {
    check: 'shop',
    state,
    quiet: null,
    silent: null,
    isPromisedNow: null,
    agents: [{ agent: 'web03', location: 'fra', state, last, failedPhase: null }],
  };
}

/** A promise of 99.9 % of November, nothing of whose budget of 43 min 12 s is used, unless the fields say otherwise. */
export function aPromise(attainment: Partial<Attainment> = {}, fields: Partial<ObjectiveNow> = {}): ObjectiveNow {
  const fromMs = Date.UTC(2026, 10, 1);
  return {
    objective: anObjective(areUp('shop')),
    burns: [],
    exhaustsInMs: null,
    recent: null,
    recentCoveragePpb: 1_000_000_000,
    quiet: null,
    attainment: {
      fromMs,
      toMs: NOW_MS,
      periodToMs: fromMs + 30 * 86_400_000,
      periodName: '2026-11',
      unit: 'ms',
      scale: 1,
      good: NOW_MS - fromMs,
      bad: 0,
      unknown: 0,
      excluded: 0,
      pending: 0,
      shares: { attained: null, low: null, high: null },
      attainmentPpb: 1_000_000_000,
      lowPpb: 1_000_000_000,
      highPpb: 1_000_000_000,
      coveragePpb: 1_000_000_000,
      verdict: 'inconclusive',
      budget: { total: 2_592_000, used: 0, left: 2_592_000 },
      serviceMs: 30 * 86_400_000,

      promisedMs: 0,
      whole: { low: null, high: null },
      workings: null,
      badTime: { best: [], worst: [] },
      incidents: [],
      uncounted: [],
      reliability: { mttrMs: null, mtbfMs: null },
      statistic: null,
      exclusions: { applied: [], notApplied: [] },
      profile: PLAIN_PROFILE,
      ...attainment,
    },
    ...fields,
  };
}

/** The settings of everybody, but for what is said here. */
export function settings(
  rules: SettingChanges['rules'] = {},
  more: Partial<WrittenSettings> & { readonly limits?: SettingChanges['limits'] } = {},
): Settings {
  const { limits = {}, own = new Map(), dependsOn = new Map() } = more;
  return settingsOf({ all: { rules, limits }, own, dependsOn });
}

/** Told of each alert by itself and at once, of everything, and of its end. */
export function someTerms(): NoticeTerms {
  return {
    severities: null,
    groupBy: ['alertname', 'check'],
    groupWaitMs: 0,
    groupIntervalMs: 0,
    remindEveryMs: null,
    escalateAfterMs: null,
    tellsResolved: true,
  };
}

/** An agent that delivered five seconds ago and has nothing to complain of. */
export function anAgent(fields: Partial<AgentNow> = {}): AgentNow {
  return {
    agent: 'web03',
    location: 'fra',
    lastReceivedAtMs: NOW_MS - 5_000,
    silenceMs: 90_000,
    isIsolated: false,
    spoolBatches: 0,
    spoolOldestAtMs: null,
    skewMs: 12,
    maxSkewMs: 30_000,
    ...fields,
  };
}
