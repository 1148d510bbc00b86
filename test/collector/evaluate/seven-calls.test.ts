/** Seven calls of a queue log whose figures are printed with them, from the YAML of an objective to the figure. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadNines } from '../../../collector/src/config/nines.ts';
import { attain } from '../../../collector/src/evaluate/attain.ts';
import { Head } from '../../../collector/src/evaluate/head.ts';
import { periodOf } from '../../../collector/src/evaluate/judged-period.ts';
import type { Attainment } from '../../../collector/src/sla/attainment.ts';
import { mustOf } from '../../../collector/src/wording/indicators.ts';
import { callsOf } from '../../support/calls.ts';
import { temporaryFolder } from '../../support/folders.ts';
import { MemoryStore } from '../../support/memory-store.ts';
import { JournalInMemory } from './journal-in-memory.ts';
import { planOf } from './plan-of.ts';

const LOG = readFileSync(join(import.meta.dirname, '../../shared/phone/seven-calls.queue_log'), 'utf8');
const NOW_MS = Date.UTC(2026, 0, 2);

interface Judged {
  readonly attainment: Attainment;
  readonly words: string;
}

/** An objective of 80 % over the day of the calls, with these fields of its indicator. */
async function judge(indicator: string, { calendar = '', log = LOG } = {}): Promise<Judged> {
  const path = join(temporaryFolder(), 'nines.yaml');
  writeFileSync(
    path,
    `calendars:
  - { id: before-noon, time_zone: Europe/Berlin, open: { mon-sun: 09:00-11:05 } }
customers: [{ id: acme }]
contracts:
  - id: phone
    customer: acme
    time_zone: UTC
    objectives: [{ id: calls, indicator: ${indicator}, target: "80", period: calendar_day${calendar} }]
`,
  );
  const [objective] = loadNines(path).objectives;
  const period = objective === undefined ? null : periodOf(objective, '2026-01-01', NOW_MS);
  if (objective === undefined || period === null) throw new Error('no objective');
  const store = new MemoryStore();
  await store.putEvents({ events: callsOf(log).map((call) => ({ ...call, agent: 'pbx1' })), receivedAtMs: NOW_MS });
  const evaluation = {
    head: new Head({ journal: new JournalInMemory() }),
    plan: planOf({}),
    events: store,
    nowMs: NOW_MS,
  };
  return { attainment: await attain(objective, evaluation, period), words: mustOf(objective) };
}

function serviceLevel(formula: string, more = ''): string {
  return `{ kind: phone_service_level, formula: ${formula}, threshold: 20s${more} }`;
}

const TIMED_OUT_IS_LOST = ', abandoned: [abandoned, timed-out]';
const ALL_OFFERED = ', also_offered: [timed-out, left-by-key]';

describe('seven calls: three answered after 12, 45 and 20 s, two abandoned after 4 and 60, one timed out, one left by key', () => {
  it.each([
    ['Asterisk’s SL', serviceLevel('answered_in_threshold_over_answered'), 2, 3],
    // The time-out counts as abandoned, who leaves by key does not: 2 + 1 of 3 + 3.
    ['Asterisk’s SL2', serviceLevel('answered_or_abandoned_in_threshold_over_offered', TIMED_OUT_IS_LOST), 3, 6],
    ['F3', serviceLevel('answered_in_threshold_over_offered'), 2, 5],
    ['F3, time-outs lost', serviceLevel('answered_in_threshold_over_offered', TIMED_OUT_IS_LOST), 2, 6],
    ['over all that were offered', serviceLevel('answered_in_threshold_over_offered', ALL_OFFERED), 2, 7],
    ['F4', serviceLevel('answered_in_threshold_over_answered_and_late_abandoned'), 2, 4],
    [
      'F4, time-outs lost',
      serviceLevel('answered_in_threshold_over_answered_and_late_abandoned', TIMED_OUT_IS_LOST),
      2,
      5,
    ],
    ['F5b over all', serviceLevel('answered_in_threshold_over_offered_less_short_abandoned', ALL_OFFERED), 2, 6],
    // Two of seven abandoned; without the short one 1 of 6; with the time-out 3 of 7.
    ['not abandoned', `{ kind: phone_abandonment, short_abandon: none${ALL_OFFERED} }`, 5, 7],
    ['not abandoned, short ones left out', `{ kind: phone_abandonment${ALL_OFFERED} }`, 5, 6],
    [
      'not lost',
      `{ kind: phone_abandonment, short_abandon: none, also_offered: [left-by-key]${TIMED_OUT_IS_LOST} }`,
      4,
      7,
    ],
  ])('%s', async (_, indicator, good, total) => {
    const { attainment } = await judge(indicator);
    expect([attainment.good, attainment.good + attainment.bad]).toEqual([good, total]);
    expect(attainment.attainmentPpb).toBe(Math.floor((good * 1e9) / total));
    expect(attainment.verdict).toBe(good / total >= 0.8 ? 'met' : 'breached');
  });

  it.each([
    // (12 + 45 + 20) / 3 = 25.67
    ['phone_answer_speed', 77n, 3n, '25s', 'breached'],
    ['phone_answer_speed', 77n, 3n, '26s', 'met'],
    // (180 + 60 + 30) / 3 = 90
    ['phone_talk_time', 270n, 3n, '90s', 'met'],
    // The one that timed out waited three minutes.
    ['phone_longest_wait', 180n, 1n, '3m', 'met'],
    ['phone_longest_wait', 180n, 1n, '179s', 'breached'],
  ] as const)('%s is %d / %d seconds; at most %s is %s', async (kind, good, total, atMost, verdict) => {
    const { attainment } = await judge(`{ kind: ${kind}, at_most: ${atMost} }`);
    expect(attainment.statistic?.value).toEqual({ good, total });
    expect(attainment.verdict).toBe(verdict);
  });

  it('the threshold is inclusive: who waited 20 s is in time within 20 s, and not within 19', async () => {
    const within19 = '{ kind: phone_service_level, formula: answered_in_threshold_over_answered, threshold: 19s }';
    expect((await judge(within19)).attainment).toMatchObject({ good: 1, bad: 2 });
  });

  it('only calls of support hours count: those that came before 11:05 in Berlin', async () => {
    // 10:00 UTC is 11:00 there: c1 to c6 came within the first 200 s, c7 after 400.
    const inHours = await judge(serviceLevel('answered_in_threshold_over_answered'), {
      calendar: ', calendar: before-noon',
    });
    expect(inHours.attainment).toMatchObject({ good: 1, bad: 1 });
  });

  it('fewer calls than a verdict needs are no figure, no verdict and no incident; as many are', async () => {
    const few = await judge(serviceLevel('answered_in_threshold_over_offered', ', min_calls: 6'));
    expect(few.attainment).toMatchObject({ attainmentPpb: null, verdict: 'inconclusive', incidents: [], excluded: 5 });
    const enough = await judge(serviceLevel('answered_in_threshold_over_offered', ', min_calls: 5'));
    expect(enough.attainment).toMatchObject({ good: 2, bad: 3, verdict: 'breached' });
    expect((await judge('{ kind: phone_answer_speed, at_most: 5s, min_calls: 4 }')).attainment.verdict).toBe(
      'inconclusive',
    );
  });

  it('is worded as people would say it', async () => {
    const words = async (indicator: string) => (await judge(indicator)).words;
    expect(await words(serviceLevel('answered_in_threshold_over_offered', ', queues: [support]'))).toBe(
      'calls of support must be answered within 20 s, of all answered and abandoned calls',
    );
    expect(await words(serviceLevel('answered_in_threshold_over_offered_less_short_abandoned', ALL_OFFERED))).toBe(
      'calls must be answered within 20 s, of all answered, abandoned, timed-out and left-by-key calls but those given up within 5 s',
    );
    expect(await words(`{ kind: phone_abandonment${TIMED_OUT_IS_LOST} }`)).toBe(
      'calls must not be abandoned or timed-out, of all answered, abandoned and timed-out calls, but for those who give up within 5 s',
    );
  });

  it('is weighted by calls: a busy hour counts as much as its calls', async () => {
    // An hour with one call answered at once beside the seven: 3 of 4 answered in time, not the mean of 100 % and 66.7 %.
    const quiet =
      '1767268800|q.1|support|NONE|ENTERQUEUE|||1\n1767268801|q.1|support|P/1|CONNECT|1|x|1\n1767268860|q.1|support|P/1|COMPLETECALLER|1|59|1\n';
    const { attainment } = await judge(serviceLevel('answered_in_threshold_over_answered'), { log: LOG + quiet });
    expect(attainment.attainmentPpb).toBe(750_000_000);
  });
});
