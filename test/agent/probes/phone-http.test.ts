import type { RequestListener } from 'node:http';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { EventSpool } from '../../../agent/src/event-spool.ts';
import { temporaryFolder } from '../../support/folders.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { type HttpTarget, httpTarget } from '../../support/probe-targets/http-targets.ts';
import { allowing, probe, verdict } from '../../support/probe-targets/probe.ts';
import { openEventSpool, takeShipped } from '../../support/shipped-events.ts';

/** What TaskRouter's documentation shows of `…/TaskQueues/WQ…/Statistics`, with figures in it. */
const TWILIO = {
  realtime: {
    activity_statistics: [{ friendly_name: 'Available', sid: 'WAa', workers: 2 }],
    longest_task_waiting_age: 44,
    longest_task_waiting_sid: 'WTa',
    tasks_by_priority: { 0: 3 },
    tasks_by_status: { reserved: 1, pending: 2, assigned: 3, wrapping: 0 },
    total_available_workers: 2,
    total_eligible_workers: 5,
    total_tasks: 6,
  },
  cumulative: {
    avg_task_acceptance_time: 17,
    start_time: '2026-01-01T10:00:00Z',
    end_time: '2026-01-01T10:30:00Z',
    reservations_created: 12,
    reservations_accepted: 9,
    tasks_canceled: 2,
    tasks_entered: 11,
    split_by_wait_time: { 20: { above: { tasks_canceled: 1, reservations_accepted: 3 } } },
  },
};

const CALLS = [
  { id: 'c1', queue: 'support', entered_at: '2026-01-01T10:00:00Z', wait_s: 12, talk_s: 180, outcome: 'answered' },
  { id: 'c2', queue: 'support', entered_at: '2026-01-01T10:00:30Z', outcome: 'waiting', caller: '+4930555' },
  { id: 'c3', queue: 'billing', entered_at: '2026-01-01T10:01:00Z', wait_s: 4, outcome: 'abandoned' },
];

let target: HttpTarget;
let spool: EventSpool;
let answer: RequestListener;
const asked: string[] = [];

beforeEach(async () => {
  asked.length = 0;
  spool = openEventSpool(join(temporaryFolder(), 'events'));
  target = await httpTarget((request, response) => {
    asked.push(`${request.url} ${request.headers.authorization ?? ''}`.trim());
    answer(request, response);
  });
});
afterEach(() => target.close());

function serving(document: unknown, status = 200): void {
  answer = (_, response) => {
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(typeof document === 'string' ? document : JSON.stringify(document));
  };
}

function run(written: Record<string, unknown>, path = '/state') {
  return probe(
    { type: 'phone_http', url: `${target.url}${path}`, mapping: 'generic', ...written },
    {
      clock: new ManualClock(Date.parse('2026-01-01T10:05:00Z')),
      allowed: allowing({ secret: () => 'hush' }),
      eventsOf: (check) => spool.sinkOf(check),
    },
  );
}

describe('a telephone system that answers in JSON', () => {
  it('Twilio’s statistics of a queue are gauges; who was offered to a worker and not taken still waits', async () => {
    serving(TWILIO);
    const { observation } = await run({
      mapping: 'twilio_statistics',
      basic: { username: 'AC0', password: { env: 'TOKEN' } },
    });
    expect(observation).toMatchObject({
      outcome: 'up',
      values: { waiting: 3, longest_wait: 44_000_000, available: 2, offered: 11, answered: 9, abandoned: 2 },
    });
    expect(observation.values.mean_wait).toBe(17_000_000);
    expect(observation.values).not.toHaveProperty('logged_in');
    expect(asked).toEqual([`/state Basic ${Buffer.from('AC0:hush').toString('base64')}`]);
  });

  it('TaskRouter’s real-time answer alone has the same gauges', async () => {
    serving(TWILIO.realtime);
    const { observation } = await run({ mapping: 'twilio_real_time' });
    expect(observation.values).toMatchObject({ waiting: 3, longest_wait: 44_000_000, available: 2 });
  });

  it('queues are added up, the longest wait is the longest, and other queues are left out', async () => {
    const queue = (name: string, waiting: number, longest_wait_s: number) => ({ name, waiting, longest_wait_s });
    serving({ queues: [queue('support', 2, 30), queue('sales', 1, 50), queue('billing', 9, 99)], calls: [] });
    const { observation } = await run({ queues: ['support', 'sales'] });
    expect(observation.values).toMatchObject({ waiting: 3, longest_wait: 50_000_000 });
    expect(observation.values).not.toHaveProperty('available');
  });

  it('is asked for the last window, with a header that is a secret', async () => {
    serving({ queues: [], calls: [] });
    await run({ headers: { Authorization: { env: 'TOKEN' } }, window: '15m' }, '/c?from={from}&to={to}');
    expect(asked).toEqual(['/c?from=2026-01-01T09:50:00Z&to=2026-01-01T10:05:00Z hush']);
  });

  it('ships each call once for each state, without a number', async () => {
    serving({ queues: [], calls: CALLS });
    const { observation } = await run({ queues: ['support'] });
    expect(observation.values).toMatchObject({ calls: 2, malformed: 0 });
    expect(await takeShipped(spool)).toMatchObject([
      {
        id: 'c1',
        outcome: 'answered',
        labels: { check: 'shop', queue: 'support' },
        values: { wait_s: 12, talk_s: 180 },
      },
      { id: 'c2', outcome: null, endedAtMs: null },
    ]);
    await run({ queues: ['support'] });
    expect(await takeShipped(spool)).toEqual([]);
    const answered = { ...CALLS[1], outcome: 'answered', wait_s: 9, talk_s: 60 };
    serving({ queues: [], calls: [CALLS[0], answered] });
    await run({ queues: ['support'], callers: 'pseudonym' });
    const [call, ...others] = await takeShipped(spool);
    expect(others).toEqual([]);
    expect(call).toMatchObject({
      id: 'c2',
      outcome: 'answered',
      labels: { caller: expect.stringMatching(/^[\w-]{16}$/) },
    });
    expect(JSON.stringify(call)).not.toContain('4930555');
  });

  it('is read page by page, and no page leads elsewhere', async () => {
    answer = (request, response) => {
      const isSecond = request.url === '/state?page=2';
      const page = isSecond ? { calls: [CALLS[1]] } : { queues: [], calls: [CALLS[0]], next: '/state?page=2' };
      response.end(JSON.stringify(page));
    };
    await run({});
    expect((await takeShipped(spool)).map(({ id }) => id)).toEqual(['c1', 'c2']);
    serving({ queues: [], calls: [], next: 'http://elsewhere.example/' });
    expect(verdict(await run({}))).toBe('down invalid-response');
  });

  it('whose pages never end has told of calls, and of how many more nobody knows', async () => {
    serving({ queues: [], calls: [CALLS[0]], next: '/state' });
    const seen = await run({});
    expect(asked).toHaveLength(100);
    expect(verdict(seen)).toBe('unknown agent-error');
    expect(seen.detail).toContain('a shorter window has fewer');
    expect((await takeShipped(spool)).map(({ id }) => id)).toContain('c1');
  });

  it('records that are no calls are counted; when none is a call, the first says why', async () => {
    const bad = { ...CALLS[0], entered_at: 'soon' };
    serving({ queues: [], calls: [bad, CALLS[1]] });
    expect((await run({})).observation).toMatchObject({ outcome: 'up', values: { calls: 1, malformed: 1 } });
    serving({ queues: [], calls: [bad] });
    const seen = await run({});
    expect(verdict(seen)).toBe('down json-mismatch');
    expect(seen.detail).toContain('entered_at: expected ISO 8601, not "soon"');
  });

  it.each([
    ['text', 200, 'down invalid-response'],
    [{ queues: [{ name: 'support' }], calls: [] }, 200, 'down json-mismatch'],
    [{ calls: [] }, 200, 'down json-mismatch'],
    [{}, 500, 'down status-unexpected'],
    [{}, 401, 'unknown login-refused'],
    [{}, 429, 'unknown login-refused'],
  ])('%j with status %d: %s', async (document, status, expected) => {
    serving(document, status);
    expect(verdict(await run({}))).toBe(expected);
  });
});
