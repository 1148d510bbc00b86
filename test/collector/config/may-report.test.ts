import { describe, expect, it } from 'vitest';
import { objectionTo, objectionToEvent } from '../../../collector/src/config/may-report.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

/** `shop` is run each minute by web03, and was by web01 until long ago; `backup` each 30 days by web03. */
const plan = {
  assignedTimesOf: (check: string) =>
    new Map(
      check === 'shop'
        ? [
            ['web03', [{ fromMs: 0, toMs: Number.POSITIVE_INFINITY }]],
            ['web01', [{ fromMs: 0, toMs: 1 }]],
          ]
        : check === 'backup'
          ? [['web03', [{ fromMs: 0, toMs: Number.POSITIVE_INFINITY }]]]
          : [],
    ),
  everyMsOf: (check: string) => (check === 'shop' ? MINUTE_MS : 30 * DAY_MS),
};

describe('an agent', () => {
  it.each([
    ['web03', 'shop', MINUTE_MS, null],
    ['web01', 'shop', MINUTE_MS, null],
    ['web03', 'shop', DAY_MS, null],
    ['web03', 'backup', 30 * DAY_MS, null],
    ['web02', 'shop', MINUTE_MS, /never to run a check "shop"/],
    ['web03', 'shpo', MINUTE_MS, /never to run a check "shpo"/],
    ['web03', 'shop', DAY_MS + 1, /every 60000 ms, the batch says every 86400001/],
    ['web03', 'backup', 31 * DAY_MS, /batch says/],
  ])('%s may report %s every %d ms, or not: %s', (agent, check, every_ms, objection) => {
    const found = objectionTo(agent, { check, every_ms }, plan);
    if (objection === null) expect(found).toBeNull();
    else expect(found).toMatch(objection);
  });
});

describe('an event of an agent', () => {
  const streams: Readonly<Record<string, readonly string[]>> = { shop: [], backup: ['backups'] };
  /** `mine` was once run by web03 and is not configured any more. */
  const ofEvents = {
    assignedTimesOf: (check: string) =>
      check === 'mine' ? new Map([['web03', [{ fromMs: 0, toMs: 1 }]]]) : plan.assignedTimesOf(check),
    streamsOf: (check: string) => streams[check] ?? null,
  };

  it.each([
    ['web03', 'backup', 'backups', null],
    ['web01', 'backup', 'backups', /web01 was never to run a check "backup"/],
    ['web03', 'backup', 'calls', /"backup" brings no events of stream calls/],
    ['web03', 'backup', 'heartbeats', /brings no events of stream heartbeats/],
    ['web03', 'shop', 'backups', /"shop" brings no events of stream backups/],
    ['web03', 'nobodys', 'backups', /never to run a check "nobodys"/],
    ['web03', undefined, 'backups', /names the check/],
    ['web03', 'mine', 'calls', null],
    ['web03', 'mine', 'tickets', /brings no events of stream tickets/],
    ['web03', 'mine', 'heartbeats', /brings no events of stream heartbeats/],
  ])('%s may say of check %s what happened in %s, or not: %s', (agent, check, stream, objection) => {
    const found = objectionToEvent(agent, { stream, labels: check === undefined ? {} : { check } }, ofEvents);
    if (objection === null) expect(found).toBeNull();
    else expect(found).toMatch(objection);
  });
});
