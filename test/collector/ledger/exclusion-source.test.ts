import { describe, expect, it } from 'vitest';
import { loadNines } from '../../../collector/src/config/nines.ts';
import { exclusionsOf } from '../../../collector/src/ledger/exclusion-source.ts';
import { Register } from '../../../collector/src/ledger/register.ts';
import type { MaintenanceTerms } from '../../../collector/src/sla/contract.ts';
import { DecisionWorld, TOKENS } from '../../support/decision-world.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
/** 2026-10-01T00:00 in Berlin, and the end of that month, which is an hour longer there. */
const FROM = Date.parse('2026-09-30T22:00:00Z');
const OCTOBER = { fromMs: FROM, toMs: FROM + 31 * DAY + HOUR };

const [hosting] = loadNines(new DecisionWorld().config, TOKENS).contracts;
const [uptime] = hosting?.objectives ?? [];

function exclusions(maintenance: Partial<MaintenanceTerms>, register = new Register()) {
  if (hosting === undefined || uptime === undefined) throw new Error('the contract is gone');
  const terms: MaintenanceTerms = { ...hosting.maintenance, ...maintenance };
  const contract = { ...hosting, timeZone: 'Europe/Berlin', maintenance: terms };
  return exclusionsOf(uptime, { contract, register }, OCTOBER);
}

function announced(windows: readonly (readonly [number, number])[], about: readonly string[] = ['shop']): Register {
  const register = new Register();
  for (const [index, [from_ms, to_ms]] of windows.entries()) {
    const scope = { contracts: [], services: [], checks: [...about] };
    const body = { from_ms, to_ms, reason: 'kernel', evidence: ['change 7'], scope };
    const subject = `maintenance/m-${index}`;
    const entry = { actor: 'anna', action: 'maintenance.announced', subject, body, prevHash: '', hash: '' };
    register.apply({ ...entry, sequence: index + 1, atMs: from_ms - 3 * DAY });
  }
  return register;
}

describe('exclusions by the terms of a contract', () => {
  it('a standing window from 02:00 to 05:00 in Berlin is four hours long on the day that has 25', () => {
    const at = { fromMinute: 120, toMinute: 300 };
    const days = { kind: 'weekdays', weekdays: [1, 2, 3, 4, 5, 6, 7] } as const;
    const { applied } = exclusions({ recurring: [{ days, at, timeZone: 'Europe/Berlin' }] });
    expect(applied).toHaveLength(31);
    // domain B2: 2026-10-25 from 00:00Z to 04:00Z.
    const longest = applied.filter(({ fromMs, toMs }) => toMs - fromMs === 4 * HOUR);
    expect(longest).toMatchObject([{ fromMs: Date.parse('2026-10-25T00:00:00Z'), kind: 'recurring' }]);
    expect(longest[0]?.evidence).toContain('maintenance.recurring[0]');
  });

  it('the evidence of maintenance says who announced it and when, and what they gave as proof', () => {
    const { applied } = exclusions({}, announced([[FROM + 5 * DAY, FROM + 5 * DAY + HOUR]]));
    expect(applied).toMatchObject([
      { kind: 'maintenance', evidence: 'maintenance m-0, announced by anna at 2026-10-02T22:00:00.000Z; change 7' },
    ]);
  });

  it('a cap of a week is a calendar week of the contract’s zone, the one that began before the month included', () => {
    // Monday 28 September to Sunday 4 October: two hours of September use up the cap of the first days of October.
    const before: readonly [number, number] = [FROM - DAY, FROM - DAY + 2 * HOUR];
    const after: readonly [number, number] = [FROM + DAY, FROM + DAY + 3 * HOUR];
    const next: readonly [number, number] = [FROM + 6 * DAY, FROM + 6 * DAY + 3 * HOUR];
    const cap = { ms: 4 * HOUR, per: 'week' } as const;
    const { applied, notApplied } = exclusions({ cap }, announced([before, after, next]));
    expect(applied.map(({ fromMs, toMs }) => [fromMs, (toMs - fromMs) / HOUR])).toEqual([
      [after[0], 2],
      [next[0], 3],
    ]);
    expect(notApplied).toMatchObject([{ fromMs: after[0] + 2 * HOUR, why: { code: 'cap-used-up' } }]);
  });

  it('maintenance of another check is not mentioned', () => {
    expect(exclusions({}, announced([[FROM + DAY, FROM + 2 * DAY]], ['mail']))).toEqual({
      applied: [],
      notApplied: [],
    });
  });
});
