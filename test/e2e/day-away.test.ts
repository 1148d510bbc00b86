import type { Observation } from '@nines/shared/observation.ts';
import { pino } from 'pino';
import { describe, expect, it } from 'vitest';
import { createCollectorClient } from '../../agent/src/collector-client.ts';
import { Delivery, TO_BATCHES } from '../../agent/src/delivery.ts';
import { Spool } from '../../agent/src/spool.ts';
import { createTrust } from '../../agent/src/trust.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { eventually } from '../support/programs.ts';
import { Deployment, tokenOf } from './deployment.ts';

const MINUTE_MS = 60_000;
const DAY_MINUTES = 24 * 60;
/** Of the day's minutes, ten in which the shop was down. */
const isDown = (minute: number) => minute >= 600 && minute < 610;

describe('a collector that is unreachable for a day', () => {
  it('gets everything afterwards, with the original instants, newest first', { timeout: 120_000 }, async () => {
    const deployment = await Deployment.create({
      agents: ['fra'],
      checks: [{ id: 'shop', every: '1m', probe: { type: 'tcp', host: '127.0.0.1', port: 9 } }],
    });
    const dayStartMs = Math.floor(Date.now() / MINUTE_MS - DAY_MINUTES - 5) * MINUTE_MS;
    const { observations, failures } = await spendTheDay(deployment, dayStartMs);
    expect(failures).toBeGreaterThan(DAY_MINUTES / 2);

    const collector = await deployment.startCollector();
    const agent = await deployment.startAgent('fra');
    await eventually('the spool is empty', () => deployment.hasDelivered('fra'));
    expect(await agent.stop()).toEqual({ code: 0, signal: null });

    const dayEndMs = dayStartMs + DAY_MINUTES * MINUTE_MS;
    const stored = (await deployment.stored()).filter(({ atMs }) => atMs < dayEndMs);
    const seen = stored.map(({ check, atMs, outcome, reason }) => ({ check, atMs, outcome, reason }));
    expect(seen.toSorted((a, b) => a.atMs - b.atMs)).toEqual(
      observations.map(({ check, atMs, outcome, reason }) => ({ check, atMs, outcome, reason })),
    );
    // Four deliveries are under way together, so neighbours may change places; the last hour comes before the morning.
    const order = stored.toSorted((a, b) => a.position - b.position).map(({ atMs }) => atMs);
    expect(order[0]).toBe(dayEndMs - MINUTE_MS);
    const lastOfEvening = order.findLastIndex((atMs) => atMs >= dayEndMs - 60 * MINUTE_MS);
    const firstOfMorning = order.findIndex((atMs) => atMs < dayStartMs + 720 * MINUTE_MS);
    expect(lastOfEvening).toBeLessThan(firstOfMorning);
    // Every minute has its observation: ten are down, the others up, and nothing is unknown.
    expect(await deployment.attainment('shop', dayStartMs, dayEndMs)).toEqual({
      good: (DAY_MINUTES - 10) * MINUTE_MS,
      bad: 10 * MINUTE_MS,
      unknown: 0,
    });
    expect(await collector.stop()).toEqual({ code: 0, signal: null });
  });
});

/** The agent's own spool and delivery on a clock that is moved through a day, one observation a minute. */
async function spendTheDay(deployment: Deployment, dayStartMs: number) {
  const clock = new ManualClock(dayStartMs);
  const logger = pino({ level: 'silent' });
  const spool = await Spool.open({
    directory: deployment.spoolPath('fra'),
    maxBytes: 2 ** 30,
    maxAgeMs: 30 * DAY_MINUTES * MINUTE_MS,
    batchIntervalMs: 5_000,
    clock,
    logger,
    pid: process.pid,
    agent: () => 'fra',
    status: () => undefined,
  });
  const client = createCollectorClient({
    url: deployment.url,
    token: tokenOf('fra'),
    trust: createTrust({ caFile: null }),
    clock,
  });
  const delivery = new Delivery({ spool, to: TO_BATCHES, client: () => client, clock, logger, random: () => 0.5 });
  const observations: Observation[] = [];
  for (let minute = 0; minute < DAY_MINUTES; minute++) {
    const down = isDown(minute);
    const observation: Observation = {
      check: 'shop',
      atMs: clock.nowMs(),
      everyMs: MINUTE_MS,
      outcome: down ? 'down' : 'up',
      reason: down ? 'connection-refused' : null,
      values: { total: 1_000 + minute },
    };
    observations.push(observation);
    spool.append(observation);
    await clock.advance(MINUTE_MS);
    await spool.closeBatch();
  }
  delivery.stop();
  await client.close();
  await spool.close();
  return { observations, failures: delivery.state.failures };
}
