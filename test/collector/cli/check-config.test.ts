import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { runProgram } from '../../../collector/src/cli/program.ts';
import { rememberContracts } from '../../../collector/src/config/changed-contracts.ts';
import { loadNines } from '../../../collector/src/config/nines.ts';
import { openStore } from '../../../collector/src/store/open.ts';

const CONTRADICTORY = `agents: [{ name: fra }]
checks: [{ id: shop, every: 1m, probe: { type: tcp, host: shop.example, port: 443 } }]
customers: [{ id: acme }]
contracts:
  - id: hosting
    customer: acme
    objectives:
      - { id: uptime, indicator: { kind: availability, checks: [shop] }, target: "99.9", period: calendar_month }
    fee: { amount: "100.00", currency: EUR, per: month }
    credits:
      - objective: uptime
        schedule: tiers_below
        tiers: [{ below: "99.8", credit: "10" }, { below: "99", credit: "60" }]
        cap: "50"
`;

async function checkConfig(yaml: string, ...options: readonly string[]) {
  const path = join(mkdtempSync(join(tmpdir(), 'nines-check-')), 'nines.yaml');
  writeFileSync(path, yaml);
  const said = { out: '', err: '' };
  const code = await runProgram(['check-config', '--config', path, ...options], {
    env: {},
    out: (text) => {
      said.out += text;
    },
    err: (text) => {
      said.err += text;
    },
  });
  return { code, out: said.out.replaceAll(path, 'nines.yaml'), err: said.err.replaceAll(path, 'nines.yaml') };
}

describe('check-config names what a contract contradicts itself in', () => {
  it('with line, column and an example in money, and still ends with 0', async () => {
    const { code, out, err } = await checkConfig(CONTRADICTORY);
    expect(err.split('\n')).toEqual([
      'nines.yaml:13:26 contracts[0].credits[0].tiers[0].below: warning: gap: from 99.8 % up to the target of 99.9 % the promise is broken and nothing is owed. For example: 99.85 % (64.8 min of 30 days) owes EUR 0.00, the first row EUR 10.00.',
      'nines.yaml:14:14 contracts[0].credits[0].cap: warning: the cap is below the row of 99 %: what it promises is never paid. For example: the row says EUR 60.00 a month, the cap leaves EUR 50.00.',
      '',
    ]);
    expect(out).toMatch(/^nines\.yaml: 1 agent, 1 check, 1 objective; no mistakes\n/);
    expect(code).toBe(0);
  });

  it('with --strict a contradiction is a mistake; a note is none', async () => {
    expect((await checkConfig(CONTRADICTORY, '--strict')).code).toBe(2);
    const noted = CONTRADICTORY.slice(0, CONTRADICTORY.indexOf('    fee:')).replace('"99.9"', '"80"');
    const { code, err } = await checkConfig(noted, '--strict');
    expect(err).toContain(
      'contracts[0].objectives[0].target: note: an alert at a burn rate of 14.4 or 6 can never fire',
    );
    expect(code).toBe(0);
  });

  it('with --json as data', async () => {
    const { out, err } = await checkConfig(CONTRADICTORY, '--json');
    expect(err).toBe('');
    const answer = JSON.parse(out);
    expect(answer).toMatchObject({ path: 'nines.yaml', agents: 1, checks: 1, objectives: 1, idle_checks: [] });
    expect(answer.findings).toHaveLength(2);
    expect(answer.findings[0]).toMatchObject({
      rule: 'gap',
      severity: 'warning',
      contract: 'hosting',
      version: 1,
      line: 13,
      column: 26,
      path: 'contracts[0].credits[0].tiers[0].below',
    });
  });

  it('the example that we ship has none; what its lower targets cannot do is a note', async () => {
    const example = readFileSync(fileURLToPath(new URL('../../../config/nines.example.yaml', import.meta.url)), 'utf8');
    const { code, err } = await checkConfig(example, '--strict');
    for (const line of err.split('\n').slice(0, -1)) expect(line).toContain(': note: ');
    expect(code).toBe(0);
  });
});

describe('check-config', () => {
  const agreed = CONTRADICTORY.slice(0, CONTRADICTORY.indexOf('    fee:'));

  it('says in plain English what each objective means', async () => {
    const { out } = await checkConfig(agreed);
    expect(out.split('\n').slice(1)).toEqual([
      'hosting, version 1 (from the beginning on):',
      expect.stringMatching(/^ {2}Uptime: shop must be up, at least 99\.9 % of each calendar month in UTC\.$/),
      '',
    ]);
    expect(JSON.parse((await checkConfig(agreed, '--json')).out).contracts[0].objectives[0].sentence).toContain(
      'Uptime',
    );
  });

  it('refuses a contract version that the store remembers otherwise, before the collector does', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'nines-check-'));
    const yaml = `collector: { data: ${directory} }\n${agreed}`;
    expect((await checkConfig(yaml)).code).toBe(0);
    const store = await openStore({ directory });
    const path = join(directory, 'nines.yaml');
    writeFileSync(path, yaml);
    await rememberContracts(loadNines(path), store, Date.UTC(2026, 0, 1));
    await store.close();
    expect((await checkConfig(yaml)).code).toBe(0);
    const { code, err } = await checkConfig(yaml.replace('"99.9"', '"99"'));
    expect(code).toBe(2);
    expect(err).toContain('version 1 of "hosting" is not what it was when it came into use on 2026-01-01:');
    expect(err).toContain(
      '- contract.objectives[uptime].target: "99.9"\n    + contract.objectives[uptime].target: "99"',
    );
  });
});
