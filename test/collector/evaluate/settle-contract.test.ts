import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Observation } from '@nines/shared/observation.ts';
import { describe, expect, it } from 'vitest';
import { loadNines } from '../../../collector/src/config/nines.ts';
import { earlierPeriods, rememberEarlierPeriods } from '../../../collector/src/evaluate/earlier-periods.ts';
import type { Evaluation } from '../../../collector/src/evaluate/evidence.ts';
import { Head } from '../../../collector/src/evaluate/head.ts';
import { settleNamed } from '../../../collector/src/evaluate/settle-contract.ts';
import type { Contract } from '../../../collector/src/sla/contract.ts';
import type { Settlement } from '../../../collector/src/sla/credit/settle.ts';
import { JournalInMemory } from './journal-in-memory.ts';
import { planOf } from './plan-of.ts';

const HOUR_MS = 3_600_000;
const FROM_MS = Date.UTC(2026, 3, 1);
const END_MS = Date.UTC(2026, 6, 1);

/** A run every six hours of April, May and June; down are those that begin at these instants. */
function evaluationWith(downAtMs: readonly number[]): Evaluation {
  const journal = new JournalInMemory();
  const head = new Head({ journal });
  const runs = Array.from({ length: (END_MS - FROM_MS) / (6 * HOUR_MS) }, (_, index): Observation => {
    const atMs = FROM_MS + index * 6 * HOUR_MS;
    const isDown = downAtMs.includes(atMs);
    return {
      check: 'shop',
      atMs,
      everyMs: 6 * HOUR_MS,
      outcome: isDown ? 'down' : 'up',
      reason: isDown ? 'timeout' : null,
      values: { total: 1_000 },
    };
  });
  head.apply(journal.append('fra', runs));
  return { head, plan: planOf({ shop: ['fra'] }), nowMs: END_MS + HOUR_MS };
}

/** Version 1 to the end of May: $100 a month, 10 % below 99.9 %. Version 2 from June: $200, 20 %; a good month brings the credit back. */
const CONTRACTS = `
checks: [{ id: shop, probe: { type: tcp, host: shop.example, port: 443 } }]
customers: [{ id: acme }]
contracts:
  - id: hosting
    customer: acme
    effective: { from: 2026-04-01, to: 2026-05-31 }
    objectives: &promised
      - { id: uptime, indicator: { kind: availability, checks: [shop] }, target: "99.9", period: calendar_month }
    fee: { amount: "100.00", currency: USD, per: month }
    credits:
      - objective: uptime
        schedule: tiers_below
        tiers: [{ below: "99.9", credit: "10" }]
      - objective: uptime
        schedule: non_monetary
        remedy: may terminate
        after: { below: "99.9", periods: 2 }
  - id: hosting
    version: 2
    customer: acme
    effective: { from: 2026-06-01 }
    objectives: *promised
    fee: { amount: "200.00", currency: USD, per: month }
    credits: [{ objective: uptime, schedule: tiers_below, tiers: [{ below: "99.9", credit: "20" }] }]
    rewards: [{ objective: uptime, at_least: "99.99", reward: { cancel_credit: 1 } }]
`;

function versions(yaml = CONTRACTS): readonly Contract[] {
  const path = join(mkdtempSync(join(tmpdir(), 'nines-settle-')), 'nines.yaml');
  writeFileSync(path, yaml);
  return loadNines(path).contracts;
}

async function settled(version: number, period: string, evaluation: Evaluation): Promise<Settlement | undefined> {
  const all = versions();
  const contract = all.find((one) => one.version === version);
  if (contract === undefined) throw new Error(`no version ${version}`);
  const [first] = await settleNamed(contract, period, { evaluation, versions: all });
  return first;
}

const APRIL = Date.UTC(2026, 3, 10);
const MAY = Date.UTC(2026, 4, 10);

describe('a contract is settled from what was observed', () => {
  it('a month by the version that bound then', async () => {
    const evaluation = evaluationWith([MAY]);
    // 6 of 744 h down: 99.19 %.
    expect((await settled(1, '2026-05', evaluation))?.credit).toEqual({ low: 1_000, high: 1_000 });
    expect(await settled(2, '2026-05', evaluation)).toBeUndefined();
  });

  it('a credit that comes back is what the earlier version owed, not what this one would', async () => {
    const june = await settled(2, '2026-06', evaluationWith([MAY]));
    expect(june).toMatchObject({ credit: { high: 0 }, reward: { low: 1_000, high: 1_000 }, net: { high: -1_000 } });
    expect((await settled(2, '2026-06', evaluationWith([])))?.reward.high).toBe(0);
  });

  it('two bad months in a row give the right, and the second of them says so', async () => {
    const evaluation = evaluationWith([APRIL, MAY]);
    const rights = async (period: string) => (await settled(1, period, evaluation))?.credits.map(({ right }) => right);
    expect(await rights('2026-04')).toEqual([null, null]);
    expect(await rights('2026-05')).toEqual([null, 'may terminate']);
  });
});

describe('looking back', () => {
  it('ends before the first month of which anything was measured', async () => {
    const all = versions(CONTRACTS.replace('from: 2026-04-01, to', 'from: 2025-01-01, to'));
    const objective = all[1]?.objectives[0];
    if (objective === undefined) throw new Error('no objective');
    const june = { fromMs: Date.UTC(2026, 5, 1), toMs: END_MS, periodToMs: END_MS, periodName: '2026-06' };
    const back = { versions: all, objective, count: 12 };
    const found = await earlierPeriods(back, june, evaluationWith([]));
    expect(found.map(({ attainment, contract }) => [attainment.periodName, contract.version])).toEqual([
      ['2026-05', 1],
      ['2026-04', 1],
    ]);
  });

  it('is remembered for a minute, and no longer', async () => {
    const all = versions();
    const objective = all[1]?.objectives[0];
    if (objective === undefined) throw new Error('no objective');
    const june = { fromMs: Date.UTC(2026, 5, 1), toMs: END_MS, periodToMs: END_MS, periodName: '2026-06' };
    const back = { versions: all, objective, count: 1 };
    const remembered = rememberEarlierPeriods();
    const [first, late] = [evaluationWith([]), evaluationWith([MAY])];
    const badOf = async (evaluation: Evaluation) => (await remembered(back, june, evaluation))[0]?.attainment.bad;
    expect(await badOf(first)).toBe(0);
    expect(await badOf({ ...late, nowMs: first.nowMs + 59_999 })).toBe(0);
    expect(await badOf({ ...late, nowMs: first.nowMs + 60_000 })).toBe(6 * HOUR_MS);
  });
});
