import { ConfigError } from '@nines/shared/errors.ts';
import { describe, expect, it } from 'vitest';
import { differences, rememberContracts } from '../../../collector/src/config/changed-contracts.ts';
import { MemoryStore } from '../../support/memory-store.ts';
import { loadYaml } from '../../support/nines-file.ts';

const YAML = `
agents: [{ name: fra }]
checks: [{ id: shop, probe: { type: tcp, host: shop.example, port: 443 } }]
customers: [{ id: acme }]
contracts:
  - id: hosting
    customer: acme
    objectives:
      - { id: uptime, indicator: { kind: availability, checks: [shop] }, target: "99.95", period: calendar_month }
      - { id: daily, indicator: { kind: availability, checks: [shop] }, target: "90", period: calendar_day }
`;
const AT_MS = Date.UTC(2026, 2, 1);

async function refusal(store: MemoryStore, yaml: string): Promise<readonly string[]> {
  try {
    await rememberContracts(loadYaml(yaml), store, AT_MS);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.mistakes.map(({ line, column, path, message }) => `${line}:${column} ${path}: ${message}`);
  }
  return [];
}

describe('a contract version in use', () => {
  it('is refused when it says something else, with its place and a diff of what it means', async () => {
    const store = new MemoryStore();
    expect(await refusal(store, YAML)).toEqual([]);
    expect(await refusal(store, YAML.replace('"99.95"', '"99.9"').replace('calendar_day', 'calendar_week'))).toEqual([
      [
        '6:5 contracts[0]: version 1 of "hosting" is not what it was when it came into use on 2026-03-01:',
        '    - contract.objectives[uptime].target: "99.95"',
        '    + contract.objectives[uptime].target: "99.9"',
        '    - contract.objectives[daily].period: "calendar_day"',
        '    + contract.objectives[daily].period: "calendar_week"',
        '  put it back, and write the change as version 2 beside it, with its own effective.from (what is still being negotiated says draft: true)',
      ].join('\n'),
    ]);
    expect((await store.contracts())[0]?.canonical).toContain('999500000');
  });

  it('may be written in another way', async () => {
    const store = new MemoryStore();
    await refusal(store, YAML);
    expect(await refusal(store, YAML.replace('customer: acme', 'version: 1 # as ever\n    customer: acme'))).toEqual(
      [],
    );
  });

  it('may be followed by the next version, which is remembered beside it', async () => {
    const store = new MemoryStore();
    await refusal(store, YAML);
    const next = `${YAML}  - id: hosting
    version: 2
    customer: acme
    effective: { from: 2026-07-01 }
    objectives: [{ id: uptime, indicator: { kind: availability, checks: [shop] }, target: "99.99", period: calendar_month }]
`;
    expect(await refusal(store, next)).toEqual([]);
    expect((await store.contracts()).map(({ version }) => version)).toEqual([1, 2]);
  });

  it('is not remembered while it is a draft, and then as what it says at last', async () => {
    const store = new MemoryStore();
    const draft = YAML.replace('customer: acme', 'draft: true\n    customer: acme');
    expect(await refusal(store, draft)).toEqual([]);
    expect(await refusal(store, draft.replace('"99.95"', '"99.9"'))).toEqual([]);
    expect(await store.contracts()).toEqual([]);
    expect(await refusal(store, YAML)).toEqual([]);
    expect(await refusal(store, YAML.replace('"99.95"', '"99.9"'))).toHaveLength(1);
  });
});

it('a difference names entries by their id, so that one more at the front changes none of the others', () => {
  const before = JSON.stringify({ list: [{ id: 'a', n: 1 }], plain: [1] });
  const after = JSON.stringify({ list: [{ id: 'b' }, { id: 'a', n: 1 }], plain: [2, 3] });
  expect(differences(before, after)).toEqual(['- plain[0]: 1', '+ plain[0]: 2', '+ list[b].id: "b"', '+ plain[1]: 3']);
});

it('a difference says percentages and lengths of time as people write them, whichever schedule they stand in', () => {
  const saying = (share: number, ms: number) => {
    const credits = [
      { objective: 'uptime', schedule: 'tiers_below', tiers: [{ below: share, credit: share }] },
      {
        objective: 'uptime',
        schedule: 'tiers_then_steps',
        step: share,
        credit: { percent: share, of: 'fee' },
        rounding: 'ceil',
      },
    ];
    const indicator = { kind: 'availability', checks: ['shop'], min_outage: ms };
    return JSON.stringify({ contract: { version: ms, credits, objectives: [{ id: 'uptime', indicator }] } });
  };
  expect(differences(saying(999_000_000, 60_000), saying(5_000_000, 5_400_000))).toEqual([
    '- contract.version: 60000',
    '+ contract.version: 5400000',
    '- contract.credits[0].tiers[0].below: "99.9"',
    '+ contract.credits[0].tiers[0].below: "0.5"',
    '- contract.credits[0].tiers[0].credit: "99.9"',
    '+ contract.credits[0].tiers[0].credit: "0.5"',
    '- contract.credits[1].step: "99.9"',
    '+ contract.credits[1].step: "0.5"',
    '- contract.credits[1].credit.percent: "99.9"',
    '+ contract.credits[1].credit.percent: "0.5"',
    '- contract.objectives[uptime].indicator.min_outage: "1m"',
    '+ contract.objectives[uptime].indicator.min_outage: "1h30m"',
  ]);
});
