import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { behaviourAt, CYCLE_MS, EPISODES, nextChangeMs, type ServerName } from './timetable.ts';

const SERVERS: readonly ServerName[] = ['shop', 'api', 'mail', 'names'];
const anyServer = fc.constantFrom(...SERVERS);
const anyInstant = fc.integer({ min: 0, max: 10 * CYCLE_MS });

describe('the demo’s timetable', () => {
  it('shows an outage, slowness, errors and every recovery within three minutes', () => {
    const kinds = new Set(EPISODES.map((episode) => episode.behaviour.kind));
    expect([...kinds].sort()).toEqual(['failing', 'refusing', 'slow']);
    expect(Math.max(...EPISODES.map((episode) => episode.toMs))).toBeLessThanOrEqual(180_000);
  });

  it('begins calm, so that the page is seen green first', () => {
    for (const server of SERVERS) expect(behaviourAt(server, 0).kind).toBe('normal');
    expect(Math.min(...EPISODES.map((episode) => episode.fromMs))).toBeGreaterThanOrEqual(20_000);
  });

  it('leaves five calm minutes at the end, so that five-minute budgets are full again before the next round', () => {
    const lastMs = Math.max(...EPISODES.map((episode) => episode.toMs));
    const firstMs = Math.min(...EPISODES.map((episode) => episode.fromMs));
    expect(CYCLE_MS - lastMs + firstMs).toBeGreaterThanOrEqual(5 * 60_000);
  });

  it('overspends the budget of 1 % of five minutes (3 s) by the shop’s outage alone', () => {
    const outage = EPISODES.find(({ server, behaviour }) => server === 'shop' && behaviour.kind === 'refusing');
    expect((outage?.toMs ?? 0) - (outage?.fromMs ?? 0)).toBeGreaterThan(3_000);
  });

  it('an episode holds from its first instant and no longer at its last', () => {
    expect(behaviourAt('shop', 29_999).kind).toBe('normal');
    expect(behaviourAt('shop', 30_000).kind).toBe('refusing');
    expect(behaviourAt('shop', 54_999).kind).toBe('refusing');
    expect(behaviourAt('shop', 55_000).kind).toBe('normal');
    expect(behaviourAt('api', 30_000).kind).toBe('normal');
  });

  it('repeats every cycle', () => {
    fc.assert(
      fc.property(anyServer, anyInstant, (server, atMs) => {
        expect(behaviourAt(server, atMs + CYCLE_MS)).toEqual(behaviourAt(server, atMs));
      }),
    );
  });

  it('nothing changes before the next change that it names, and something does at it', () => {
    fc.assert(
      fc.property(anyInstant, fc.double({ min: 0, max: 1, noNaN: true }), (atMs, share) => {
        const nextMs = nextChangeMs(atMs);
        expect(nextMs).toBeGreaterThan(atMs);
        const betweenMs = Math.min(nextMs - 1, Math.floor(atMs + share * (nextMs - atMs)));
        const states = (ms: number) => SERVERS.map((server) => behaviourAt(server, ms));
        expect(states(betweenMs)).toEqual(states(atMs));
        expect(states(nextMs)).not.toEqual(states(nextMs - 1));
      }),
    );
  });

  it('no server has two episodes at once', () => {
    for (const [index, a] of EPISODES.entries()) {
      for (const b of EPISODES.slice(index + 1)) {
        expect(a.server === b.server && a.fromMs < b.toMs && b.fromMs < a.toMs).toBe(false);
      }
    }
  });
});
