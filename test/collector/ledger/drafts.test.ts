import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DecisionWorld, OCTOBER_MS, TOKENS } from '../../support/decision-world.ts';

const DAY = 86_400_000;
const OBJECTIVES =
  'objectives: [{ id: uptime, indicator: { kind: availability, checks: [shop] }, target: "99.9", period: calendar_month }]';
const APPROVALS = 'approvals: [{ role: provider }]';
const YAML = `
collector: { listen: 127.0.0.1:0, data: data }
agents: [{ name: web03, token: { env: AGENT } }]
people: [{ name: paul, roles: [provider], token: { env: PAUL } }]
checks: [{ id: shop, every: 1h, probe: { type: tcp, host: 127.0.0.1, port: 9 } }]
customers: [{ id: acme }]
contracts:
  - { id: offer, customer: acme, draft: true, ${APPROVALS}, ${OBJECTIVES} }
  - { id: hosting, customer: acme, effective: { from: 2026-01-01, to: 2026-11-30 }, ${APPROVALS}, ${OBJECTIVES} }
  - { id: hosting, customer: acme, version: 2, draft: true, effective: { from: 2026-12-01 }, ${APPROVALS}, ${OBJECTIVES} }
`;

const world = new DecisionWorld(YAML);

beforeAll(async () => {
  await world.start();
});

afterAll(() => world.stop());

describe('a draft', () => {
  it('is signed by nobody; without a version the newest that binds is meant', async () => {
    const { code, err } = await world.ask('paul', 'approve', 'offer');
    expect(code).toBe(1);
    expect(err).toContain('version 1 of offer is a draft: nobody signs it');
    expect((await world.ask('paul', 'approve', 'hosting', '--contract-version', '2')).err).toContain('is a draft');
    expect((await world.ask('paul', 'approve', 'hosting')).out).toContain('contract/hosting/1 final');
  });

  it('is not frozen, neither when its period is over nor by hand', async () => {
    await world.goTo(OCTOBER_MS + 33 * DAY);
    const listed = async (id: string) => (await world.get(`/api/v1/contracts/${id}/statements`)).answer.statements;
    while ((await listed('hosting')).length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    expect(await listed('offer')).toEqual([]);
    const freeze = (contract: string, period: string) =>
      world.post('/api/v1/statements', TOKENS.PAUL, { contract, period });
    expect((await freeze('offer', '2026-10')).status).toBe(409);
    expect((await freeze('hosting', '2026-10')).status).toBe(201);
  });
});
