/** What is owed is redone from the printed steps alone, for contracts and histories drawn at random. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { PeriodReading, Readings, Step } from '../../../../collector/src/sla/credit/reading.ts';
import { type Settlement, settle } from '../../../../collector/src/sla/credit/settle.ts';
import { amountText } from '../../../../collector/src/sla/money.ts';
import { rational } from '../../../../collector/src/sla/rational.ts';
import { compute, equationsIn, isTrue, type Range, readNumber } from '../../../support/pocket-calculator.ts';
import { MONTH_MS } from './cases.ts';
import { money, month, threshold } from './drawn-money.ts';

/** `7200 s / 1800 s → 4`: whole ones, or begun ones too. */
const ROUNDED = /([^:;,=→]+) → (\d+)(?!…|\.)/g;

function falseSteps(steps: readonly Step[]): string[] {
  return steps.flatMap(({ rule, figure }) => {
    const sums = equationsIn(figure).filter((equation) => !isTrue(equation, false));
    const counts = [...figure.matchAll(ROUNDED)].filter(([, sum = '', count = '']) => {
      return !isRounded(compute(sum), BigInt(count), rule.includes('begun'));
    });
    return [
      ...sums.map(({ sum, result }) => `${rule}: ${sum} = ${result}`),
      ...counts.map(([text]) => `${rule}: ${text}`),
    ];
  });
}

/** Whether a number of the range is rounded so. */
function isRounded({ least, most }: Range, count: bigint, isUp: boolean): boolean {
  const [from, to] = isUp ? [count - 1n, count] : [count, count + 1n];
  return least.top <= to * least.bottom && most.top >= from * most.bottom;
}

const lastOf = (steps: readonly Step[]) => steps.at(-1)?.figure ?? '';
const minorOf = (text: string) => readNumber(text.replace(/^[A-Z]{3} /, ''));

/** The steps of all terms lead to the amounts beside them, and these to the total that is rounded once. */
function expectRedone({ credits, credit, steps, currency }: Settlement): void {
  for (const end of ['low', 'high'] as const) {
    expect(credits.flatMap((line) => falseSteps(line.steps[end]))).toEqual([]);
    expect(falseSteps(steps[end])).toEqual([]);
    expect(lastOf(steps[end])).toBe(`${currency.code} ${amountText(credit[end], currency)}`);
    const before = minorOf((steps[end].at(-2)?.figure ?? '').split('= ').at(-1)?.split(': ').at(-1) ?? '');
    const scale = 10n ** BigInt(currency.exponent);
    const [least, most] = [before.least, before.most].map(
      ({ top, bottom }) => (2n * top * scale + bottom) / (2n * bottom),
    );
    expect([least, most]).toContain(BigInt(credit[end]));
  }
}

it('any contract: every step is true, and the last one is what is owed', () => {
  const length = { ms: MONTH_MS, months: rational(1) };
  fc.assert(
    fc.property(money, fc.array(month, { minLength: 2, maxLength: 5 }), threshold, (terms, history, targetPpb) => {
      const [best, worst, ...earlier] = history;
      if (best === undefined || worst === undefined) throw new Error('no month');
      const sure = (seen: PeriodReading): Readings => ({ best: seen, worst: seen });
      const objective = {
        id: 'uptime',
        targetPpb,
        current: { best, worst },
        earlier: earlier.map((seen) => ({ name: 'before', length, readings: sure(seen), terms, targetPpb })),
      };
      const period = { name: '2026-06', fromMs: 0, toMs: MONTH_MS, isRunning: false, length };
      expectRedone(settle(terms, period, [objective]));
    }),
    { numRuns: 1_000 },
  );
});
