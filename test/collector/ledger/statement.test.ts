import type { CanonicalValue } from '@nines/shared/config/canonical-json.ts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { loadNines } from '../../../collector/src/config/nines.ts';
import { changesBetween } from '../../../collector/src/ledger/changes.ts';
import { isWhole, type StatementContent, toStatement } from '../../../collector/src/ledger/statement.ts';
import { claimUntilMs, periodsEnded, statementPeriod } from '../../../collector/src/ledger/statement-periods.ts';
import type { Contract } from '../../../collector/src/sla/contract.ts';
import { DecisionWorld, TOKENS } from '../../support/decision-world.ts';

const at = (text: string) => Date.parse(text);

const [contract] = loadNines(new DecisionWorld().config, TOKENS).contracts;

function hosting(given: Partial<Contract> = {}): Contract {
  if (contract === undefined) throw new Error('the contract is gone');
  return { ...contract, timeZone: 'Europe/Berlin', ...given };
}

describe('the periods of statements', () => {
  it('are those of the objectives in the contract’s zone, once they have ended', () => {
    const ended = periodsEnded(hosting(), at('2026-10-10T00:00:00Z'), at('2026-12-01T00:00:00Z'));
    expect(ended.map(({ name }) => name)).toEqual(['2026-10', '2026-11']);
    expect(ended[0]?.toMs).toBe(at('2026-10-31T23:00:00Z'));
    expect(periodsEnded(hosting(), at('2026-10-10T00:00:00Z'), at('2026-10-31T22:59:59Z'))).toEqual([]);
  });

  it('a version that takes over in the middle splits the period, each part with a name of its own', () => {
    const takeOverMs = at('2026-10-14T22:00:00Z');
    const first = hosting({ effective: { fromMs: 0, toMs: takeOverMs } });
    const second = hosting({ version: 2, effective: { fromMs: takeOverMs, toMs: null } });
    expect(statementPeriod(first, '2026-10')).toMatchObject({ name: '2026-10', toMs: takeOverMs });
    expect(statementPeriod(second, '2026-10-v2')).toMatchObject({ name: '2026-10-v2', fromMs: takeOverMs });
    expect(statementPeriod(second, '2026-10')).toBeNull();
    expect(statementPeriod(first, '2026-10-v2')).toBeNull();
    expect(statementPeriod(second, '2026-11')?.name).toBe('2026-11');
  });

  it('a rolling objective is judged at the end of each, over the time that it reaches back', () => {
    const [uptime] = hosting().objectives;
    const rolling = uptime && { ...uptime, period: { kind: 'rolling', lengthMs: 7 * 86_400_000 } as const };
    const period = statementPeriod(hosting({ objectives: rolling ? [rolling] : [] }), '2026-10');
    const endMs = at('2026-10-31T23:00:00Z');
    expect(period?.judged[0]?.period).toMatchObject({ fromMs: endMs - 7 * 86_400_000, toMs: endMs, periodToMs: endMs });
  });

  it('a claim window of days ends at a midnight of the zone, one of periods with the last of them', () => {
    const october = (claimWindow: Contract['claimWindow']) => {
      const period = statementPeriod(hosting({ claimWindow }), '2026-10');
      return period === null ? null : claimUntilMs(period);
    };
    expect(october({ kind: 'days', days: 30 })).toBe(at('2026-11-30T23:00:00Z'));
    expect(october({ kind: 'periods', periods: 2 })).toBe(at('2026-12-31T23:00:00Z'));
    expect(october(null)).toBeNull();
  });
});

const leaf = fc.oneof(fc.integer(), fc.string({ unit: 'grapheme' }), fc.boolean(), fc.constant(null));
const figures = fc.dictionary(
  fc.constantFrom('a', 'b', 'c'),
  fc.oneof(leaf, fc.array(leaf, { maxLength: 3 }), fc.dictionary(fc.constantFrom('x', 'y'), leaf)),
) as fc.Arbitrary<{ readonly [key: string]: CanonicalValue }>;

const content = (of: StatementContent['figures']): StatementContent => ({
  contract: { id: 'hosting', version: 1, digest: 'd', customer: 'acme' },
  period: { name: '2026-10', time_zone: 'UTC', from: 'f', to: 't', from_ms: 1, to_ms: 2 },
  claim_until_ms: null,
  approvals: ['provider'],
  figures: of,
  inputs_digest: 'i',
});

const freezing = { atMs: 5, program: 'nines-collector 0.1.0', previous: null, why: [] };

describe('a statement', () => {
  it('of the same content, frozen at the same instant, has the same digest; one of other figures has another', () => {
    fc.assert(
      fc.property(figures, figures, (some, others) => {
        const statement = toStatement(content(some), freezing);
        expect(toStatement(content(structuredClone(some)), freezing)).toEqual(statement);
        expect(isWhole(statement)).toBe(true);
        const other = toStatement(content(others), freezing);
        expect(other.digest === statement.digest).toBe(changesBetween(some, others).length === 0);
        expect(isWhole({ ...statement, figures: others })).toBe(changesBetween(some, others).length === 0);
      }),
      { numRuns: 300 },
    );
  });

  it('a revision names the statement before it, and every field that changed from what to what', () => {
    const first = toStatement(content({ objectives: [{ bad: 5, verdict: 'breached' }], net: '1.00' }), freezing);
    const next = content({ objectives: [{ bad: 0, verdict: 'met' }], net: '1.00' });
    const revised = toStatement(next, { ...freezing, atMs: 9, previous: first, why: ['late data'] });
    expect(revised).toMatchObject({ revision: 2, previous_digest: first.digest, why: ['late data'] });
    expect(revised.changes).toEqual([
      { field: 'objectives[0].bad', before: 5, after: 0 },
      { field: 'objectives[0].verdict', before: 'breached', after: 'met' },
    ]);
  });
});
