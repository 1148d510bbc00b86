import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type AgentAssignment, AssignmentPoll } from '../../agent/src/assignment.ts';
import type { CollectorClient } from '../../agent/src/collector-client.ts';
import { clientFor, quiet } from '../support/agent-parts.ts';
import { FakeCollector } from '../support/fake-collector.ts';
import { temporaryFolder } from '../support/folders.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { until } from '../support/until.ts';

const check = (id: string, probe: unknown = { type: 'tcp', host: '127.0.0.1', port: 25 }) => ({
  id,
  every_ms: 30_000,
  timeout_ms: 10_000,
  probe,
});

async function start(
  part: { collector?: FakeCollector; cachePath?: string; expectedName?: string; url?: string } = {},
) {
  const clock = new ManualClock();
  const collector = part.collector ?? (await FakeCollector.start());
  const cachePath = part.cachePath ?? join(temporaryFolder(), 'assignment.json');
  const taken: AgentAssignment[] = [];
  const client = clientFor(part.url ?? collector.url, clock);
  let asked = 0;
  const counting: CollectorClient = {
    ask: (question) =>
      client.ask(question).finally(() => {
        asked++;
      }),
    close: () => client.close(),
  };
  const poll = new AssignmentPoll({
    client: () => counting,
    cachePath,
    expectedName: part.expectedName,
    clock,
    logger: quiet,
    random: () => 0.5,
    onChange: (assignment) => taken.push(assignment),
  });
  /** Resolves when the n-th question is answered and dealt with: what is left is the timer for the next one. */
  const answered = (count: number) => until(() => asked === count && clock.pendingTimers === 1);
  return { clock, collector, cachePath, taken, poll, answered };
}

const idsOf = (assignment: AgentAssignment | undefined) => assignment?.checks.map(({ id }) => id);

describe('AssignmentPoll', () => {
  it('takes the checks of the collector and asks again each half minute, telling what it has', async () => {
    const { clock, collector, taken, poll, answered } = await start();
    collector.assign('fra-web03', [check('mail')], '"a"');
    await poll.start();
    await answered(1);
    expect(taken[0]).toMatchObject({ agent: 'fra-web03', refused: [] });
    expect(idsOf(taken[0])).toEqual(['mail']);
    await clock.advance(30_000);
    await answered(2);
    expect(collector.checkRequests[1]?.['if-none-match']).toBe('"a"');
    collector.assign('fra-web03', [check('mail'), check('web')], '"b"');
    await clock.advance(30_000);
    await answered(3);
    expect(idsOf(taken[1])).toEqual(['mail', 'web']);
  });

  it('an unchanged assignment is not taken again', async () => {
    const { clock, collector, taken, poll, answered } = await start();
    collector.assign('fra-web03', [check('mail')]);
    await poll.start();
    for (let asked = 1; asked < 5; asked++) {
      await answered(asked);
      await clock.advance(30_000);
    }
    expect(taken).toHaveLength(1);
  });

  it('a start without collector uses the checks of the last one', async () => {
    const first = await start();
    first.collector.assign('fra-web03', [check('mail')], '"a"');
    await first.poll.start();
    await first.answered(1);
    const second = await start({ cachePath: first.cachePath, url: 'http://127.0.0.1:1' });
    await second.poll.start();
    expect(idsOf(second.taken[0])).toEqual(['mail']);
    expect(second.taken[0]?.agent).toBe('fra-web03');
  });

  it('a cache that is not readable is left aside', async () => {
    const cachePath = join(temporaryFolder(), 'assignment.json');
    writeFileSync(cachePath, '{"etag":"a","assig');
    const { taken, poll, collector, answered } = await start({ cachePath });
    collector.assign('fra-web03', [check('mail')], '"a"');
    await poll.start();
    await answered(1);
    expect(taken).toHaveLength(1);
    expect(readFileSync(cachePath, 'utf8')).toContain('mail');
  });

  it('a check that this version does not understand is refused with its reason and stops no other', async () => {
    const { collector, taken, poll, answered } = await start();
    collector.assign('fra-web03', [check('odd', { type: 'tcp', host: 'x', port: 99_999 }), check('mail')]);
    await poll.start();
    await answered(1);
    expect(idsOf(taken[0])).toEqual(['mail']);
    expect(taken[0]?.refused).toEqual([{ id: 'odd', why: expect.stringMatching(/65535/) }]);
  });

  it.each([
    ['401', { status: 401 }],
    ['500', { status: 500 }],
    ['a page that is no assignment', { status: 200, body: '<html>' }],
    ['an assignment of another version', { status: 200, body: '{"version":2,"agent":"a","checks":[]}' }],
  ])('%s changes nothing: the checks at hand go on', async (_, reply) => {
    const { clock, collector, taken, poll, answered } = await start();
    collector.assign('fra-web03', [check('mail')]);
    await poll.start();
    await answered(1);
    collector.checks = reply;
    await clock.advance(30_000);
    await answered(2);
    expect(taken).toHaveLength(1);
  });

  it('without any checks yet, a collector that is away is asked again soon', async () => {
    const { clock, collector, taken, poll, answered } = await start();
    collector.checks = { status: 503 };
    await poll.start();
    await answered(1);
    collector.assign('fra-web03', [check('mail')]);
    await clock.advance(1_000);
    await answered(2);
    expect(taken).toHaveLength(1);
  });

  it('stopped while an answer is being kept on disk, it leaves no timer that would keep the process', async () => {
    const { clock, collector, cachePath, taken, poll } = await start();
    collector.assign('fra-web03', [check('mail')]);
    await poll.start();
    // The checks are taken in the same turn in which the writing of the cache begins.
    await until(() => taken.length === 1);
    poll.stop();
    await until(() => existsSync(cachePath));
    // The folder is synced after that: some turns more until the answer is dealt with.
    for (let turn = 0; turn < 100; turn++) await clock.advance(0);
    expect(clock.pendingTimers).toBe(0);
  });

  it('checks of another agent than the one configured are not taken', async () => {
    const { collector, taken, poll, answered } = await start({ expectedName: 'fra-web03' });
    collector.assign('ams-web01', [check('mail')]);
    await poll.start();
    await answered(1);
    expect(taken).toEqual([]);
  });
});
