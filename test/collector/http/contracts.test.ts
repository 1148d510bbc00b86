import { createHash } from 'node:crypto';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Observation } from '@nines/shared/observation.ts';
import { SENT_AT_HEADER, toColumns } from '@nines/shared/wire.ts';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Collector } from '../../../collector/src/collector.ts';
import { loadNines } from '../../../collector/src/config/nines.ts';
import type { AttainmentDocument } from '../../../collector/src/http/attainment-document.ts';
import type { ContractDocument, SettledContractDocument } from '../../../collector/src/http/contract-document.ts';
import type { ObjectiveMoney } from '../../../collector/src/http/objective-money.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { MemoryStore } from '../../support/memory-store.ts';

/** 2026-11-10T12:00:00Z. */
const NOW_MS = Date.UTC(2026, 10, 10, 12);
const MINUTE_MS = 60_000;

/** €300 a month from 10 November on: 21 of 30 days, so €210.00 for November. */
const YAML = `
collector: { listen: 127.0.0.1:0 }
agents: [{ name: web03, token: { env: TOKEN } }]
checks: [{ id: shop, every: 1m, probe: { type: tcp, host: 127.0.0.1, port: 9 } }]
customers: [{ id: acme }]
contracts:
  - id: hosting
    customer: acme
    effective: { from: 2026-11-10 }
    objectives:
      - { id: uptime, indicator: { kind: availability, checks: [shop] }, target: "99.9", period: calendar_month }
    fee: { amount: "300.00", currency: EUR, per: month }
    credits:
      - { objective: uptime, schedule: per_block, block: 1m, credit: "1", rounding: floor, cap: "50" }
      - { objective: uptime, schedule: tiers_below, tiers: [{ below: "99.99", credit: "10" }, { below: "99", credit: "25" }] }
    rewards: [{ objective: uptime, at_least: "99.95", reward: { bonus: "2" } }]
  - id: free
    customer: acme
    objectives:
      - { id: uptime, indicator: { kind: availability, checks: [shop] }, target: "99", period: calendar_month }
`;

let collector: Collector;

beforeEach(async () => {
  const path = join(mkdtempSync(join(tmpdir(), 'nines-contracts-')), 'nines.yaml');
  writeFileSync(path, YAML);
  const load = () => loadNines(path, { TOKEN: 'geheim' });
  const options = { store: new MemoryStore(), clock: new ManualClock(NOW_MS), log: pino({ level: 'silent' }), load };
  collector = await Collector.start({ nines: load(), ...options });
  await collector.readJournal();
  await deliver(LAST_HOUR);
});

afterEach(() => collector.stop());

/** A run each minute of the last hour, five of them down; of the eleven hours of 10 November before nothing is known. */
const LAST_HOUR = Array.from({ length: 60 }, (_, index): Observation => {
  const minutesAgo = 60 - index;
  const isDown = minutesAgo <= 30 && minutesAgo > 25;
  return {
    check: 'shop',
    atMs: NOW_MS - minutesAgo * MINUTE_MS,
    everyMs: MINUTE_MS,
    outcome: isDown ? 'down' : 'up',
    reason: isDown ? 'timeout' : null,
    values: { total: 1_000 },
  };
});

async function deliver(observations: readonly Observation[]): Promise<void> {
  const batch = { version: 1, agent: 'web03', spool: 'spool-0001', sequence: 1, checks: toColumns(observations) };
  const response = await fetch(`${collector.address}/api/v1/batches`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      authorization: 'Bearer geheim',
      [SENT_AT_HEADER]: String(NOW_MS),
    },
    body: JSON.stringify(batch),
  });
  expect(response.status).toBe(200);
}

interface Answer {
  readonly contracts: readonly ContractDocument[];
  readonly versions: readonly SettledContractDocument[];
  readonly attainments: readonly (AttainmentDocument & ObjectiveMoney)[];
}

async function get(path: string): Promise<{ readonly status: number; readonly body: Answer }> {
  const response = await fetch(`${collector.address}${path}`);
  // Safe: each test compares what it reads with whole figures, so another shape fails it.
  return { status: response.status, body: (await response.json()) as Answer };
}

describe('a contract', () => {
  it('lists what was agreed about money in plain sentences', async () => {
    const { body } = await get('/api/v1/contracts');
    expect(body.contracts.map(({ id }) => id)).toEqual(['hosting', 'free']);
    expect(body.contracts[0]).toMatchObject({
      customer: 'acme',
      version: 1,
      effective: { from: '2026-11-10T00:00:00+00:00', to: null },
      objectives: [{ id: 'uptime', target: '99.9' }],
      fee: { amount: '300.00', currency: 'EUR', per: 'month' },
      credits: [
        { objective: 'uptime', terms: '1 % for each 1 min of downtime; at most 50 %' },
        { objective: 'uptime', terms: '10 % below 99.99 %, 25 % below 99 %' },
      ],
      rewards: [{ objective: 'uptime', terms: 'at least 99.95 % in a period: a bonus of 2 %' }],
    });
    expect(body.contracts[1]).toMatchObject({ fee: null, credits: [], rewards: [] });
  });

  it('says each objective in a sentence, and gives the text that its digest is of', async () => {
    const { body } = await get('/api/v1/contracts/free');
    const [version] = body.versions;
    expect(version?.objectives).toEqual([
      {
        id: 'uptime',
        service: null,
        target: '99',
        sentence: 'Uptime: shop must be up, at least 99 % of each calendar month in UTC.',
      },
    ]);
    expect(version?.terms).toContainEqual({ term: 'In force', text: 'from the beginning on' });
    expect(version?.draft).toBe(false);
    expect(
      createHash('sha256')
        .update(version?.canonical ?? '')
        .digest('hex'),
    ).toBe(version?.digest);
  });

  it('has a page with what it says and how it stands', async () => {
    const page = await fetch(`${collector.address}/contracts/hosting`);
    expect(page.status).toBe(200);
    const text = await page.text();
    expect(text).toContain('at least 99.9 % of each calendar month in UTC. The credit is 1 % for each 1 min');
    expect(text).toContain('<dt>Fee</dt><dd>EUR 300.00 a month</dd>');
    expect(text).toContain('id="objective-hosting-uptime"');
    expect((await fetch(`${collector.address}/contracts/none`)).status).toBe(404);
  });

  it('owes for certain what was down, at most what was down or unknown, and earns nothing while the month runs', async () => {
    const { body } = await get('/api/v1/contracts/hosting');
    const settlement = body.versions[0]?.settlements[0];
    // 5 min of 504 h: 99.983…%, 5 blocks: 10 % + 5 % of 210.00 = 31.50. With 11 h more: 97.8…%, 25 % + the cap of 50 %.
    expect(settlement).toMatchObject({
      period: { name: '2026-11', running: true, from: '2026-11-10T00:00:00+00:00', to: '2026-12-01T00:00:00+00:00' },
      currency: 'EUR',
      fee: '210.00',
      credit: { low: '31.50', high: '157.50' },
      // 2 % of 210.00, if the rest is up and so was what nobody saw.
      reward: { low: '0.00', high: '4.20' },
      net: { low: '27.30', high: '157.50' },
    });
    expect(settlement?.credits[0]).toMatchObject({ objective: 'uptime', low: '10.50', high: '105.00' });
    expect(settlement?.credits[0]?.steps.low).toEqual([
      { rule: 'fee of the period', figure: 'EUR 300.00 for each month × 0.7 = EUR 210.00' },
      { rule: 'downtime counted', figure: '300 s (5 min)' },
      { rule: 'complete blocks of 60 s (1 min)', figure: '300 s (5 min) / 60 s (1 min) → 5, together 5' },
      { rule: 'credit of the blocks', figure: '1 % of EUR 210.00 × 5 = EUR 10.50' },
    ]);
  });

  it('is settled for a period by its name, and a name that no period has is refused', async () => {
    const { body } = await get('/api/v1/contracts/hosting?period=2026-11');
    expect(body.versions[0]?.settlements[0]?.credit).toEqual({ low: '31.50', high: '157.50' });
    expect((await get('/api/v1/contracts/hosting?period=2026-10')).status).toBe(400);
    expect((await get('/api/v1/contracts/hosting?perod=2026-11')).status).toBe(400);
    expect((await get('/api/v1/contracts/none')).status).toBe(404);
    expect((await get('/api/v1/contracts/free')).body.versions[0]?.settlements).toEqual([]);
  });
});

describe('what is owed so far stands', () => {
  it('beside each attainment, term by term, and not beside a stretch of time that is no period', async () => {
    const query = 'contract=hosting&objective=uptime';
    const [attainment] = (await get(`/api/v1/attainment?${query}`)).body.attainments;
    expect(attainment).toMatchObject({
      currency: 'EUR',
      credits: [{ low: '10.50', high: '105.00' }, { low: '21.00' }],
    });
    const between = await get(`/api/v1/attainment?${query}&from=2026-11-10T11:00:00Z&to=2026-11-10T12:00:00Z`);
    expect(between.body.attainments[0]).toMatchObject({ currency: null, credits: [], rewards: [] });
  });

  it('in the metrics, by currency', async () => {
    const text = await (await fetch(`${collector.address}/metrics`)).text();
    const labels = '{customer="acme",contract="hosting",version="1",currency="EUR"}';
    expect(text).toContain(`nines_contract_credit_owed${labels} 31.5\n`);
    expect(text).toContain(`nines_contract_credit_owed_max${labels} 157.5\n`);
    expect(text).toContain(`nines_contract_reward_earned${labels} 0\n`);
    expect(text).toContain(`nines_contract_reward_earned_max${labels} 4.2\n`);
    expect(text).not.toContain('contract="free",version');
  });

  it('on the page, under the contract', async () => {
    const page = await (await fetch(`${collector.address}/`)).text();
    expect(page).toContain('<dt>Credit owed</dt><dd class="figure">EUR 31.50 to 157.50</dd>');
    expect(page).toContain('10 % below 99.99 %, 25 % below 99 %');
  });
});
