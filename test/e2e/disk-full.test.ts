import { closeSync, openSync, readdirSync, rmSync, statfsSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { errorCode } from '@nines/shared/errors.ts';
import { describe, expect, it } from 'vitest';
import { aBatch, upColumns } from '../support/batches.ts';
import { httpTarget } from '../support/probe-targets/http-targets.ts';
import { eventually } from '../support/programs.ts';
import { mountProblem, mountSmallDisk, skippedNote } from '../support/small-disk.ts';
import { Deployment, tokenOf } from './deployment.ts';
import { expectExactlyOnce, missingOf } from './reconcile.ts';

const AGENTS = ['ams', 'fra'] as const;
const suite = mountProblem === null ? describe : describe.skip;

suite(`a collector whose disk is full${skippedNote}`, () => {
  it('answers 503, stores nothing by halves, and goes on without a restart when there is room', {
    timeout: 120_000,
  }, async () => {
    const disk = mountSmallDisk('6m');
    const target = await httpTarget((_, response) => response.end('hello'));
    const deployment = await Deployment.create({
      agents: AGENTS,
      data: join(disk, 'data'),
      // The room that a collector keeps free is another test's matter (min-free.test.ts).
      collector: { min_free: '1B' },
      checks: ['basket', 'home'].map((id) => ({ id, every: '200ms', probe: { type: 'http', url: target.url } })),
    });
    const collector = await deployment.startCollector();
    const agents = await Promise.all(AGENTS.map((name) => deployment.startAgent(name)));
    await eventually('both deliver', async () => {
      const stored = await deployment.stored();
      return AGENTS.every((name) => stored.some(({ agent }) => agent === name));
    });

    const ballast = join(disk, 'ballast');
    fill(disk, ballast);
    for (const name of AGENTS) {
      await eventually(`${name} is told so`, () =>
        deployment.logged(deployment.logPath(name)).some(({ answer }) => answer === '503 store-full'),
      );
    }
    const before = await deployment.stored();
    const refused = await post(deployment);
    expect(refused).toMatchObject({ status: 503, body: { error: { code: 'store-full' } } });
    expect(Number(refused.retryAfter)).toBeGreaterThan(0);
    // It still answers for its figures, and nothing came to what is stored.
    expect(await deployment.text('/healthz')).toBe('ok\n');
    expect(await deployment.metric('nines_ingest_batches_total{result="store-full"}')).toBeGreaterThanOrEqual(3);
    await eventually('batches wait in both spools', () =>
      AGENTS.every(
        (name) => readdirSync(deployment.spoolPath(name)).filter((file) => file.endsWith('.batch')).length > 3,
      ),
    );
    expect(await deployment.stored()).toEqual(before);

    rmSync(ballast);
    const waiting = AGENTS.map((name) => deployment.recorded(name));
    await eventually('what waited is stored', async () => {
      const stored = await deployment.stored();
      return AGENTS.every((name, index) => {
        const own = stored.filter(({ agent }) => agent === name);
        return missingOf(waiting[index] ?? [], own).length === 0;
      });
    });
    for (const agent of agents) expect(await agent.stop()).toEqual({ code: 0, signal: null });
    await target.close();
    expect(collector.isRunning()).toBe(true);
    const journal = await deployment.stored();
    for (const name of AGENTS) expect(expectExactlyOnce(deployment, name, journal)).toBe(0);
    expect(await collector.stop()).toEqual({ code: 0, signal: null });
  });
});

async function post({ url }: Deployment) {
  const response = await fetch(`${url}/api/v1/batches`, {
    method: 'POST',
    headers: { authorization: `Bearer ${tokenOf('fra')}`, 'content-type': 'application/json' },
    body: JSON.stringify(aBatch({ agent: 'fra', checks: [upColumns('home', 3)] })),
  });
  return { status: response.status, retryAfter: response.headers.get('retry-after'), body: await response.json() };
}

/** Takes all the room that the disk has left, page by page: the collector beside it takes some, too. */
function fill(disk: string, ballast: string): void {
  const { bsize } = statfsSync(disk);
  const file = openSync(ballast, 'w');
  try {
    for (;;) writeSync(file, Buffer.alloc(bsize));
  } catch (error) {
    expect(errorCode(error)).toBe('ENOSPC');
  } finally {
    closeSync(file);
  }
  expect(statfsSync(disk).bavail).toBe(0);
}
