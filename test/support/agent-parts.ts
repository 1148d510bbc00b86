import type { Observation } from '@nines/shared/observation.ts';
import { pino } from 'pino';
import { type CollectorClient, createCollectorClient } from '../../agent/src/collector-client.ts';
import { Spool, type SpoolOptions } from '../../agent/src/spool.ts';
import { createTrust } from '../../agent/src/trust.ts';
import type { ManualClock } from './manual-clock.ts';

export const quiet = pino({ level: 'silent' });

/** The n-th observation of a check that runs every 30 s. */
export function observation(n: number, part: Partial<Observation> = {}): Observation {
  return {
    check: 'shop-home',
    atMs: 1_790_000_000_000 + n * 30_000,
    everyMs: 30_000,
    outcome: 'up',
    reason: null,
    values: { total: 1_000 + n },
    ...part,
  };
}

export function openSpool(directory: string, clock: ManualClock, part: Partial<SpoolOptions> = {}): Promise<Spool> {
  return Spool.open({
    directory,
    maxBytes: 2 ** 30,
    maxAgeMs: 30 * 86_400_000,
    batchIntervalMs: 5_000,
    clock,
    logger: quiet,
    pid: process.pid,
    agent: () => 'fra-web03',
    status: () => undefined,
    ...part,
  });
}

export function clientFor(url: string, clock: ManualClock, token = 'a-token'): CollectorClient {
  return createCollectorClient({ url, token, trust: createTrust({ caFile: null }), clock });
}
