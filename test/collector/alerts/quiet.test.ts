import { describe, expect, it } from 'vitest';
import { quietAt } from '../../../collector/src/alerts/quiet/now.ts';
import { QuietTimes } from '../../../collector/src/alerts/quiet/times.ts';
import { quietWindows } from '../../../collector/src/alerts/quiet/windows.ts';
import { silencesOf } from '../../../collector/src/alerts/silences/silence.ts';
import type { BodyOf } from '../../../collector/src/ledger/decisions.ts';
import { Register } from '../../../collector/src/ledger/register.ts';
import { loadYaml } from '../../support/nines-file.ts';

const HOUR_MS = 3_600_000;
/** A Sunday. */
const NOON_MS = Date.parse('2026-11-15T12:00:00Z');

/** Two customers share the name server; the shop is acme's alone, and has a standing window on Sundays at three. */
const { contracts } = loadYaml(`
checks:
  - { id: shop, probe: { type: tcp, host: a, port: 80 } }
  - { id: api, probe: { type: tcp, host: a, port: 81 } }
  - { id: dns, probe: { type: tcp, host: a, port: 53 } }
customers: [{ id: acme }, { id: other }]
catalogue: [{ id: web }]
contracts:
  - id: hosting
    customer: acme
    time_zone: Europe/Berlin
    maintenance: { recurring: [{ every: sun, at: "03:00-04:00" }] }
    objectives:
      - { id: uptime, service: web, indicator: { kind: availability, checks: [shop, api] }, target: "99.9", period: calendar_month }
      - { id: names, indicator: { kind: availability, checks: [dns] }, target: "99.9", period: calendar_month }
  - id: names-only
    customer: other
    objectives:
      - { id: names, indicator: { kind: availability, checks: [dns] }, target: "99.9", period: calendar_month }
`);
const objectives = contracts.flatMap((contract) => contract.objectives);

type Scope = Partial<BodyOf<'maintenance.announced'>['scope']>;

/** From noon to one, announced at noon; cancelled when that says so. */
function announced(scope: Scope, cancelledAtMs: number | null = null): Register {
  const register = new Register();
  const entry = { actor: 'anna', subject: 'maintenance/m-1', prevHash: '', hash: '' };
  const body = {
    from_ms: NOON_MS,
    to_ms: NOON_MS + HOUR_MS,
    reason: 'kernel',
    evidence: [],
    scope: { contracts: [], services: [], checks: [], ...scope },
  };
  register.apply({ ...entry, sequence: 1, atMs: NOON_MS, action: 'maintenance.announced', body });
  if (cancelledAtMs !== null) {
    const cancelled = { ...entry, sequence: 2, atMs: cancelledAtMs, body: { reason: 'postponed' } };
    register.apply({ ...cancelled, action: 'maintenance.cancelled' });
  }
  return register;
}

/** What is quiet then, by name. */
function quiet(register: Register, atMs: number): string[] {
  const windows = quietWindows({ contracts, register }, { fromMs: atMs - HOUR_MS, toMs: atMs + HOUR_MS });
  const now = quietAt(windows, objectives, atMs);
  const checks = ['shop', 'api', 'dns'].filter((id) => now.check(id) !== null);
  return [
    ...checks,
    ...objectives.filter((one) => now.objective(one) !== null).map((one) => `${one.contract}/${one.id}`),
  ];
}

describe('what nobody is called about', () => {
  it('a named check and what was promised of it, from the announced beginning to before its end', () => {
    const register = announced({ checks: ['shop'] });
    expect(quiet(register, NOON_MS - 1)).toEqual([]);
    expect(quiet(register, NOON_MS)).toEqual(['shop', 'hosting/uptime']);
    expect(quiet(register, NOON_MS + HOUR_MS - 1)).toEqual(['shop', 'hosting/uptime']);
    expect(quiet(register, NOON_MS + HOUR_MS)).toEqual([]);
  });

  it('the checks of a service or contract, but not those that somebody else was promised too', () => {
    expect(quiet(announced({ services: ['web'] }), NOON_MS)).toEqual(['shop', 'api', 'hosting/uptime']);
    expect(quiet(announced({ contracts: ['hosting'] }), NOON_MS)).toEqual([
      'shop',
      'api',
      'hosting/uptime',
      'hosting/names',
    ]);
    expect(quiet(announced({ contracts: ['hosting', 'names-only'] }), NOON_MS)).toContain('dns');
  });

  it('a cancellation makes it heard again at once', () => {
    const register = announced({ checks: ['shop'] }, NOON_MS + 60_000);
    expect(quiet(register, NOON_MS + 59_999)).toEqual(['shop', 'hosting/uptime']);
    expect(quiet(register, NOON_MS + 60_000)).toEqual([]);
  });

  it('a standing window, in the zone of its contract', () => {
    const threeInBerlin = Date.parse('2026-11-15T02:00:00Z');
    expect(quiet(new Register(), threeInBerlin - 1)).toEqual([]);
    expect(quiet(new Register(), threeInBerlin)).toEqual(['shop', 'api', 'hosting/uptime', 'hosting/names']);
    expect(quiet(new Register(), threeInBerlin + HOUR_MS)).toEqual([]);
  });

  it('windows are made anew only after a decision, another configuration, or an hour', () => {
    const times = new QuietTimes();
    const register = announced({ checks: ['shop'] });
    const first = times.windows(contracts, register, NOON_MS);
    expect(times.windows(contracts, register, NOON_MS + HOUR_MS - 1)).toBe(first);
    expect(times.windows(contracts, register, NOON_MS + HOUR_MS)).not.toBe(first);
    expect(times.windows(contracts.slice(1), register, NOON_MS)).not.toBe(first);
  });
});

describe('silences', () => {
  it('one for the checks and one for each contract, of our alerts alone, with who announced it', () => {
    const [window] = quietWindows(
      { contracts, register: announced({ contracts: ['hosting'] }) },
      { fromMs: NOON_MS, toMs: NOON_MS + HOUR_MS },
    );
    const made = window === undefined ? [] : silencesOf(window, objectives);
    const matched = made.map(({ matchers }) => matchers.map(({ name, value }) => `${name}=~${value}`));
    expect(matched).toEqual([
      ['alertname=~Nines.+', 'check=~api|shop'],
      ['alertname=~Nines.+', 'contract=~hosting', 'objective=~names|uptime'],
    ]);
    expect(made[0]).toMatchObject({
      fromMs: NOON_MS,
      toMs: NOON_MS + HOUR_MS,
      createdBy: 'anna',
      comment: 'kernel [nines: maintenance m-1, checks]',
    });
  });
});
