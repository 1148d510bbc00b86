import { DecisionWorld, OCTOBER_MS } from './decision-world.ts';
import { eventually } from './programs.ts';

const YAML = `
collector: { listen: 127.0.0.1:0, data: data, public_url: https://sla.example.net/ }
agents: [{ name: web03, token: { env: AGENT } }]
people:
  - { name: anna, roles: [operator], token: { env: ANNA } }
  - { name: paul, roles: [provider], token: { env: PAUL } }
  - { name: bea, roles: [customer], customer: acme, token: { env: BEA } }
checks: [{ id: shop, every: 1h, probe: { type: tcp, host: 127.0.0.1, port: 9 } }]
customers: [{ id: acme }]
alerts:
  rules: { check_down: { for: 0s } }
  webhooks: [{ name: away, url: "http://127.0.0.1:9", secret: { env: ANNA }, group_wait: 0s }]
`;

/** A world in which the shop is down, and somebody would have to be told who is not there. */
export async function startAlertWorld(): Promise<DecisionWorld> {
  const world = await new DecisionWorld(YAML).start();
  await world.deliver(1, [{ atMs: OCTOBER_MS, isUp: false }]);
  await world.goTo(OCTOBER_MS + 60_000);
  await eventually('it fires', async () => (await world.get('/api/v1/alerts?state=firing')).answer.alerts.length > 0);
  return world;
}
