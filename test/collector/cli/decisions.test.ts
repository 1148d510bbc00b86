import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DecisionWorld } from '../../support/decision-world.ts';

const world = new DecisionWorld();

beforeAll(async () => {
  await world.start();
});

afterAll(() => world.stop());

const idIn = (out: string) => out.split(' ')[0] ?? '';

describe('nines-collector maintenance', () => {
  const window = ['--from', '2026-10-04T02:00:00+02:00', '--to', '2026-10-04T04:00:00+02:00', '--reason', 'kernel'];

  it('announces, lists and cancels, and says for which contract it is in time', async () => {
    const announced = await world.ask('anna', 'maintenance', 'announce', '--check', 'shop', ...window);
    expect(announced.code).toBe(0);
    expect(announced.out).toContain('2026-10-04T00:00:00.000Z to 2026-10-04T02:00:00.000Z: kernel (anna, 2026-10-01T');
    expect(announced.out).toContain('hosting: announced in time, 2026-10-02T00:00:00.000Z at the latest');
    const id = idIn(announced.out);
    expect((await world.ask('anna', 'maintenance', 'list')).out).toContain(id);
    const cancelled = await world.ask('anna', 'maintenance', 'cancel', id, '--reason', 'postponed');
    expect(cancelled).toMatchObject({ code: 0, out: expect.stringContaining('cancelled by anna') });
  });

  it('exit code 1 and the collector’s sentence when it refuses', async () => {
    const refused = await world.ask('bea', 'maintenance', 'announce', '--check', 'shop', ...window);
    expect(refused).toMatchObject({ code: 1, out: '' });
    expect(refused.err).toContain('403: bea has none of the roles that may do this: operator, provider');
  });

  it('exit code 2 for somebody who is not among people, and without what is needed', async () => {
    expect((await world.ask('mallory', 'maintenance', 'list')).code).toBe(2);
    expect((await world.ask('anna', 'maintenance', 'announce')).code).toBe(2);
  });
});

describe('nines-collector exclusion', () => {
  it('is requested, waits for the customer, and is approved by them', async () => {
    const stretch = ['--from', '2026-09-30T01:00:00Z', '--to', '2026-09-30T02:00:00Z'];
    const why = ['--contract', 'hosting', '--reason', 'flood', '--evidence', 'report 7', '--evidence', 'photo'];
    const requested = await world.ask('paul', 'exclusion', 'request', ...why, ...stretch);
    expect(requested.out).toContain('waits for the customer; evidence: report 7, photo');
    const id = idIn(requested.out);
    expect((await world.ask('paul', 'exclusion', 'approve', id)).code).toBe(1);
    const approved = await world.ask('bea', 'exclusion', 'approve', id, '--comment', 'agreed');
    expect(approved.out).toContain('approved by bea (customer)');
    const { out } = await world.ask('paul', 'exclusion', 'list', '--json');
    expect(JSON.parse(out).exclusions).toMatchObject([{ id, state: 'approved' }]);
  });
});

describe('commands that decide', () => {
  it.each([
    [['maintenance', '--help']],
    [['maintenance', 'announce', '--help']],
    [['exclusion', 'request', '--help']],
    [['exclusion', 'approve', '--help']],
    [['audit', '--help']],
    [['approve', '--help']],
    [['statement', '--help']],
    [['statement', 'show', '--help']],
    [['statement', 'freeze', '--help']],
  ])('%j explains itself with an example', async (args) => {
    const { code, out } = await world.call(...args);
    expect(code).toBe(0);
    expect(out).toContain('Example:\n  $ nines-collector ');
  });
});
