import { describe, expect, it, onTestFinished } from 'vitest';
import { startAlertWorld } from '../../support/alert-world.ts';
import { type DecisionWorld, TOKENS } from '../../support/decision-world.ts';
import { eventually } from '../../support/programs.ts';

async function aWorld(): Promise<DecisionWorld> {
  const world = await startAlertWorld();
  onTestFinished(() => world.stop());
  return world;
}

describe('/api/v1/alerts', () => {
  it('tells what fires, since when, why, of which evidence, and who was told', async () => {
    const world = await aWorld();
    const { answer } = await world.get('/api/v1/alerts?state=firing');
    expect(answer.alerts).toMatchObject([
      {
        state: 'firing',
        severity: 'page',
        labels: { alertname: 'NinesCheckDown', check: 'shop', severity: 'page' },
        summary: 'shop is down',
        cause: expect.stringContaining('down (connection-refused)'),
        evidence: [
          {
            kind: 'observation',
            agent: 'web03',
            location: 'web03',
            outcome: 'down',
            reason: 'connection-refused',
            failed_phase: null,
            at: '2026-10-01T00:00:00.000Z',
          },
        ],
        quiet: null,
        acknowledged: null,
        told: [{ receiver: 'away', state: 'firing', delivered: false }],
        url: 'https://sla.example.net/#check-shop',
      },
    ]);
    await eventually('its notice failed', async () => {
      const { undelivered } = (await world.get('/api/v1/alerts')).answer;
      return undelivered[0]?.attempts > 0;
    });
    expect((await world.get('/api/v1/alerts')).answer.undelivered).toMatchObject([
      {
        receiver: 'away',
        state: 'waiting',
        title: 'shop is down',
        last_error: expect.stringContaining('ECONNREFUSED'),
      },
    ]);
    expect((await world.get('/api/v1/alerts?state=burning')).status).toBe(400);
  });

  it('somebody who runs the systems says that they are on it, once, and it is in the audit log, also after a restart', async () => {
    const world = await aWorld();
    const [{ id }] = (await world.get('/api/v1/alerts?state=firing')).answer.alerts;
    const acknowledge = (token: string | null, body: object) => world.post('/api/v1/alerts', token, body);
    expect((await acknowledge(null, { acknowledge: id })).status).toBe(401);
    expect((await acknowledge(TOKENS.BEA, { acknowledge: id })).status).toBe(403);
    expect((await acknowledge(TOKENS.ANNA, { acknowledge: 'f'.repeat(32) })).status).toBe(404);
    const done = await acknowledge(TOKENS.ANNA, { acknowledge: id, comment: 'the disk is full' });
    expect(done.answer.acknowledged).toMatchObject({ by: 'anna', comment: 'the disk is full' });
    const again = await acknowledge(TOKENS.PAUL, { acknowledge: id });
    expect([again.status, again.answer.error.message]).toEqual([409, 'anna is on it already']);
    await world.stop();
    await world.start();
    const [after] = (await world.get('/api/v1/alerts?state=firing')).answer.alerts;
    expect(after).toMatchObject({ id, acknowledged: { by: 'anna' } });
    const audit = await world.call('audit', '--config', world.config, '--subject', `alert/${id}`);
    expect(audit.out).toContain('alert.acknowledged');
  });

  it('commands list what fires and acknowledge it', async () => {
    const world = await aWorld();
    const listed = await world.ask('anna', 'alert', 'list');
    expect(listed.code).toBe(1);
    expect(listed.out).toMatch(
      /firing page since 2026-10-01T00:00:15.000Z, fired 2026-10-01T00:00:15.000Z: shop is down/,
    );
    const id = listed.out.slice(0, 32);
    const done = await world.ask('anna', 'alert', 'acknowledge', id, '--comment', 'on it');
    expect(done).toMatchObject({ code: 0, out: expect.stringContaining('anna is on it since') });
    expect((await world.ask('anna', 'alert', 'acknowledge', id)).err).toContain('anna is on it already');
  });

  it('the page acknowledges by a form without a script, and says what was wrong', async () => {
    const world = await aWorld();
    const [{ id }] = (await world.get('/api/v1/alerts?state=firing')).answer.alerts;
    const send = (fields: Record<string, string>) =>
      fetch(`${world.address}/alerts`, { method: 'POST', body: new URLSearchParams(fields), redirect: 'manual' });
    const refused = await send({ id, token: 'wrong', comment: '' });
    expect(refused.status).toBe(401);
    expect(await refused.text()).toContain('Not acknowledged: ');
    const done = await send({ id, token: TOKENS.ANNA, comment: ' ' });
    expect([done.status, done.headers.get('location')]).toEqual([303, '/alerts']);
    expect((await world.page('/alerts')).text).toContain('anna, since');
  });
});
