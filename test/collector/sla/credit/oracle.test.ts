import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { PeriodReading, Readings } from '../../../../collector/src/sla/credit/reading.ts';
import { settle } from '../../../../collector/src/sla/credit/settle.ts';
import { rational } from '../../../../collector/src/sla/rational.ts';
import { owedByOracle } from '../../../support/money-oracle.ts';
import { MONTH_MS } from './cases.ts';
import { money, month, threshold } from './drawn-money.ts';

it('any contract owes for any history what taking blocks, steps and rows one by one gives, to the minor unit', () => {
  const length = { ms: MONTH_MS, months: rational(1) };
  fc.assert(
    fc.property(money, fc.array(month, { minLength: 1, maxLength: 7 }), threshold, (terms, history, targetPpb) => {
      const sure = (seen: PeriodReading): Readings => ({ best: seen, worst: seen });
      const [current, ...earlier] = history.toReversed();
      if (current === undefined) throw new Error('no month');
      const objective = {
        id: 'uptime',
        targetPpb,
        current: sure(current),
        earlier: earlier.map((seen) => ({ name: 'before', length, readings: sure(seen), terms, targetPpb })),
      };
      const period = { name: '2026-06', fromMs: 0, toMs: MONTH_MS, isRunning: false, length };
      const { credit } = settle(terms, period, [objective]);
      const expected = Number(owedByOracle(terms, { history, targetPpb, periodMs: MONTH_MS }));
      expect(credit).toEqual({ low: expected, high: expected });
    }),
    { numRuns: 5_000 },
  );
});
