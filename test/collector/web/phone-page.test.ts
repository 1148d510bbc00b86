import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeEvents } from '../../../shared/src/event.ts';
import { DecisionWorld, OCTOBER_MS } from '../../support/decision-world.ts';

const world = new DecisionWorld(`
collector: { listen: 127.0.0.1:0, data: data }
agents: [{ name: pbx1, token: { env: AGENT } }]
importers: [{ name: pbx-export, token: { env: PAUL }, streams: [calls] }]
checks: [{ id: support-calls, every: 1m, probe: { type: asterisk_queue_log, path: /var/log/asterisk/queue_log } }]
customers: [{ id: acme, name: ACME GmbH }]
contracts:
  - id: hotline
    customer: acme
    time_zone: Europe/Berlin
    objectives:
      - id: answered
        indicator: { kind: phone_service_level, formula: answered_in_threshold_over_offered, threshold: 20s }
        target: "80"
        period: calendar_month
`);

const SECOND_MS = 1_000;
const HOUR_MS = 3_600 * SECOND_MS;
/** Ten in the morning of 2026-10-01 in Berlin. */
const TEN_MS = OCTOBER_MS + 8 * HOUR_MS;

function call(id: string, atMs: number, outcome: string | null, values: Record<string, number> = {}) {
  const endedAtMs = outcome === null ? null : atMs + 90 * SECOND_MS;
  return { stream: 'calls', id, revision: 1, atMs, endedAtMs, outcome, labels: { queue: 'support' }, values };
}

beforeAll(async () => {
  await world.start();
  await world.clock.advance(8 * HOUR_MS);
  const before = TEN_MS - 10 * 60 * SECOND_MS;
  const body = writeEvents([
    call('in-time', before, 'answered', { wait_s: 20, talk_s: 70 }),
    call('late', before + 1, 'answered', { wait_s: 21, talk_s: 69 }),
    call('gone', before + 2, 'abandoned', { wait_s: 90 }),
    call('hours-ago', before - 2 * HOUR_MS, 'answered', { wait_s: 3, talk_s: 9 }),
    call('waits', TEN_MS - 42 * SECOND_MS, null),
  ]);
  const headers = { authorization: 'Bearer paul-1', 'content-type': 'application/json' };
  const answer = await fetch(`${world.address}/api/v1/events`, { method: 'POST', headers, body });
  expect(answer.status).toBe(200);
  // Figures of the same second are given out again.
  await world.clock.advance(2 * SECOND_MS);
});
afterAll(() => world.stop());

async function text(path: string): Promise<string> {
  const answer = await fetch(world.address + path);
  expect(answer.status).toBe(200);
  return (await answer.text()).replace(/<[^>]*>/g, ' ').replace(/\s+/g, ' ');
}

describe('calls that a collector was told of', () => {
  it('are on its page: who waits, the day, the promise with what it does not know', async () => {
    for (const path of ['/phone', '/phone/fragment']) {
      const page = await text(path);
      expect(page).toContain('support 1 waiting 44s longest wait 0 talking 4 offered 3 answered 1 gave up 0 refused');
      // (20 + 21 + 3) / 3 = 14.67 and (70 + 69 + 9) / 3 = 49.33, truncated.
      expect(page).toContain('14s to answer 49s talk 1m 30s longest wait');
      expect(page).toContain('support-calls pbx1 all no data waiting');
      // Two of four; of the last half hour one of three. The one who waits may still turn out either way.
      expect(page).toContain('Attainment 50.000 %');
      expect(page).toContain('Last 30 minutes 33.333 %');
      expect(page).toContain(
        'Callers refused at join (the queue was full, or nobody was there) are not among these calls',
      );
      expect(page).toContain('2026-10-01 4 offered');
    }
    expect(await text('/')).toContain('Telephone');
  });

  it('are in its metrics, counted once a minute has gone by', async () => {
    const before = await text('/metrics');
    expect(before).toContain('nines_phone_queue_callers_waiting{queue="support"} 1');
    expect(before).toContain('nines_phone_queue_longest_wait_seconds{queue="support"} 44');
    expect(before).toContain('objective="answered",window="30m"} 0.3333333333333333');
    expect(before).not.toContain('nines_phone_calls_total{');
    await world.clock.advance(60 * SECOND_MS);
    const after = await text('/metrics');
    expect(after).toContain('nines_phone_calls_total{queue="support",outcome="answered"} 3');
    expect(after).toContain('nines_phone_calls_total{queue="support",outcome="abandoned"} 1');
  });

  it('have their caveat in the API, too', async () => {
    const { answer } = await world.get('/api/v1/attainment?contract=hotline');
    expect(answer.attainments[0]).toMatchObject({
      good: 2,
      bad: 2,
      unknown: 1,
      caveats: [{ code: 'refused-not-heard', events: 0, text: expect.stringContaining('may be too good') }],
    });
  });
});
