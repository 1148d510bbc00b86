import { holdsUntilMs } from '@nines/shared/observation.ts';
import { valuesOf } from '@nines/shared/probes/index.ts';
import { waiting } from '@nines/shared/probes/phone-values.ts';
import { addDays, dateAt, dateStartMs } from '@nines/shared/time/calendar.ts';
import type { FiguresNow } from '../evaluate/figures.ts';
import { type CallTally, tallyByQueue, tallyCalls } from '../phone/call-tally.ts';
import type { LiveQueue } from '../phone/live-queues.ts';
import { callsBetween, isAboutCalls, ofSource, phoneNow } from '../phone/phone-now.ts';
import { shareOfCalls } from '../phone/recent-share.ts';
import { ppbOf } from '../sla/share.ts';
import type { StoredEvent } from '../store/events.ts';
import { type ObjectiveView, objectiveView } from './page-model.ts';

/** So many days are shown, today included. */
const DAYS = 14;

/** A check that says how queues stand, as one agent last saw it; `null` for what it does not say. */
export interface PhoneSourceView {
  readonly check: string;
  readonly agent: string;
  readonly queues: readonly string[] | null;
  /** When it last ran, and whether that still holds; `null` when it never did. */
  readonly atMs: number | null;
  readonly isCurrent: boolean;
  readonly waiting: number | null;
  readonly longestWaitMs: number | null;
  readonly loggedIn: number | null;
  readonly available: number | null;
  readonly paused: number | null;
}

/** A queue today; `live` `null` when nothing says how it stands now. */
export interface PhoneQueueView {
  readonly tally: CallTally;
  readonly live: LiveQueue | null;
}

export interface PhoneDayView {
  readonly date: string;
  readonly tally: CallTally;
  /** In parts per billion, in the order of `promises`; `null` without calls. */
  readonly shares: readonly (number | null)[];
}

/** A promise about calls, and what it comes to over the last half hour. */
export interface PhonePromiseView {
  readonly objective: ObjectiveView;
  readonly recentPpb: number | null;
}

/** Everything on the page about telephone support. */
export interface PhoneView {
  readonly nowMs: number;
  /** Whose days these are: the zone of the first promise about calls, or UTC. */
  readonly timeZone: string;
  readonly sources: readonly PhoneSourceView[];
  readonly queues: readonly PhoneQueueView[];
  readonly promises: readonly PhonePromiseView[];
  /** Names of the promises whose share is told by day. */
  readonly dailyPromises: readonly string[];
  /** Newest first. */
  readonly days: readonly PhoneDayView[];
}

/** Rejects with `StoreError`. */
export async function phoneView(now: FiguresNow): Promise<PhoneView> {
  const { nowMs, standings } = now;
  const about = standings.filter(({ objective }) => isAboutCalls(objective));
  const timeZone = about[0]?.objective.timeZone ?? 'UTC';
  const today = dateAt(nowMs, timeZone);
  const dates = Array.from({ length: DAYS }, (_, ago) => addDays(today, -ago));
  const fromMs = dateStartMs(dates.at(-1) ?? today, timeZone);
  const calls = await callsBetween({ fromMs, toMs: nowMs + 1 }, now);
  const live = await phoneNow(now);
  const byDate = Map.groupBy(calls, ({ atMs }) => dateAt(atMs, timeZone));
  const daily = about.flatMap(({ objective }) =>
    objective.indicator.kind === 'event_ratio' ? [{ id: objective.id, indicator: objective.indicator }] : [],
  );
  const dayOf = (date: string): PhoneDayView => {
    const own = byDate.get(date) ?? [];
    const shares = daily.map(({ indicator }) => ppbOf(shareOfCalls(ofSource(own, indicator, now), indicator, nowMs)));
    return { date, tally: tallyCalls('', own), shares };
  };
  const names = new Map(now.nines.customers.map(({ id, name }) => [id, name]));
  return {
    nowMs,
    timeZone,
    sources: sourceViews(now),
    queues: queueViews(byDate.get(today) ?? [], live.queues),
    promises: about.map(({ objective, attainment }) => {
      const recent = live.shares.find((one) => one.objective === objective)?.share ?? null;
      return {
        objective: objectiveView(objective, attainment, names.get(objective.customer)),
        recentPpb: ppbOf(recent),
      };
    }),
    dailyPromises: daily.map(({ id }) => id),
    days: dates.map(dayOf).filter(({ tally }, index) => index === 0 || tally.offered > 0),
  };
}

function queueViews(today: readonly StoredEvent[], live: readonly LiveQueue[]): PhoneQueueView[] {
  const known = tallyByQueue(today);
  const quiet = live.filter(({ queue }) => !known.some((tally) => tally.queue === queue));
  return [...known, ...quiet.map(({ queue }) => tallyCalls(queue, []))].map((tally) => ({
    tally,
    live: live.find(({ queue }) => queue === tally.queue) ?? null,
  }));
}

/** Every pair of agent and check whose probe says how many callers wait. */
function sourceViews({ plan, head, nowMs }: FiguresNow): PhoneSourceView[] {
  const checks = plan.checks.filter(({ probe }) => Object.values(valuesOf(probe.type)).includes(waiting));
  return checks.flatMap(({ id, probe, agents }) =>
    agents.map((agent) => {
      const last = head.seriesOf(id).find((one) => one.agent === agent)?.last ?? null;
      const isCurrent = last !== null && last.outcome === 'up' && holdsUntilMs(last) > nowMs;
      const value = (name: string) => (isCurrent ? (last.values[name] ?? null) : null);
      const longest = value('longest_wait');
      return {
        check: id,
        agent,
        queues: 'queues' in probe ? (probe.queues ?? null) : null,
        atMs: last?.atMs ?? null,
        isCurrent,
        waiting: value('waiting'),
        longestWaitMs: longest === null ? null : Math.floor(longest / 1_000),
        loggedIn: value('logged_in'),
        available: value('available'),
        paused: value('paused'),
      };
    }),
  );
}
