import { describe, expect, it, onTestFinished } from 'vitest';
import type { Heartbeat } from '../../../collector/src/heartbeat/heartbeat.ts';
import { Heartbeats } from '../../../collector/src/heartbeat/heartbeats.ts';
import { HEARTBEATS_STREAM } from '../../../collector/src/heartbeat/runs.ts';
import { hashToken } from '../../../collector/src/http/authenticate.ts';
import { registerPing } from '../../../collector/src/http/ping.ts';
import { createServer } from '../../../collector/src/http/server.ts';
import type { StoredEvent } from '../../../collector/src/store/events.ts';
import { collect } from '../../support/batches.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { MemoryStore } from '../../support/memory-store.ts';

const KEY = '0b6c6f0e-6c7e-4c7a-9e0e-3f6f0e6c7e4c';
const RUN = '5f0c0a52-3c7b-4f7e-8a54-cf6a2f3b0d11';
const NIGHTLY: Heartbeat = { id: 'nightly', key: KEY, schedule: { everyMs: 86_400_000 }, graceMs: 3_600_000 };

async function serve(store = new MemoryStore(), clock = new ManualClock(), configured = [NIGHTLY]) {
  const heartbeats = new Heartbeats({ put: (received) => store.putEvents(received), hash: hashToken });
  heartbeats.configure(configured);
  await heartbeats.load(store, clock.nowMs());
  const server = createServer({ log: { error: (fields: unknown) => expect.fail(JSON.stringify(fields)) } });
  registerPing(server, { heartbeats, clock });
  const url = await server.listen({ host: '127.0.0.1', port: 0 });
  onTestFinished(() => server.close());
  const ping = async (path: string, init: RequestInit = {}) => {
    const answer = await fetch(`${url}/ping/${path}`, init);
    return `${answer.status} ${await answer.text()}`;
  };
  const state = () => heartbeats.statuses(clock.nowMs())[0]?.state;
  return { store, clock, ping, state };
}

function runsIn(store: MemoryStore): Promise<StoredEvent[]> {
  return collect(store.events({ stream: HEARTBEATS_STREAM, fromMs: 0, toMs: 1e13 }));
}

describe('/ping', () => {
  it.each([
    ['GET', undefined],
    ['HEAD', undefined],
    ['POST', 'all that the job printed'],
  ])('by %s says that a job ran well', async (method, body) => {
    const { store, ping, state } = await serve();
    expect(state()).toBe('new');
    expect(await ping(KEY, { method, ...(body === undefined ? {} : { body }) })).toMatch(/^200 (OK)?$/);
    expect(state()).toBe('up');
    expect(await runsIn(store)).toMatchObject([{ outcome: 'good', labels: { heartbeat: 'nightly' } }]);
  });

  it('with start and end is one run that took as long', async () => {
    const { store, clock, ping, state } = await serve();
    const beganMs = clock.nowMs();
    expect(await ping(`${KEY}/start`)).toBe('200 OK');
    await clock.advance(90_000);
    expect(await ping(KEY)).toBe('200 OK');
    expect(state()).toBe('up');
    expect(await runsIn(store)).toMatchObject([{ atMs: beganMs, endedAtMs: beganMs + 90_000, outcome: 'good' }]);
  });

  it.each([
    ['fail', 1],
    ['17', 17],
    ['255', 255],
  ])('with /%s says that it failed', async (signal, exitStatus) => {
    const { store, ping, state } = await serve();
    expect(await ping(`${KEY}/${signal}`)).toBe('200 OK');
    expect(state()).toBe('down');
    expect(await runsIn(store)).toMatchObject([{ outcome: 'failed', values: { exit_status: exitStatus } }]);
  });

  it('with the exit status 0 says that it ran well, with /log nothing', async () => {
    const { store, ping, state } = await serve();
    expect(await ping(`${KEY}/log`, { method: 'POST', body: 'half way' })).toBe('200 OK');
    expect([state(), await runsIn(store)]).toEqual(['new', []]);
    expect(await ping(`${KEY}/0`)).toBe('200 OK');
    expect(state()).toBe('up');
  });

  it('ties start and end of runs that overlap by their rid', async () => {
    const { store, clock, ping } = await serve();
    await ping(`${KEY}/start?rid=${RUN}`);
    await clock.advance(1_000);
    await ping(`${KEY}/start`);
    await clock.advance(1_000);
    await ping(`${KEY}/3?rid=${RUN.toUpperCase()}`);
    await clock.advance(1_000);
    await ping(KEY);
    const runs = await runsIn(store);
    expect(runs.map(({ atMs, endedAtMs, outcome }) => [(endedAtMs ?? 0) - atMs, outcome])).toEqual([
      [2_000, 'failed'],
      [2_000, 'good'],
    ]);
  });

  it('a job that begins again has given up what it began before', async () => {
    const { store, clock, ping } = await serve();
    await ping(`${KEY}/start`);
    await clock.advance(5_000);
    await ping(`${KEY}/start`);
    expect(await runsIn(store)).toMatchObject([{ outcome: 'abandoned' }, { outcome: null, endedAtMs: null }]);
  });

  it('a run that began before a restart ends after it', async () => {
    const { store, clock, ping } = await serve();
    await ping(`${KEY}/start`);
    const again = await serve(store, clock);
    await again.ping(KEY);
    expect(again.state()).toBe('up');
    expect(await runsIn(store)).toMatchObject([{ outcome: 'good' }]);
  });

  it('is heard after a restart, and silence turns late, then down', async () => {
    const { store, clock, ping } = await serve();
    await ping(KEY);
    const again = await serve(store, clock);
    expect(again.state()).toBe('up');
    await clock.advance(86_400_001);
    expect(again.state()).toBe('late');
    await clock.advance(3_600_000);
    expect(again.state()).toBe('down');
  });

  it.each([
    ['another-key', '404 not found'],
    [`${KEY}/stop`, '404 not found'],
    [`${KEY}/nightly/stop`, '400 invalid url format'],
    [`${KEY}/weekly`, '404 not found'],
    [`${KEY}/weekly?create=1`, '404 not found'],
    [`${KEY}/256`, '400 invalid url format'],
    [`${KEY}?rid=17`, '400 invalid uuid format'],
    [`${KEY}?rid=${RUN}&rid=${RUN}`, '400 invalid uuid format'],
  ])('%s: %s, and nothing is recorded', async (path, answer) => {
    const { store, ping } = await serve();
    expect(await ping(path)).toBe(answer);
    expect(await runsIn(store)).toEqual([]);
  });

  it('of several heartbeats that share a key the address names one, with any signal', async () => {
    const weekly = { ...NIGHTLY, id: 'weekly' };
    const { store, clock, ping } = await serve(new MemoryStore(), new ManualClock(), [NIGHTLY, weekly]);
    expect(await ping(`${KEY}/weekly/start`)).toBe('200 OK');
    await clock.advance(1_000);
    expect(await ping(`${KEY}/weekly`)).toBe('200 OK');
    await clock.advance(1_000);
    expect(await ping(`${KEY}/nightly/3`)).toBe('200 OK');
    expect(await runsIn(store)).toMatchObject([
      { labels: { heartbeat: 'weekly' }, outcome: 'good' },
      { labels: { heartbeat: 'nightly' }, outcome: 'failed', values: { exit_status: 3 } },
    ]);
    for (const path of [KEY, `${KEY}/start`]) expect(await ping(path)).toBe('409 ambiguous slug');
  });

  it('the id of a heartbeat may stand behind its own key, too', async () => {
    const { ping, state } = await serve();
    expect(await ping(`${KEY}/nightly`)).toBe('200 OK');
    expect(state()).toBe('up');
  });

  it('signals that come at once are taken in one after the other', async () => {
    const { store, ping } = await serve();
    await Promise.all([`${KEY}/start`, KEY, `${KEY}/start`, KEY, `${KEY}/fail`].map((path) => ping(path)));
    const runs = await runsIn(store);
    expect(runs.every(({ outcome }) => ['good', 'failed', 'abandoned', null].includes(outcome))).toBe(true);
    expect(runs.filter(({ endedAtMs }) => endedAtMs === null).length).toBeLessThanOrEqual(1);
  });
});
