import { describe, expect, it } from 'vitest';
import { inForce, isBinding } from '../../../collector/src/evaluate/in-force.ts';
import { loadYaml } from '../../support/nines-file.ts';

const at = (date: string) => Date.parse(`${date}T12:00:00Z`);

/** `hosting` changes in July and ends with the year; `mail` begins in March and has no end. */
const { contracts } = loadYaml(`
checks: [{ id: shop, probe: { type: tcp, host: shop.example, port: 443 } }]
customers: [{ id: acme }]
contracts:
  - id: hosting
    customer: acme
    effective: { from: 2026-01-01 }
    objectives: [{ id: uptime, indicator: { kind: availability, checks: [shop] }, target: "99", period: calendar_month }]
  - id: mail
    customer: acme
    effective: { from: 2026-03-01 }
    objectives: [{ id: uptime, indicator: { kind: availability, checks: [shop] }, target: "99", period: calendar_month }]
  - id: hosting
    version: 2
    customer: acme
    effective: { from: 2026-07-01, to: 2026-12-31 }
    objectives: [{ id: uptime, indicator: { kind: availability, checks: [shop] }, target: "99.9", period: calendar_month }]
`);

function namesAt(date: string): string[] {
  return inForce(contracts, at(date)).map(({ id, version }) => `${id} ${version}`);
}

it('a version binds up to the instant of its end, not at it', () => {
  const half = { fromMs: 100, toMs: 200 };
  expect(isBinding(half, { fromMs: 199, toMs: 300 })).toBe(true);
  expect(isBinding(half, { fromMs: 200, toMs: 300 })).toBe(false);
  expect(isBinding(half, { fromMs: 0, toMs: 100 })).toBe(false);
});

describe('the version in force', () => {
  it('is the one that binds now', () => {
    expect(namesAt('2026-04-01')).toEqual(['hosting 1', 'mail 1']);
    expect(namesAt('2026-06-30')).toEqual(['hosting 1', 'mail 1']);
    expect(namesAt('2026-07-01')).toEqual(['hosting 2', 'mail 1']);
  });

  it('is the first to come before any has begun, and none when all have ended', () => {
    expect(namesAt('2025-12-31')).toEqual(['hosting 1', 'mail 1']);
    expect(namesAt('2026-12-31')).toEqual(['hosting 2', 'mail 1']);
    expect(namesAt('2027-01-01')).toEqual(['mail 1']);
    expect(inForce(contracts, Date.UTC(2027, 0, 1)).map(({ id }) => id)).toEqual(['mail']);
  });
});
